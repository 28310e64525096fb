[#-- Counts keys that two relations would bring to one. --]
[#import "carried_keys.sql.ftl" as carried]
SELECT count(*)
FROM (SELECT [@carried.keys of=one/]) a
JOIN (SELECT [@carried.keys of=other/]) b ON [#list one.keys as key]a.${key.column} = b.${key.column}[#sep] AND [/#sep][/#list]
