CREATE OR REPLACE FUNCTION rubicon."people_687a679f_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- Keeps the legacy and the canonical columns of a table in step. Columns that are derived from each
-- other form a group. The column _rubicon holds the state of a row: NULL until the backfill or a
-- client has filled its canonical columns, then 1 plus, for each group,
--   the first number   when canonical wrote last: legacy is what down gives
--   the second number  when one statement wrote both sides: both stand as written
--   2, 4: group 0, full_name, address <-> first_name, last_name, title
DECLARE
  side pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.side', true), '');
  omitted bigint := 0;        -- INSERT: a bit for each column that the statement gives no value
  flags pg_catalog.text;                 -- what defaults have noted of this row
  place pg_catalog.text;                 -- the statement that the trigger runs in
  named bigint := 0;          -- UPDATE of an unfilled row: a bit for each column that it names
  changed bigint := 0;        -- UPDATE: a bit for each column that the statement changes
  unfilled boolean := false;  -- UPDATE: the canonical columns are not filled yet
  marker bigint := 1;         -- becomes _rubicon
  canonical_written boolean;  -- the statement writes the group's canonical side
  legacy_written boolean;     -- the statement writes the group's legacy side
  names_canonical boolean;    -- INSERT: the statement names some canonical column
  note_legacy boolean := false;  -- the statement counts on what contract ends: it writes columns that
                              -- only legacy has, or what canonical is derived from and not canonical
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- Defaults raised a flag for each column that the statement does not name, and one for the
    -- marker: a statement that names that inserts a whole row, columns that it does not know
    -- included, so what is NULL there is not given.
    IF NEW._rubicon < 0 THEN
      omitted := ~NEW._rubicon;  -- noted before the owner's triggers
    ELSE
      flags := nullif(pg_catalog.current_setting('rubicon.omitted_people_687a679f', true), '');
      IF flags IS NOT NULL THEN
        PERFORM pg_catalog.set_config('rubicon.omitted_people_687a679f', '', true);
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint & 4611686018427387904 <> 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := CASE WHEN NEW."full_name" IS NULL THEN 1 ELSE 0 END
          | CASE WHEN NEW."address" IS NULL THEN 2 ELSE 0 END
          | CASE WHEN NEW."first_name" IS NULL THEN 4 ELSE 0 END
          | CASE WHEN NEW."last_name" IS NULL THEN 8 ELSE 0 END
          | CASE WHEN NEW."title" IS NULL THEN 16 ELSE 0 END;
      END IF;
    END IF;
    names_canonical := CASE side
                         WHEN 'canonical' THEN true
                         WHEN 'legacy' THEN false
                         ELSE omitted & 3 <> 3
                       END;

    -- group 0: full_name, address <-> first_name, last_name, title
    canonical_written := omitted & 1 = 0
      OR omitted & 2 = 0 OR (omitted & 31 = 31 AND NEW."first_name" IS NULL AND NEW."last_name" IS NULL AND NEW."title" IS NULL AND NEW."address" IS NOT NULL);
    legacy_written := omitted & 4 = 0
      OR omitted & 8 = 0
      OR omitted & 16 = 0;
    IF canonical_written AND legacy_written AND side = 'legacy' THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND side = 'canonical' THEN
      legacy_written := false;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- The columns that the statement leaves alone follow the other side.
      IF NOT (omitted & 1 = 0) THEN
        NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      END IF;
      IF NOT (omitted & 2 = 0 OR (omitted & 31 = 31 AND NEW."first_name" IS NULL AND NEW."last_name" IS NULL AND NEW."title" IS NULL AND NEW."address" IS NOT NULL)) THEN
        NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
      END IF;
      IF NOT (omitted & 4 = 0) THEN
        NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      END IF;
      IF NOT (omitted & 8 = 0) THEN
        NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      END IF;
      IF NOT (omitted & 16 = 0) THEN
        NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      END IF;
      -- Both sides stay as written only if they agree; otherwise canonical wins.
      IF ROW(NEW."full_name")::pg_catalog.record *= ROW(coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"())::pg_catalog.text)::pg_catalog.record
         AND ROW(NEW."address")::pg_catalog.record *= ROW(rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country")::pg_catalog.text)::pg_catalog.record THEN
        marker := marker & ~6::bigint;
      ELSE
        NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
        NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
        NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
        marker := marker & ~6::bigint | 2;
      END IF;
    ELSIF canonical_written OR (NOT legacy_written AND names_canonical) THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      marker := marker | 2;
    ELSE
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
    note_legacy := note_legacy OR (legacy_written);

    NEW._rubicon := marker;
    IF note_legacy THEN
      -- Notes which applications still write legacy, once per session and minute.
      DECLARE
        slot pg_catalog.text := (extract(epoch FROM pg_catalog.clock_timestamp())::bigint / 60)::pg_catalog.text
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
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
    NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.named() put into _rubicon what it names.
  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) & 7 | 1;
  IF NEW._rubicon < 0 THEN
    changed := ~NEW._rubicon;  -- noted before the owner's triggers, with what named() has added
    IF unfilled THEN
      named := changed;
    END IF;
  ELSIF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := nullif(pg_catalog.current_setting('rubicon.omitted_people_687a679f', true), '');
  IF flags IS NOT NULL THEN
    -- SET column = DEFAULT raised them.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags('rubicon.omitted_people_687a679f', 'rubicon.outer_people_687a679f', place);
  END IF;

  -- group 0: full_name, address <-> first_name, last_name, title
  legacy_written := (changed & 1792 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."first_name", OLD."last_name", OLD."title")::pg_catalog.record *<> ROW(NEW."first_name", NEW."last_name", NEW."title")::pg_catalog.record));
  canonical_written := (changed & 192 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."full_name", OLD."address")::pg_catalog.record *<> ROW(NEW."full_name", NEW."address")::pg_catalog.record))
    OR (side = 'canonical'
        AND named & 24 <> 0 AND named & 32 = 0);
  IF legacy_written AND canonical_written AND side = 'legacy' THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND side = 'canonical' THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- The columns that the statement leaves alone follow the other side.
    IF NOT ((changed & 64 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."full_name")::pg_catalog.record *<> ROW(NEW."full_name")::pg_catalog.record)) OR (named & 8 <> 0 AND named & 32 = 0)) THEN
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    END IF;
    IF NOT ((changed & 128 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."address")::pg_catalog.record *<> ROW(NEW."address")::pg_catalog.record)) OR (named & 16 <> 0 AND named & 32 = 0)) THEN
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
    IF NOT ((changed & 256 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."first_name")::pg_catalog.record *<> ROW(NEW."first_name")::pg_catalog.record))) THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
    END IF;
    IF NOT ((changed & 512 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."last_name")::pg_catalog.record *<> ROW(NEW."last_name")::pg_catalog.record))) THEN
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
    END IF;
    IF NOT ((changed & 1024 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."title")::pg_catalog.record *<> ROW(NEW."title")::pg_catalog.record))) THEN
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    END IF;
    -- Both sides stay as written only if they agree; otherwise canonical wins.
    IF ROW(NEW."full_name")::pg_catalog.record *= ROW(coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"())::pg_catalog.text)::pg_catalog.record
       AND ROW(NEW."address")::pg_catalog.record *= ROW(rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country")::pg_catalog.text)::pg_catalog.record THEN
      marker := marker & ~6::bigint;
    ELSE
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      marker := marker & ~6::bigint | 2;
    END IF;
  ELSIF canonical_written THEN
    IF unfilled THEN
      -- The canonical columns that the statement leaves alone still need their first value.
      IF NOT ((changed & 64 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."full_name")::pg_catalog.record *<> ROW(NEW."full_name")::pg_catalog.record)) OR (named & 8 <> 0 AND named & 32 = 0)) THEN
        NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(OLD."first_name", OLD."last_name"), rubicon."people_687a679f_default_0"());
      END IF;
      IF NOT ((changed & 128 <> 0 OR (changed & 1984 = 0 AND ROW(OLD."address")::pg_catalog.record *<> ROW(NEW."address")::pg_catalog.record)) OR (named & 16 <> 0 AND named & 32 = 0)) THEN
        NEW."address" := rubicon."people_687a679f_up_1"(OLD."last_name", OLD."title", OLD."country");
      END IF;
    END IF;
    NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
    NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
    NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    marker := marker & ~6::bigint | 2;
  ELSIF legacy_written OR unfilled THEN
    NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    marker := marker & ~6::bigint;
  ELSIF ROW(OLD."country")::pg_catalog.record *<> ROW(NEW."country")::pg_catalog.record THEN
    -- A column that both shapes have: the side that wrote last stays, the other follows.
    IF marker & 2 <> 0 THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    ELSIF marker & 4 = 0 THEN
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
  END IF;
  note_legacy := note_legacy OR (legacy_written);

  NEW._rubicon := marker;
  IF note_legacy THEN
    -- Notes which applications still write legacy, once per session and minute.
    DECLARE
      slot pg_catalog.text := (extract(epoch FROM pg_catalog.clock_timestamp())::bigint / 60)::pg_catalog.text
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

