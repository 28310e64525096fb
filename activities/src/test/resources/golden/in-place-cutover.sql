CREATE OR REPLACE FUNCTION rubicon."checks_7a4ba0f8_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- Keeps the legacy and the canonical columns of a table in step. Columns that are derived from each
-- other form a group. The column _rubicon holds the state of a row: NULL until the backfill or a
-- client has filled its canonical columns, then 1 plus, for each group,
--   the first number   when canonical wrote last: legacy is what down gives
--   the second number  when one statement wrote both sides: both stand as written
--   2, 4: group 0, claim <-> claim_text
--   8, 16: group 1, config_json <-> aggregation
--   32, 64: group 2, gate_ok, day <-> diagnostics, created_at
DECLARE
  side pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.side', true), '');
  omitted bigint := 0;        -- INSERT: a bit for each column that the statement gives no value
  flags pg_catalog.text;                 -- what defaults have noted of this row
  place pg_catalog.text;                 -- the statement that the trigger runs in
  named bigint := 0;          -- UPDATE of an unfilled row: a bit for each column that it names
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
      flags := pg_catalog.current_setting('rubicon.omitted_checks_7a4ba0f8', true);
      IF pg_catalog.textne(flags, '') THEN
        PERFORM pg_catalog.set_config('rubicon.omitted_checks_7a4ba0f8', '', true);
      ELSE
        flags := NULL;
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) 4611686018427387904 OPERATOR(pg_catalog.<>) 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := CASE WHEN NEW."claim" IS NULL THEN 1 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."config_json" IS NULL THEN 2 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."gate_ok" IS NULL THEN 4 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."day" IS NULL THEN 8 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."claim_text" IS NULL THEN 16 ELSE 0 END;
        IF NEW._rubicon IS NULL THEN
          -- Columns that legacy knows nothing of: what is not given is the default. A row that was
          -- copied from another has its own.
          NEW."env" := coalesce(NEW."env", rubicon."checks_7a4ba0f8_settled_0"());
        END IF;
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) 15 OPERATOR(pg_catalog.<>) 15
                       END;

    -- group 0: claim <-> claim_text
    canonical_written := omitted OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.=) 0 OR NEW."claim" IS NOT NULL;
    legacy_written := (NEW."claim_text" IS NOT NULL AND omitted OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0);
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- Both sides stay as written only if they agree; otherwise canonical wins.
      IF ROW(NEW."claim")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."checks_7a4ba0f8_up_0"(NEW."claim_text")::pg_catalog.text)::pg_catalog.record THEN
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
      ELSE
        NEW."claim_text" := rubicon."checks_7a4ba0f8_down_0"(NEW."claim");
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
      END IF;
    ELSIF canonical_written THEN
      NEW."claim_text" := rubicon."checks_7a4ba0f8_down_0"(NEW."claim");
      marker := marker OPERATOR(pg_catalog.|) 2;
    ELSE
      NEW."claim" := rubicon."checks_7a4ba0f8_up_0"(NEW."claim_text");
    END IF;
    note_legacy := note_legacy OR (legacy_written);

    -- group 1: config_json <-> aggregation
    canonical_written := omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0;
    legacy_written := NEW."aggregation" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- Both sides stay as written only if they agree; otherwise canonical wins.
      IF ROW(NEW."config_json")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(coalesce(rubicon."checks_7a4ba0f8_up_1"(NEW."aggregation"), rubicon."checks_7a4ba0f8_default_1"())::pg_catalog.jsonb)::pg_catalog.record THEN
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
      ELSE
        NEW."aggregation" := rubicon."checks_7a4ba0f8_down_1"(NEW."config_json");
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
      END IF;
    ELSIF canonical_written OR (NOT legacy_written AND names_canonical) THEN
      NEW."aggregation" := rubicon."checks_7a4ba0f8_down_1"(NEW."config_json");
      marker := marker OPERATOR(pg_catalog.|) 8;
    ELSE
      NEW."config_json" := coalesce(rubicon."checks_7a4ba0f8_up_1"(NEW."aggregation"), rubicon."checks_7a4ba0f8_default_1"());
    END IF;
    note_legacy := note_legacy OR (legacy_written);

    -- group 2: gate_ok, day <-> diagnostics, created_at
    canonical_written := omitted OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 OR NEW."gate_ok" IS NOT NULL
      OR omitted OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.=) 0 OR NEW."day" IS NOT NULL;
    legacy_written := NEW."diagnostics" IS NOT NULL
      OR NEW."created_at" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- The columns that the statement leaves alone follow the other side.
      IF NOT (omitted OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 OR NEW."gate_ok" IS NOT NULL) THEN
        NEW."gate_ok" := rubicon."checks_7a4ba0f8_up_2"(NEW."diagnostics");
      END IF;
      IF NOT (omitted OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.=) 0 OR NEW."day" IS NOT NULL) THEN
        NEW."day" := rubicon."checks_7a4ba0f8_up_3"(NEW."diagnostics", NEW."created_at");
      END IF;
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint OPERATOR(pg_catalog.|) 64;
    ELSIF canonical_written THEN
      NULL;  -- no down: legacy stays as it is
      marker := marker OPERATOR(pg_catalog.|) 32;
    ELSE
      NEW."gate_ok" := rubicon."checks_7a4ba0f8_up_2"(NEW."diagnostics");
      NEW."day" := rubicon."checks_7a4ba0f8_up_3"(NEW."diagnostics", NEW."created_at");
    END IF;
    note_legacy := note_legacy OR (legacy_written AND (NOT canonical_written));

    NEW._rubicon := marker;
    IF note_legacy THEN
      -- Notes which applications still write legacy, once per session and minute.
      DECLARE
        slot pg_catalog.text := pg_catalog.concat(
          pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
          pg_catalog.current_setting('application_name'));
      BEGIN
        IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_checks_7a4ba0f8', true), ''), slot) THEN
          PERFORM pg_catalog.set_config('rubicon.noted_checks_7a4ba0f8', slot, false);
          PERFORM rubicon.note_legacy_write('public.checks', pg_catalog.current_setting('application_name'));
        END IF;
      END;
    END IF;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
    NEW."claim" := rubicon."checks_7a4ba0f8_up_0"(NEW."claim_text");
    NEW."config_json" := coalesce(rubicon."checks_7a4ba0f8_up_1"(NEW."aggregation"), rubicon."checks_7a4ba0f8_default_1"());
    NEW."gate_ok" := rubicon."checks_7a4ba0f8_up_2"(NEW."diagnostics");
    NEW."day" := rubicon."checks_7a4ba0f8_up_3"(NEW."diagnostics", NEW."created_at");
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.note_named() put into _rubicon what it names.
  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) OPERATOR(pg_catalog.&) 127 OPERATOR(pg_catalog.|) 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := pg_catalog.current_setting('rubicon.omitted_checks_7a4ba0f8', true);
  IF pg_catalog.textne(flags, '') THEN
    -- SET column = DEFAULT raised them: they are no INSERT's.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags('rubicon.omitted_checks_7a4ba0f8', 'rubicon.outer_checks_7a4ba0f8', place);
  END IF;

  -- group 0: claim <-> claim_text
  legacy_written := ROW(OLD."claim_text")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."claim_text")::pg_catalog.record;
  canonical_written := ROW(OLD."claim")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."claim")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 128 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 2048 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- Both sides stay as written only if they agree; otherwise canonical wins.
    IF ROW(NEW."claim")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."checks_7a4ba0f8_up_0"(NEW."claim_text")::pg_catalog.text)::pg_catalog.record THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
    ELSE
      NEW."claim_text" := rubicon."checks_7a4ba0f8_down_0"(NEW."claim");
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
    END IF;
  ELSIF canonical_written THEN
    NEW."claim_text" := rubicon."checks_7a4ba0f8_down_0"(NEW."claim");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
  ELSIF legacy_written OR unfilled THEN
    NEW."claim" := rubicon."checks_7a4ba0f8_up_0"(NEW."claim_text");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
  END IF;
  note_legacy := note_legacy OR (legacy_written);

  -- group 1: config_json <-> aggregation
  legacy_written := ROW(OLD."aggregation")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."aggregation")::pg_catalog.record;
  canonical_written := ROW(OLD."config_json")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."config_json")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 256 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 4096 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- Both sides stay as written only if they agree; otherwise canonical wins.
    IF ROW(NEW."config_json")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(coalesce(rubicon."checks_7a4ba0f8_up_1"(NEW."aggregation"), rubicon."checks_7a4ba0f8_default_1"())::pg_catalog.jsonb)::pg_catalog.record THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
    ELSE
      NEW."aggregation" := rubicon."checks_7a4ba0f8_down_1"(NEW."config_json");
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
    END IF;
  ELSIF canonical_written THEN
    NEW."aggregation" := rubicon."checks_7a4ba0f8_down_1"(NEW."config_json");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
  ELSIF legacy_written OR unfilled THEN
    NEW."config_json" := coalesce(rubicon."checks_7a4ba0f8_up_1"(NEW."aggregation"), rubicon."checks_7a4ba0f8_default_1"());
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
  END IF;
  note_legacy := note_legacy OR (legacy_written);

  -- group 2: gate_ok, day <-> diagnostics, created_at
  legacy_written := ROW(OLD."diagnostics", OLD."created_at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."diagnostics", NEW."created_at")::pg_catalog.record;
  canonical_written := ROW(OLD."gate_ok", OLD."day")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."gate_ok", NEW."day")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 1536 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 8192 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- The columns that the statement leaves alone follow the other side.
    IF NOT (ROW(OLD."gate_ok")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."gate_ok")::pg_catalog.record OR (named OPERATOR(pg_catalog.&) 512 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 8192 OPERATOR(pg_catalog.=) 0)) THEN
      NEW."gate_ok" := rubicon."checks_7a4ba0f8_up_2"(NEW."diagnostics");
    END IF;
    IF NOT (ROW(OLD."day")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."day")::pg_catalog.record OR (named OPERATOR(pg_catalog.&) 1024 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 8192 OPERATOR(pg_catalog.=) 0)) THEN
      NEW."day" := rubicon."checks_7a4ba0f8_up_3"(NEW."diagnostics", NEW."created_at");
    END IF;
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint OPERATOR(pg_catalog.|) 64;
  ELSIF canonical_written THEN
    IF unfilled THEN
      -- The canonical columns that the statement leaves alone still need their first value.
      IF NOT (ROW(OLD."gate_ok")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."gate_ok")::pg_catalog.record OR (named OPERATOR(pg_catalog.&) 512 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 8192 OPERATOR(pg_catalog.=) 0)) THEN
        NEW."gate_ok" := rubicon."checks_7a4ba0f8_up_2"(OLD."diagnostics");
      END IF;
      IF NOT (ROW(OLD."day")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."day")::pg_catalog.record OR (named OPERATOR(pg_catalog.&) 1024 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 8192 OPERATOR(pg_catalog.=) 0)) THEN
        NEW."day" := rubicon."checks_7a4ba0f8_up_3"(OLD."diagnostics", OLD."created_at");
      END IF;
    END IF;
    NULL;  -- no down: legacy stays as it is
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint OPERATOR(pg_catalog.|) 32;
  ELSIF legacy_written OR unfilled THEN
    NEW."gate_ok" := rubicon."checks_7a4ba0f8_up_2"(NEW."diagnostics");
    NEW."day" := rubicon."checks_7a4ba0f8_up_3"(NEW."diagnostics", NEW."created_at");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint;
  END IF;
  note_legacy := note_legacy OR (legacy_written AND ((NOT canonical_written
      AND ROW(OLD."gate_ok", OLD."day")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."gate_ok", NEW."day")::pg_catalog.record)));

  NEW._rubicon := marker;
  IF note_legacy THEN
    -- Notes which applications still write legacy, once per session and minute.
    DECLARE
      slot pg_catalog.text := pg_catalog.concat(
        pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
        pg_catalog.current_setting('application_name'));
    BEGIN
      IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_checks_7a4ba0f8', true), ''), slot) THEN
        PERFORM pg_catalog.set_config('rubicon.noted_checks_7a4ba0f8', slot, false);
        PERFORM rubicon.note_legacy_write('public.checks', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
  RETURN NEW;
END
$rubicon$;

