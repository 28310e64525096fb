[#--
  Fires before the triggers of the table's owner, for each row of an INSERT or UPDATE: notes in
  _rubicon what the client's statement gives or changes, as inverted bits. What the owner's
  triggers fill afterwards is not a client's write. GivenFunction fills the slots:

    column.omitted   INSERT: the bit of a column that the statement gives no value
    column.changed   UPDATE: the bit of a column that the statement changes
    legacy           the legacy columns of all groups; columns: the canonical ones, too
    loneDefaults     columns that legacy knows nothing of, with a default
--]
CREATE OR REPLACE FUNCTION rubicon.${function}() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  flags pg_catalog.text;
  place pg_catalog.text;
  bits bigint := 0;
BEGIN
  IF pg_catalog.texteq(TG_OP, 'INSERT') THEN
[#if partitioned]
    IF NEW._rubicon OPERATOR(pg_catalog.>) 0
       AND pg_catalog.texteq(pg_catalog.current_setting(${movingSetting}, true), ${movingRow}) THEN
      RETURN NEW;  -- not new: an UPDATE moves the row to another partition
    END IF;
[/#if]
    -- A row that an owner's trigger drops takes its flags with it.
    flags := pg_catalog.current_setting(${omittedSetting}, true);
    IF pg_catalog.textne(flags, '') THEN
      PERFORM pg_catalog.set_config(${omittedSetting}, '', true);
    ELSE
      flags := NULL;
    END IF;
    IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) ${markerFlag} OPERATOR(pg_catalog.<>) 0 THEN
      bits := flags::bigint[#list legacy as column]
        OPERATOR(pg_catalog.|) CASE WHEN NEW.${column.name} IS NULL THEN ${column.omitted} ELSE 0 END[/#list];
      NEW._rubicon := OPERATOR(pg_catalog.~) bits;
    ELSIF NEW._rubicon IS NULL THEN
      -- A whole row: NULLs of columns that the writer does not know are not given.
      bits := [#list columns as column]CASE WHEN NEW.${column.name} IS NULL THEN ${column.omitted} ELSE 0 END[#sep]
        OPERATOR(pg_catalog.|) [/#sep][#else]0[/#list];
      NEW._rubicon := OPERATOR(pg_catalog.~) bits;
[#list loneDefaults as column]
      NEW.${column.name} := coalesce(NEW.${column.name}, ${column.value});
[/#list]
    END IF;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    RETURN NEW;  -- the backfill
  END IF;
  flags := pg_catalog.current_setting(${omittedSetting}, true);
  IF pg_catalog.textne(flags, '') THEN
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags(${omittedSetting}, ${outerSetting}, place);
  END IF;
  bits := [#list columns as column]CASE WHEN ROW(OLD.${column.name})::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW.${column.name})::pg_catalog.record THEN ${column.changed} ELSE 0 END[#sep]
    OPERATOR(pg_catalog.|) [/#sep][#else]0[/#list];
  -- A row that does not change must stay as it is: the owner's triggers may ask just that.
  IF bits OPERATOR(pg_catalog.<>) 0 THEN
    NEW._rubicon := OPERATOR(pg_catalog.~) bits;
  END IF;
  RETURN NEW;
END
$rubicon$
