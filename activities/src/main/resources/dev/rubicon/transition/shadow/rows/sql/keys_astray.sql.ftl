[#-- Counts keys of legacy that do not survive the round trip: down of up is another key. --]
[#import "carried_keys.sql.ftl" as carried]
SELECT count(*)
FROM (SELECT [#list back as key]${key.column} AS "!was${key?index}", [/#list][@carried.keys of=rows/]) c
WHERE ([#list back as key]"!was${key?index}" = ${key.value}[#sep] AND [/#sep][/#list]) IS NOT TRUE
