[#--
  Anybody may create a trigger on a table of theirs that calls a function of ours, with Rubicon's
  rights: it does its work on its own relation only.
--]
[#macro only home]
[#if home.partitioned]
  IF coalesce(pg_catalog.pg_partition_root(TG_RELID)::pg_catalog.oid, 0::pg_catalog.oid)
     OPERATOR(pg_catalog.<>) ${home.oid}::pg_catalog.oid THEN
[#else]
  IF TG_RELID OPERATOR(pg_catalog.<>) ${home.oid}::pg_catalog.oid THEN
[/#if]
    [#nested]
  END IF;
[/#macro]

[#macro refuse home]
[@only home=home]
RAISE EXCEPTION 'rubicon: not a trigger for %', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
[/@only]
[/#macro]
