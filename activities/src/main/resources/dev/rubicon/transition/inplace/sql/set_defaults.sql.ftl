[#--
  A default that has a flag is wrapped in rubicon.omitted(), so that the trigger can tell a column
  that an INSERT does not name from one that it sets to the same value.
--]
ALTER TABLE ${table}
[#list columns as column]
  ALTER COLUMN ${column.name} SET DEFAULT [#if column.flag??]rubicon.omitted(${setting}, ${column.flag}, (${column.expression})::${column.type})[#else](${column.expression})[/#if][#sep],[/#sep]
[/#list]
