[#-- What up makes of a relation's keys. Its functions do not exist yet: the expressions as they are. --]
[#macro keys of]
[#list of.keys as key]${key.value} AS ${key.column}[#sep], [/#sep][/#list] FROM ${of.table}[#if of.condition??] WHERE (${of.condition})[/#if][#t]
[/#macro]
