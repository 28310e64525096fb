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
  copied bigint;              -- INSERT of a whole row, copied from another: that row's marker
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
        copied := NEW._rubicon;
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) 0 OPERATOR(pg_catalog.<>) 0
                       END;

    NEW._rubicon := marker;
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
  RETURN NEW;
END
$rubicon$;

ALTER TABLE "public"."plain"
  ADD COLUMN "more" text,
  ADD COLUMN _rubicon bigint;

ALTER TABLE "public"."plain"
  ALTER COLUMN "_rubicon" SET DEFAULT rubicon.omitted('rubicon.omitted_plain_ceb62d2d', 4611686018427387904, (NULL)::bigint);

CREATE TRIGGER "!rubicon_0_begin_insert" BEFORE INSERT ON "public"."plain"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_plain_ceb62d2d', 'rubicon.outer_plain_ceb62d2d', 'rubicon.moving_plain_ceb62d2d');

ALTER TABLE ONLY "public"."plain" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_insert";

CREATE TRIGGER "!rubicon_0_begin_update" BEFORE UPDATE ON "public"."plain"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.omitted_plain_ceb62d2d', true), '')) EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_plain_ceb62d2d', 'rubicon.outer_plain_ceb62d2d', 'rubicon.moving_plain_ceb62d2d');

ALTER TABLE ONLY "public"."plain" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_update";

CREATE TRIGGER "~rubicon_0_copied" BEFORE UPDATE OF _rubicon ON "public"."plain"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.>) 0) EXECUTE FUNCTION rubicon.ignore_copied_marker();

ALTER TABLE "public"."plain" ENABLE ALWAYS TRIGGER "~rubicon_0_copied";

CREATE TRIGGER "~rubicon_2_sync" BEFORE INSERT OR UPDATE ON "public"."plain"
  FOR EACH ROW EXECUTE FUNCTION rubicon."plain_ceb62d2d_sync"();

ALTER TABLE "public"."plain" ENABLE ALWAYS TRIGGER "~rubicon_2_sync";

CREATE TRIGGER "~rubicon_3_end_insert" AFTER INSERT ON "public"."plain"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_plain_ceb62d2d', 'rubicon.outer_plain_ceb62d2d', 'rubicon.moving_plain_ceb62d2d');

ALTER TABLE ONLY "public"."plain" ENABLE ALWAYS TRIGGER "~rubicon_3_end_insert";

CREATE TRIGGER "~rubicon_3_end_update" AFTER UPDATE ON "public"."plain"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.outer_plain_ceb62d2d', true), '')) EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_plain_ceb62d2d', 'rubicon.outer_plain_ceb62d2d', 'rubicon.moving_plain_ceb62d2d');

ALTER TABLE ONLY "public"."plain" ENABLE ALWAYS TRIGGER "~rubicon_3_end_update";

