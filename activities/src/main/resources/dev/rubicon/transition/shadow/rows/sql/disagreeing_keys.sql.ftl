[#-- Which rows disagree, without telling their keys. --]
[#import "comparison.sql.ftl" as comparison]
SELECT encode(sha256(convert_to(coalesce(string_agg(k, chr(10) ORDER BY k COLLATE "C"), ''), 'UTF8')), 'hex')
FROM (SELECT concat_ws(chr(9), [#list key as column]l.${column}::text[#sep], [/#sep][/#list]) k
[@comparison.joined/]
WHERE NOT ([@comparison.both/]) OR [@comparison.any conditions=wrong/]
LIMIT 10000) x
