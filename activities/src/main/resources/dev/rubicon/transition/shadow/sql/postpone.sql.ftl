[#--
  Before a client's statement on one side: the other side gets its rows one by one, so what PostgreSQL
  checks there at a statement's end waits for COMMIT. Never IMMEDIATE here: that would run whatever is
  waiting, others' triggers too, with Rubicon's rights.
--]
[#import "home.sql.ftl" as homes]
CREATE FUNCTION ${function}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
[@homes.refuse home=home/]
  FOR attempt IN 1 .. 3 LOOP
    BEGIN
[#list others as other]
      PERFORM rubicon.defer_checks(${other}::pg_catalog.oid);
[/#list]
      RETURN NULL;
    EXCEPTION WHEN undefined_object OR invalid_schema_name OR wrong_object_type THEN
      -- The names change hands at this moment, or an abort gives a key back as it was.
      CONTINUE;
    END;
  END LOOP;
  RETURN NULL;
END
$rubicon$
