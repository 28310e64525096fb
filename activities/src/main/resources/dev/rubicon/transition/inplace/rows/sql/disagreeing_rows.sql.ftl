[#-- The first rows that disagree, in key order, with a flag for each column. --]
[#import "comparison.sql.ftl" as comparison]
SELECT ARRAY[[#list key as column]t.${column}::text[#sep], [/#sep][/#list]],
       ARRAY[[#list columns as column]coalesce(d.${column.name}, false)[#sep], [/#sep][/#list]]
[@comparison.flagged/]
WHERE [@comparison.anyFlag/]
ORDER BY [#list key as column]t.${column}[#sep], [/#sep][/#list]
LIMIT ${most}
