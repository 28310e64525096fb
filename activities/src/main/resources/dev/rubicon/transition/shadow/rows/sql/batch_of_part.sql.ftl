[#--
  One batch of a relation whose rows are parts of rows that are there already. Before canonical takes
  clients, only the engine writes these columns, so that what differs is not copied yet.
--]
WITH f AS MATERIALIZED (
  SELECT f.* FROM ${legacy} f JOIN ${canonical} t ON ${match}
   WHERE ${range} AND ${copied} AND (${differs})
   ORDER BY ${order}
   FOR NO KEY UPDATE OF f[#if skipLocked] SKIP LOCKED[/#if])
UPDATE ${canonical} AS t
SET [#list columns as column]${column.name} = ${column.value}[#sep], [/#sep][/#list]
FROM f
WHERE ${match}
