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
  IF pg_catalog.texteq(TG_OP, 'INSERT') THEN
    -- Defaults raised a flag for each column that the statement does not name, and one for the
    -- marker: a statement that names that inserts a whole row, columns that it does not know
    -- included, so what is NULL there is not given.
    IF NEW._rubicon OPERATOR(pg_catalog.<) 0 THEN
      omitted := OPERATOR(pg_catalog.~) NEW._rubicon;  -- noted before the owner's triggers
    ELSE
      flags := pg_catalog.current_setting('rubicon.omitted_people_687a679f', true);
      IF pg_catalog.textne(flags, '') THEN
        PERFORM pg_catalog.set_config('rubicon.omitted_people_687a679f', '', true);
      ELSE
        flags := NULL;
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) 4611686018427387904 OPERATOR(pg_catalog.<>) 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := CASE WHEN NEW."full_name" IS NULL THEN 1 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."address" IS NULL THEN 2 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."first_name" IS NULL THEN 4 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."last_name" IS NULL THEN 8 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."title" IS NULL THEN 16 ELSE 0 END;
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) 3 OPERATOR(pg_catalog.<>) 3
                       END;

    -- group 0: full_name, address <-> first_name, last_name, title
    canonical_written := omitted OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.=) 0
      OR omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0 OR (omitted OPERATOR(pg_catalog.&) 31 OPERATOR(pg_catalog.=) 31 AND NEW."first_name" IS NULL AND NEW."last_name" IS NULL AND NEW."title" IS NULL AND NEW."address" IS NOT NULL);
    legacy_written := omitted OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0
      OR omitted OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.=) 0
      OR omitted OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- The columns that the statement leaves alone follow the other side.
      IF NOT (omitted OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.=) 0) THEN
        NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      END IF;
      IF NOT (omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0 OR (omitted OPERATOR(pg_catalog.&) 31 OPERATOR(pg_catalog.=) 31 AND NEW."first_name" IS NULL AND NEW."last_name" IS NULL AND NEW."title" IS NULL AND NEW."address" IS NOT NULL)) THEN
        NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
      END IF;
      IF NOT (omitted OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0) THEN
        NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      END IF;
      IF NOT (omitted OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.=) 0) THEN
        NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      END IF;
      IF NOT (omitted OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0) THEN
        NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      END IF;
      -- Both sides stay as written only if they agree; otherwise canonical wins.
      IF ROW(NEW."full_name")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"())::pg_catalog.text)::pg_catalog.record
         AND ROW(NEW."address")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country")::pg_catalog.text)::pg_catalog.record THEN
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
      ELSE
        NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
        NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
        NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
      END IF;
    ELSIF canonical_written OR (NOT legacy_written AND names_canonical) THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      marker := marker OPERATOR(pg_catalog.|) 2;
    ELSE
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
    note_legacy := note_legacy OR (legacy_written);

    NEW._rubicon := marker;
    IF note_legacy THEN
      -- Notes which applications still write legacy, once per session and minute.
      DECLARE
        slot pg_catalog.text := pg_catalog.concat(
          pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
          pg_catalog.current_setting('application_name'));
      BEGIN
        IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_people_687a679f', true), ''), slot) THEN
          PERFORM pg_catalog.set_config('rubicon.noted_people_687a679f', slot, false);
          PERFORM rubicon.note_legacy_write('public.people', pg_catalog.current_setting('application_name'));
        END IF;
      END;
    END IF;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
    NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.note_named() put into _rubicon what it names.
  -- Below zero it is a note of "!rubicon_0_given" from a time when this trigger was switched off.
  unfilled := coalesce(OLD._rubicon, -1) OPERATOR(pg_catalog.<) 0;
  marker := CASE WHEN unfilled THEN 0 ELSE OLD._rubicon END OPERATOR(pg_catalog.&) 7 OPERATOR(pg_catalog.|) 1;
  IF NEW._rubicon OPERATOR(pg_catalog.<) 0 THEN
    changed := OPERATOR(pg_catalog.~) NEW._rubicon;  -- noted before the owner's triggers, with what note_named() has added
    IF unfilled THEN
      named := changed;
    END IF;
  ELSIF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := pg_catalog.current_setting('rubicon.omitted_people_687a679f', true);
  IF pg_catalog.textne(flags, '') THEN
    -- SET column = DEFAULT raised them: they are no INSERT's.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags('rubicon.omitted_people_687a679f', 'rubicon.outer_people_687a679f', place);
  END IF;

  -- group 0: full_name, address <-> first_name, last_name, title
  legacy_written := (changed OPERATOR(pg_catalog.&) 1792 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."first_name", OLD."last_name", OLD."title")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."first_name", NEW."last_name", NEW."title")::pg_catalog.record));
  canonical_written := (changed OPERATOR(pg_catalog.&) 192 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."full_name", OLD."address")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."full_name", NEW."address")::pg_catalog.record))
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 24 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- The columns that the statement leaves alone follow the other side.
    IF NOT ((changed OPERATOR(pg_catalog.&) 64 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."full_name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."full_name")::pg_catalog.record)) OR (named OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.=) 0)) THEN
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    END IF;
    IF NOT ((changed OPERATOR(pg_catalog.&) 128 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."address")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."address")::pg_catalog.record)) OR (named OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.=) 0)) THEN
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
    IF NOT ((changed OPERATOR(pg_catalog.&) 256 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."first_name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."first_name")::pg_catalog.record))) THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
    END IF;
    IF NOT ((changed OPERATOR(pg_catalog.&) 512 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."last_name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."last_name")::pg_catalog.record))) THEN
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
    END IF;
    IF NOT ((changed OPERATOR(pg_catalog.&) 1024 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."title")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."title")::pg_catalog.record))) THEN
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    END IF;
    -- Both sides stay as written only if they agree; otherwise canonical wins.
    IF ROW(NEW."full_name")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"())::pg_catalog.text)::pg_catalog.record
       AND ROW(NEW."address")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country")::pg_catalog.text)::pg_catalog.record THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
    ELSE
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
    END IF;
  ELSIF canonical_written THEN
    IF unfilled THEN
      -- The canonical columns that the statement leaves alone still need their first value.
      IF NOT ((changed OPERATOR(pg_catalog.&) 64 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."full_name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."full_name")::pg_catalog.record)) OR (named OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.=) 0)) THEN
        NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(OLD."first_name", OLD."last_name"), rubicon."people_687a679f_default_0"());
      END IF;
      IF NOT ((changed OPERATOR(pg_catalog.&) 128 OPERATOR(pg_catalog.<>) 0 OR (changed OPERATOR(pg_catalog.&) 1984 OPERATOR(pg_catalog.=) 0 AND ROW(OLD."address")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."address")::pg_catalog.record)) OR (named OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.=) 0)) THEN
        NEW."address" := rubicon."people_687a679f_up_1"(OLD."last_name", OLD."title", OLD."country");
      END IF;
    END IF;
    NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
    NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
    NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
  ELSIF legacy_written OR unfilled THEN
    NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
    NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
  ELSIF ROW(OLD."country")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."country")::pg_catalog.record THEN
    -- A column that both shapes have: the side that wrote last stays, the other follows.
    IF marker OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.<>) 0 THEN
      NEW."first_name" := rubicon."people_687a679f_down_0"(NEW."full_name");
      NEW."last_name" := rubicon."people_687a679f_down_1"(NEW."full_name");
      NEW."title" := rubicon."people_687a679f_down_2"(NEW."address");
    ELSIF marker OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 THEN
      NEW."full_name" := coalesce(rubicon."people_687a679f_up_0"(NEW."first_name", NEW."last_name"), rubicon."people_687a679f_default_0"());
      NEW."address" := rubicon."people_687a679f_up_1"(NEW."last_name", NEW."title", NEW."country");
    END IF;
  END IF;
  note_legacy := note_legacy OR (legacy_written);

  NEW._rubicon := marker;
  IF note_legacy THEN
    -- Notes which applications still write legacy, once per session and minute.
    DECLARE
      slot pg_catalog.text := pg_catalog.concat(
        pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
        pg_catalog.current_setting('application_name'));
    BEGIN
      IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_people_687a679f', true), ''), slot) THEN
        PERFORM pg_catalog.set_config('rubicon.noted_people_687a679f', slot, false);
        PERFORM rubicon.note_legacy_write('public.people', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
  RETURN NEW;
END
$rubicon$;

