[#--
  One batch of the backfill: rows of legacy (f) that have no counterpart in canonical (t) are copied.
  They are locked, so that no client changes them between the check and the commit.

  overtaken: the trigger of a client that was faster has inserted the whole row already. An INSERT that
  expects it writes each row provisionally first, which doubles what a row costs.
--]
WITH f AS MATERIALIZED (
  SELECT f.* FROM ${legacy} f
   WHERE ${range} AND ${copied}
     AND NOT EXISTS (SELECT FROM ${canonical} t WHERE ${counterpart})
   ORDER BY ${order}
   FOR NO KEY UPDATE OF f[#if skipLocked] SKIP LOCKED[/#if])
INSERT INTO ${canonical} AS t ([#list columns as column]${column.name}[#sep], [/#sep][/#list])[#if alwaysIdentity] OVERRIDING SYSTEM VALUE[/#if]
SELECT [#list columns as column]${column.value}[#sep], [/#sep][/#list]
FROM f
[#if overtaken]
ON CONFLICT (${key?join(", ")}) DO NOTHING
[/#if]
