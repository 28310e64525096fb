CREATE OR REPLACE FUNCTION rubicon.omitted(flags text, flag bigint, given anyelement)
  RETURNS anyelement LANGUAGE plpgsql VOLATILE AS $rubicon$
BEGIN
  PERFORM pg_catalog.set_config(flags,
    (coalesce(nullif(pg_catalog.current_setting(flags, true), ''), '0')::bigint | flag)::text,
    true);
  RETURN given;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.named() RETURNS trigger LANGUAGE plpgsql AS $rubicon$
BEGIN
  NEW._rubicon := coalesce(NEW._rubicon, 0) | TG_ARGV[0]::bigint;
  RETURN NEW;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.captured() RETURNS trigger LANGUAGE plpgsql AS $rubicon$
DECLARE
  omitted bigint :=
    coalesce(nullif(pg_catalog.current_setting(TG_ARGV[0], true), ''), '0')::bigint;
BEGIN
  IF NEW._rubicon IS NULL THEN
    NEW._rubicon := -omitted - 1;
  END IF;
  IF omitted <> 0 THEN
    PERFORM pg_catalog.set_config(TG_ARGV[0], '', true);
  END IF;
  RETURN NEW;
END
$rubicon$;

