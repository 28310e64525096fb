[#-- The same column by column, once rows are known to disagree. --]
[#import "comparison.sql.ftl" as comparison]
SELECT [@comparison.counts][@comparison.anyFlag/][/@comparison.counts][#list columns as column],
       count(*) FILTER (WHERE d.${column.name})[/#list]
[@comparison.flagged/]
