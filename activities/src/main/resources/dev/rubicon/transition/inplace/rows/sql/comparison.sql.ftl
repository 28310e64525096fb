[#-- What the comparisons of one relation have in common. Rows: t; what disagrees in each of them: d.
    A negative marker is on its way from one trigger to the next, which somebody has switched off: the row is as
    little filled as one without. --]
[#macro counts]
count(*),
       count(*) FILTER (WHERE t._rubicon IS NULL OR t._rubicon < 0),
       count(*) FILTER (WHERE t._rubicon & ${bothSet} <> 0),
       count(*) FILTER (WHERE t._rubicon & ${canonicalWrote} <> 0),
       count(*) FILTER (WHERE [#nested])[#rt]
[/#macro]
[#macro anyDisagrees][#list columns as column](${column.disagrees})[#sep]
         OR [/#sep][#else]false[/#list][/#macro]
[#macro anyFlag][#list columns as column]d.${column.name}[#sep] OR [/#sep][#else]false[/#list][/#macro]
[#-- OFFSET 0 keeps the planner from asking each condition again wherever it is used. --]
[#macro flagged]
FROM ${table} t
[#if columns?has_content]
CROSS JOIN LATERAL (
  SELECT [#list columns as column](${column.disagrees}) AS ${column.name}[#sep],
         [/#sep][/#list][#nt]
  OFFSET 0) d
[#else]
CROSS JOIN (SELECT) d
[/#if]
[/#macro]
