CREATE OR REPLACE FUNCTION rubicon."plain_ceb62d2d_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  side text := nullif(pg_catalog.current_setting('rubicon.side', true), '');
  omitted bigint := 0;      -- INSERT: columns that the statement did not name
  named bigint := 0;        -- UPDATE of an unfilled row: columns that the statement names
  unfilled boolean := false;
  marker bigint := 1;
  canonical boolean;        -- this statement wrote the group's canonical side
  legacy boolean;           -- this statement wrote the group's legacy side
  speaks_canonical boolean; -- INSERT: the statement names some canonical column
  wrote_legacy boolean := false;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW._rubicon > 0 THEN
      RETURN NEW;           -- a row on its way to another partition
    ELSIF NEW._rubicon < 0 THEN
      omitted := -(NEW._rubicon + 1);
    ELSE
      omitted := coalesce(nullif(pg_catalog.current_setting('rubicon.omit_plain_ceb62d2d', true), ''), '0')::bigint;
      IF omitted <> 0 THEN
        PERFORM pg_catalog.set_config('rubicon.omit_plain_ceb62d2d', '', true);
      END IF;
    END IF;
    speaks_canonical := CASE side WHEN 'canonical' THEN true WHEN 'legacy' THEN false
                        ELSE omitted & 0 <> 0 END;
    NEW._rubicon := marker;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon = 0 THEN
    NEW := OLD;             -- the backfill: what other triggers changed is taken back
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) & 1 | 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  NEW._rubicon := marker;
  RETURN NEW;
END
$rubicon$;

ALTER TABLE "public"."plain"
  ADD COLUMN "more" text,
  ADD COLUMN _rubicon bigint;

CREATE TRIGGER "~rubicon_2_sync" BEFORE INSERT OR UPDATE ON "public"."plain"
  FOR EACH ROW EXECUTE FUNCTION rubicon."plain_ceb62d2d_sync"();

ALTER TABLE "public"."plain" ENABLE ALWAYS TRIGGER "~rubicon_2_sync";

