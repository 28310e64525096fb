[#-- A comment for the reader of the template. --]
CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $rubicon$
BEGIN
  -- #{not} a slot <& "not escaped">
[#if guard??]
  IF pg_catalog.pg_trigger_depth() > ${guard.depth} THEN RETURN NULL; END IF;
[/#if]
[#list columns as column]
  NEW.${column.name} := [#if column.quoted]'${column.value}'[#else]${column.value}[/#if];
[/#list]
END $rubicon$
