CREATE OR REPLACE FUNCTION rubicon."plain_ceb62d2d_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- Keeps the legacy and the canonical columns of a table in step. Columns that are derived from each
-- other form a group. The column _rubicon holds the state of a row: NULL until the backfill or a
-- client has filled its canonical columns, then 1 plus, for each group,
--   the first number   when canonical wrote last: legacy is what down gives
--   the second number  when one statement wrote both sides: both stand as written
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
      flags := pg_catalog.current_setting('rubicon.omitted_plain_ceb62d2d', true);
      IF pg_catalog.textne(flags, '') THEN
        PERFORM pg_catalog.set_config('rubicon.omitted_plain_ceb62d2d', '', true);
      ELSE
        flags := NULL;
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) 4611686018427387904 OPERATOR(pg_catalog.<>) 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := 0;
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) 0 OPERATOR(pg_catalog.<>) 0
                       END;

    NEW._rubicon := marker;
    IF note_legacy THEN
      -- Notes which applications still write legacy, once per session and minute.
      DECLARE
        slot pg_catalog.text := pg_catalog.concat(
          pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
          pg_catalog.current_setting('application_name'));
      BEGIN
        IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_plain_ceb62d2d', true), ''), slot) THEN
          PERFORM pg_catalog.set_config('rubicon.noted_plain_ceb62d2d', slot, false);
          PERFORM rubicon.note_legacy_write('public.plain', pg_catalog.current_setting('application_name'));
        END IF;
      END;
    END IF;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.note_named() put into _rubicon what it names.
  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.|) 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := pg_catalog.current_setting('rubicon.omitted_plain_ceb62d2d', true);
  IF pg_catalog.textne(flags, '') THEN
    -- SET column = DEFAULT raised them: they are no INSERT's.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags('rubicon.omitted_plain_ceb62d2d', 'rubicon.outer_plain_ceb62d2d', place);
  END IF;

  NEW._rubicon := marker;
  IF note_legacy THEN
    -- Notes which applications still write legacy, once per session and minute.
    DECLARE
      slot pg_catalog.text := pg_catalog.concat(
        pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
        pg_catalog.current_setting('application_name'));
    BEGIN
      IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_plain_ceb62d2d', true), ''), slot) THEN
        PERFORM pg_catalog.set_config('rubicon.noted_plain_ceb62d2d', slot, false);
        PERFORM rubicon.note_legacy_write('public.plain', pg_catalog.current_setting('application_name'));
      END IF;
    END;
  END IF;
  RETURN NEW;
END
$rubicon$;

