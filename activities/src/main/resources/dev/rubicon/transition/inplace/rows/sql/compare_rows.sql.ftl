[#-- Rows as a whole; parallel workers can share it. With `touched`, only rows that were written since. --]
[#import "comparison.sql.ftl" as comparison]
[#if touched??]
SELECT [@comparison.counts]CASE WHEN ${touched} THEN [@comparison.anyDisagrees/] END[/@comparison.counts],
       count(*) FILTER (WHERE ${touched})
[#else]
SELECT [@comparison.counts][@comparison.anyDisagrees/][/@comparison.counts]
[/#if]
FROM ${table} t
