CREATE OR REPLACE FUNCTION rubicon."orderslines_cd880a3b_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- Keeps the legacy and the canonical columns of a table in step. Columns that are derived from each
-- other form a group. The column _rubicon holds the state of a row: NULL until the backfill or a
-- client has filled its canonical columns, then 1 plus, for each group,
--   the first number   when canonical wrote last: legacy is what down gives
--   the second number  when one statement wrote both sides: both stand as written
--   2, 4: group 0, New Name <-> Old Name
--   8, 16: group 1, 100% $new <-> two lines
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
      flags := pg_catalog.current_setting('rubicon.omitted_orderslines_cd880a3b', true);
      IF pg_catalog.textne(flags, '') THEN
        PERFORM pg_catalog.set_config('rubicon.omitted_orderslines_cd880a3b', '', true);
      ELSE
        flags := NULL;
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) 4611686018427387904 OPERATOR(pg_catalog.<>) 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := CASE WHEN NEW."New Name" IS NULL THEN 1 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."100% $new" IS NULL THEN 2 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."Old Name" IS NULL THEN 4 ELSE 0 END;
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) 3 OPERATOR(pg_catalog.<>) 3
                       END;

    -- group 0: New Name <-> Old Name
    canonical_written := omitted OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.=) 0 OR NEW."New Name" IS NOT NULL;
    legacy_written := (NEW."Old Name" IS NOT NULL AND omitted OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0);
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- Both sides stay as written only if they agree; otherwise canonical wins.
      IF ROW(NEW."New Name")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name")::pg_catalog.text)::pg_catalog.record THEN
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
      ELSE
        NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
      END IF;
    ELSIF canonical_written THEN
      NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
      marker := marker OPERATOR(pg_catalog.|) 2;
    ELSE
      NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    END IF;
    note_legacy := note_legacy OR (legacy_written);

    -- group 1: 100% $new <-> two lines
    canonical_written := omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0 OR NEW."100% $new" IS NOT NULL;
    legacy_written := NEW."two
lines" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- Both sides stay as written only if they agree; otherwise canonical wins.
      IF ROW(NEW."100% $new")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines")::pg_catalog.text)::pg_catalog.record THEN
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
      ELSE
        NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
        marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
      END IF;
    ELSIF canonical_written THEN
      NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
      marker := marker OPERATOR(pg_catalog.|) 8;
    ELSE
      NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
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
        IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_orderslines_cd880a3b', true), ''), slot) THEN
          PERFORM pg_catalog.set_config('rubicon.noted_orderslines_cd880a3b', slot, false);
          PERFORM rubicon.note_legacy_write('Sales.Order''s "Lines', pg_catalog.current_setting('application_name'));
        END IF;
      END;
    END IF;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
    NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.note_named() put into _rubicon what it names.
  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) OPERATOR(pg_catalog.&) 31 OPERATOR(pg_catalog.|) 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := pg_catalog.current_setting('rubicon.omitted_orderslines_cd880a3b', true);
  IF pg_catalog.textne(flags, '') THEN
    -- SET column = DEFAULT raised them: they are no INSERT's.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags('rubicon.omitted_orderslines_cd880a3b', 'rubicon.outer_orderslines_cd880a3b', place);
  END IF;

  -- group 0: New Name <-> Old Name
  legacy_written := ROW(OLD."Old Name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."Old Name")::pg_catalog.record;
  canonical_written := ROW(OLD."New Name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."New Name")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 128 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- Both sides stay as written only if they agree; otherwise canonical wins.
    IF ROW(NEW."New Name")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name")::pg_catalog.text)::pg_catalog.record THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
    ELSE
      NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
    END IF;
  ELSIF canonical_written THEN
    NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
  ELSIF legacy_written OR unfilled THEN
    NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
  END IF;
  note_legacy := note_legacy OR (legacy_written);

  -- group 1: 100% $new <-> two lines
  legacy_written := ROW(OLD."two
lines")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."two
lines")::pg_catalog.record;
  canonical_written := ROW(OLD."100% $new")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."100% $new")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 64 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 256 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- Both sides stay as written only if they agree; otherwise canonical wins.
    IF ROW(NEW."100% $new")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines")::pg_catalog.text)::pg_catalog.record THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
    ELSE
      NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
    END IF;
  ELSIF canonical_written THEN
    NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
  ELSIF legacy_written OR unfilled THEN
    NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
  ELSIF ROW(OLD."select")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."select")::pg_catalog.record THEN
    -- A column that both shapes have: the side that wrote last stays, the other follows.
    IF marker OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.<>) 0 THEN
      NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
    ELSIF marker OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0 THEN
      NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
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
      IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_orderslines_cd880a3b', true), ''), slot) THEN
        PERFORM pg_catalog.set_config('rubicon.noted_orderslines_cd880a3b', slot, false);
        PERFORM rubicon.note_legacy_write('Sales.Order''s "Lines', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
  RETURN NEW;
END
$rubicon$;

