CREATE OR REPLACE FUNCTION rubicon."orderslines_cd880a3b_sync"() RETURNS trigger
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
      omitted := coalesce(nullif(pg_catalog.current_setting('rubicon.omit_orderslines_cd880a3b', true), ''), '0')::bigint;
      IF omitted <> 0 THEN
        PERFORM pg_catalog.set_config('rubicon.omit_orderslines_cd880a3b', '', true);
      END IF;
    END IF;
    speaks_canonical := CASE side WHEN 'canonical' THEN true WHEN 'legacy' THEN false
                        ELSE omitted & 3 <> 3 END;

    -- group 0: New Name <-> Old Name
    canonical := omitted & 1 = 0 OR NEW."New Name" IS NOT NULL;
    legacy := (NEW."Old Name" IS NOT NULL AND omitted & 4 = 0);
    IF canonical AND legacy AND side = 'legacy' THEN
      canonical := false;
    ELSIF canonical AND legacy AND side = 'canonical' THEN
      legacy := false;
    END IF;
    IF canonical AND legacy THEN
      IF ROW(NEW."New Name")::record *= ROW(rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name")::text)::record THEN
        marker := marker & ~6::bigint;
      ELSE
        NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
        marker := marker & ~6::bigint | 2;
      END IF;
    ELSIF canonical THEN
      NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
      marker := marker | 2;
    ELSE
      NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    END IF;
    wrote_legacy := wrote_legacy OR (legacy);

    -- group 1: 100% $new <-> two lines
    canonical := omitted & 2 = 0 OR NEW."100% $new" IS NOT NULL;
    legacy := NEW."two
lines" IS NOT NULL;
    IF canonical AND legacy AND side = 'legacy' THEN
      canonical := false;
    ELSIF canonical AND legacy AND side = 'canonical' THEN
      legacy := false;
    END IF;
    IF canonical AND legacy THEN
      IF ROW(NEW."100% $new")::record *= ROW(rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines")::text)::record THEN
        marker := marker & ~24::bigint;
      ELSE
        NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
        marker := marker & ~24::bigint | 8;
      END IF;
    ELSIF canonical THEN
      NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
      marker := marker | 8;
    ELSE
      NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
    END IF;
    wrote_legacy := wrote_legacy OR (legacy);
    NEW._rubicon := marker;
  IF wrote_legacy THEN
    DECLARE
      slot text := (extract(epoch FROM pg_catalog.clock_timestamp())::bigint / 60)::text
                   || ' ' || pg_catalog.current_setting('application_name');
    BEGIN
      IF pg_catalog.current_setting('rubicon.noted_orderslines_cd880a3b', true) IS DISTINCT FROM slot THEN
        PERFORM pg_catalog.set_config('rubicon.noted_orderslines_cd880a3b', slot, false);
        PERFORM rubicon.note_legacy_write('Sales.Order''s "Lines', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon = 0 THEN
    NEW := OLD;             -- the backfill: what other triggers changed is taken back
    NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) & 31 | 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;

  -- group 0: New Name <-> Old Name
  legacy := ROW(OLD."Old Name")::record *<> ROW(NEW."Old Name")::record;
  canonical := ROW(OLD."New Name")::record *<> ROW(NEW."New Name")::record
    OR (named & 32 <> 0 AND named & 128 = 0);
  IF legacy AND canonical AND side = 'legacy' THEN
    canonical := false;
  ELSIF legacy AND canonical AND side = 'canonical' THEN
    legacy := false;
  END IF;
  IF canonical AND legacy THEN
    IF ROW(NEW."New Name")::record *= ROW(rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name")::text)::record THEN
      marker := marker & ~6::bigint;
    ELSE
      NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
      marker := marker & ~6::bigint | 2;
    END IF;
  ELSIF canonical THEN
    NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
    marker := marker & ~6::bigint | 2;
  ELSIF legacy OR unfilled THEN
    NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    marker := marker & ~6::bigint;
  END IF;
  wrote_legacy := wrote_legacy OR (legacy);

  -- group 1: 100% $new <-> two lines
  legacy := ROW(OLD."two
lines")::record *<> ROW(NEW."two
lines")::record;
  canonical := ROW(OLD."100% $new")::record *<> ROW(NEW."100% $new")::record
    OR (named & 64 <> 0 AND named & 256 = 0);
  IF legacy AND canonical AND side = 'legacy' THEN
    canonical := false;
  ELSIF legacy AND canonical AND side = 'canonical' THEN
    legacy := false;
  END IF;
  IF canonical AND legacy THEN
    IF ROW(NEW."100% $new")::record *= ROW(rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines")::text)::record THEN
      marker := marker & ~24::bigint;
    ELSE
      NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
      marker := marker & ~24::bigint | 8;
    END IF;
  ELSIF canonical THEN
    NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
    marker := marker & ~24::bigint | 8;
  ELSIF legacy OR unfilled THEN
    NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
    marker := marker & ~24::bigint;
  ELSIF ROW(OLD."select")::record *<> ROW(NEW."select")::record THEN
    IF marker & 8 <> 0 THEN
      NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
    ELSIF marker & 16 = 0 THEN
      NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
    END IF;
  END IF;
  wrote_legacy := wrote_legacy OR (legacy);
  NEW._rubicon := marker;
  IF wrote_legacy THEN
    DECLARE
      slot text := (extract(epoch FROM pg_catalog.clock_timestamp())::bigint / 60)::text
                   || ' ' || pg_catalog.current_setting('application_name');
    BEGIN
      IF pg_catalog.current_setting('rubicon.noted_orderslines_cd880a3b', true) IS DISTINCT FROM slot THEN
        PERFORM pg_catalog.set_config('rubicon.noted_orderslines_cd880a3b', slot, false);
        PERFORM rubicon.note_legacy_write('Sales.Order''s "Lines', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
  RETURN NEW;
END
$rubicon$;

