CREATE OR REPLACE FUNCTION rubicon."people_687a679f_sync"() RETURNS trigger
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
      omitted := coalesce(nullif(pg_catalog.current_setting('rubicon.omit_people_687a679f', true), ''), '0')::bigint;
      IF omitted <> 0 THEN
        PERFORM pg_catalog.set_config('rubicon.omit_people_687a679f', '', true);
      END IF;
    END IF;
    speaks_canonical := CASE side WHEN 'canonical' THEN true WHEN 'legacy' THEN false
                        ELSE omitted & 3 <> 3 END;

    -- group 0: full_name, address <-> first_name, last_name, title
    canonical := omitted & 1 = 0
      OR omitted & 2 = 0 OR NEW."address" IS NOT NULL;
    legacy := NEW."first_name" IS NOT NULL
      OR (NEW."last_name" IS NOT NULL AND omitted & 4 = 0)
      OR NEW."title" IS NOT NULL;
    IF canonical AND legacy AND side = 'legacy' THEN
      canonical := false;
    ELSIF canonical AND legacy AND side = 'canonical' THEN
      legacy := false;
    END IF;
    IF canonical AND legacy THEN
      IF NOT (omitted & 1 = 0) THEN
        NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      END IF;
      IF NOT (omitted & 2 = 0 OR NEW."address" IS NOT NULL) THEN
        NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
      END IF;
      IF NOT (NEW."first_name" IS NOT NULL) THEN
        NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      END IF;
      IF NOT ((NEW."last_name" IS NOT NULL AND omitted & 4 = 0)) THEN
        NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      END IF;
      IF NOT (NEW."title" IS NOT NULL) THEN
        NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      END IF;
      IF ROW(NEW."full_name")::record *= ROW(coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"())::text)::record
         AND ROW(NEW."address")::record *= ROW(rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country")::text)::record THEN
        marker := marker & ~6::bigint;
      ELSE
        NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
        NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
        NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
        marker := marker & ~6::bigint | 2;
      END IF;
    ELSIF canonical OR (NOT legacy AND speaks_canonical) THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      marker := marker | 2;
    ELSE
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
    wrote_legacy := wrote_legacy OR (legacy);
    NEW._rubicon := marker;
  IF wrote_legacy THEN
    DECLARE
      slot text := (extract(epoch FROM pg_catalog.clock_timestamp())::bigint / 60)::text
                   || ' ' || pg_catalog.current_setting('application_name');
    BEGIN
      IF pg_catalog.current_setting('rubicon.noted_people_687a679f', true) IS DISTINCT FROM slot THEN
        PERFORM pg_catalog.set_config('rubicon.noted_people_687a679f', slot, false);
        PERFORM rubicon.note_legacy_write('public.people', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon = 0 THEN
    NEW := OLD;             -- the backfill: what other triggers changed is taken back
    NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) & 7 | 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;

  -- group 0: full_name, address <-> first_name, last_name, title
  legacy := ROW(OLD."first_name", OLD."last_name", OLD."title")::record *<> ROW(NEW."first_name", NEW."last_name", NEW."title")::record;
  canonical := ROW(OLD."full_name", OLD."address")::record *<> ROW(NEW."full_name", NEW."address")::record
    OR (named & 24 <> 0 AND named & 32 = 0);
  IF legacy AND canonical AND side = 'legacy' THEN
    canonical := false;
  ELSIF legacy AND canonical AND side = 'canonical' THEN
    legacy := false;
  END IF;
  IF canonical AND legacy THEN
    IF NOT (ROW(OLD."full_name")::record *<> ROW(NEW."full_name")::record OR (named & 8 <> 0 AND named & 32 = 0)) THEN
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    END IF;
    IF NOT (ROW(OLD."address")::record *<> ROW(NEW."address")::record OR (named & 16 <> 0 AND named & 32 = 0)) THEN
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
    IF NOT (ROW(OLD."first_name")::record *<> ROW(NEW."first_name")::record) THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
    END IF;
    IF NOT (ROW(OLD."last_name")::record *<> ROW(NEW."last_name")::record) THEN
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
    END IF;
    IF NOT (ROW(OLD."title")::record *<> ROW(NEW."title")::record) THEN
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    END IF;
    IF ROW(NEW."full_name")::record *= ROW(coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"())::text)::record
       AND ROW(NEW."address")::record *= ROW(rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country")::text)::record THEN
      marker := marker & ~6::bigint;
    ELSE
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      marker := marker & ~6::bigint | 2;
    END IF;
  ELSIF canonical THEN
    IF unfilled THEN
      IF NOT (ROW(OLD."full_name")::record *<> ROW(NEW."full_name")::record OR (named & 8 <> 0 AND named & 32 = 0)) THEN
        NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(OLD."first_name", OLD."last_name"), rubicon."people_687a679f_default_0"());
      END IF;
      IF NOT (ROW(OLD."address")::record *<> ROW(NEW."address")::record OR (named & 16 <> 0 AND named & 32 = 0)) THEN
        NEW."address" := rubicon."people_687a679f_up_1"(OLD."last_name", OLD."title", OLD."country");
      END IF;
    END IF;
    NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
    NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
    NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    marker := marker & ~6::bigint | 2;
  ELSIF legacy OR unfilled THEN
    NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    marker := marker & ~6::bigint;
  ELSIF ROW(OLD."country")::record *<> ROW(NEW."country")::record THEN
    IF marker & 2 <> 0 THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    ELSIF marker & 4 = 0 THEN
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
  END IF;
  wrote_legacy := wrote_legacy OR (legacy);
  NEW._rubicon := marker;
  IF wrote_legacy THEN
    DECLARE
      slot text := (extract(epoch FROM pg_catalog.clock_timestamp())::bigint / 60)::text
                   || ' ' || pg_catalog.current_setting('application_name');
    BEGIN
      IF pg_catalog.current_setting('rubicon.noted_people_687a679f', true) IS DISTINCT FROM slot THEN
        PERFORM pg_catalog.set_config('rubicon.noted_people_687a679f', slot, false);
        PERFORM rubicon.note_legacy_write('public.people', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
  RETURN NEW;
END
$rubicon$;

