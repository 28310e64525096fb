[#--
  One batch of the backfill: its rows become filled by the sync trigger, which derives canonical. They
  are locked in the key's order, so that two sessions cannot wait for each other.
--]
[#macro lock]
[#if key?has_content]
  ORDER BY ${key?join(", ")}
[/#if]
  FOR NO KEY UPDATE[#if skipLocked] SKIP LOCKED[/#if][#rt]
[/#macro]
[#if partitioned]
[#-- A ctid is unique within one partition only. --]
WITH b AS MATERIALIZED (
  SELECT ${key?join(", ")} FROM ${table}
  WHERE ${range} AND _rubicon IS NULL
[@lock/])
UPDATE ${table} t SET _rubicon = 0
FROM b
WHERE [#list key as column]t.${column} = b.${column}[#sep] AND [/#sep][/#list] AND t._rubicon IS NULL
[#else]
UPDATE ${table} SET _rubicon = 0
WHERE _rubicon IS NULL AND ctid = ANY (ARRAY(
  SELECT ctid FROM ${table}
  WHERE ${range} AND _rubicon IS NULL
[@lock/]))
[/#if]
