[#-- Which rows disagree, without telling their keys. --]
[#import "comparison.sql.ftl" as comparison]
SELECT encode(sha256(convert_to(string_agg(k, E'\n' ORDER BY k COLLATE "C"), 'UTF8')), 'hex')
FROM (SELECT concat_ws(E'\t', [#list key as column]t.${column}::text[#sep], [/#sep][/#list]) k
[@comparison.flagged/]
WHERE [@comparison.anyFlag/]
LIMIT 10000) x
