[#--
  Adds the canonical columns and the marker; fast, whatever the table's size. Canonical columns
  get their defaults later, and so do volatile ones: set here, they would rewrite the table.
--]
ALTER TABLE ${table}
[#list columns as column]
  ADD COLUMN ${column.name} ${column.type}[#if column.defaultExpression??] DEFAULT (${column.defaultExpression})[/#if],
[/#list]
  ADD COLUMN _rubicon bigint
