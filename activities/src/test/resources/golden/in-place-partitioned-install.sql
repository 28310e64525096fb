CREATE FUNCTION rubicon."prices_cbcdfb7f_up_0"("price" numeric, "currency" text) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (price * CASE currency WHEN 'JPY' THEN 1 ELSE 100 END);

CREATE FUNCTION rubicon."prices_cbcdfb7f_default_0"() RETURNS bigint
  LANGUAGE sql VOLATILE
RETURN (0);

CREATE FUNCTION rubicon."prices_cbcdfb7f_down_0"("currency" text, "cents" bigint) RETURNS numeric
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (cents / CASE currency WHEN 'JPY' THEN 1 ELSE 100.0 END);

CREATE OR REPLACE FUNCTION rubicon."prices_cbcdfb7f_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- Keeps the legacy and the canonical columns of a table in step. Columns that are derived from each
-- other form a group. The column _rubicon holds the state of a row: NULL until the backfill or a
-- client has filled its canonical columns, then 1 plus, for each group,
--   the first number   when canonical wrote last: legacy is what down gives
--   the second number  when one statement wrote both sides: both stand as written
--   2, 4: group 0, cents <-> price
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
    IF NEW._rubicon OPERATOR(pg_catalog.>) 0
       AND pg_catalog.texteq(pg_catalog.current_setting('rubicon.moving_prices_cbcdfb7f', true), ROW(NEW."id", NEW."currency", NEW."_rubicon")::pg_catalog.text) THEN
      PERFORM pg_catalog.set_config('rubicon.moving_prices_cbcdfb7f', '', true);
      RETURN NEW;  -- not new: an UPDATE moves the row to another partition
    END IF;
    IF NEW._rubicon OPERATOR(pg_catalog.<) 0 THEN
      omitted := OPERATOR(pg_catalog.~) NEW._rubicon;  -- noted before the owner's triggers
    ELSE
      flags := pg_catalog.current_setting('rubicon.omitted_prices_cbcdfb7f', true);
      IF pg_catalog.textne(flags, '') THEN
        PERFORM pg_catalog.set_config('rubicon.omitted_prices_cbcdfb7f', '', true);
      ELSE
        flags := NULL;
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) 4611686018427387904 OPERATOR(pg_catalog.<>) 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := CASE WHEN NEW."cents" IS NULL THEN 1 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."price" IS NULL THEN 2 ELSE 0 END;
        copied := NEW._rubicon;
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.<>) 1
                       END;

    -- group 0: cents <-> price
    canonical_written := omitted OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.=) 0;
    legacy_written := (NEW."price" IS NOT NULL AND omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0);
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."price")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."prices_cbcdfb7f_down_0"(NEW."currency", NEW."cents")::numeric)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
    ELSIF canonical_written OR (NOT legacy_written AND names_canonical) THEN
      NEW."price" := rubicon."prices_cbcdfb7f_down_0"(NEW."currency", NEW."cents");
      marker := marker OPERATOR(pg_catalog.|) 2;
    ELSE
      NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    END IF;

    NEW._rubicon := marker;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
    NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.note_named() put into _rubicon what it names.
  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) OPERATOR(pg_catalog.&) 7 OPERATOR(pg_catalog.|) 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := pg_catalog.current_setting('rubicon.omitted_prices_cbcdfb7f', true);
  IF pg_catalog.textne(flags, '') THEN
    -- SET column = DEFAULT raised them: they are no INSERT's.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', place);
  END IF;

  -- group 0: cents <-> price
  legacy_written := ROW(OLD."price")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."price")::pg_catalog.record;
  canonical_written := ROW(OLD."cents")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."cents")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
  ELSIF canonical_written THEN
    NEW."price" := rubicon."prices_cbcdfb7f_down_0"(NEW."currency", NEW."cents");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
  ELSIF legacy_written OR unfilled THEN
    NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
  ELSIF ROW(OLD."currency")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."currency")::pg_catalog.record THEN
    -- A column that both shapes have: the side that wrote last stays, the other follows.
    IF marker OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.<>) 0 THEN
      NEW."price" := rubicon."prices_cbcdfb7f_down_0"(NEW."currency", NEW."cents");
    ELSIF marker OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 THEN
      NEW."cents" := coalesce(rubicon."prices_cbcdfb7f_up_0"(NEW."price", NEW."currency"), rubicon."prices_cbcdfb7f_default_0"());
    END IF;
  END IF;

  NEW._rubicon := marker;
  -- An UPDATE that moves the row to another partition inserts it there.
  PERFORM pg_catalog.set_config('rubicon.moving_prices_cbcdfb7f', ROW(NEW."id", NEW."currency", NEW."_rubicon")::pg_catalog.text, true);
  RETURN NEW;
END
$rubicon$;

ALTER TABLE "public"."prices"
  ADD COLUMN "cents" bigint,
  ADD COLUMN _rubicon bigint;

ALTER TABLE "public"."prices"
  ALTER COLUMN "cents" SET DEFAULT rubicon.omitted('rubicon.omitted_prices_cbcdfb7f', 1, (0)::bigint),
  ALTER COLUMN "price" SET DEFAULT rubicon.omitted('rubicon.omitted_prices_cbcdfb7f', 2, (0)::numeric),
  ALTER COLUMN "_rubicon" SET DEFAULT rubicon.omitted('rubicon.omitted_prices_cbcdfb7f', 4611686018427387904, (NULL)::bigint);

CREATE TRIGGER "!rubicon_0_begin_insert" BEFORE INSERT ON "public"."prices"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_insert";

CREATE TRIGGER "!rubicon_0_begin_insert" BEFORE INSERT ON "public"."prices_eur"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_eur" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_insert";

CREATE TRIGGER "!rubicon_0_begin_insert" BEFORE INSERT ON "public"."prices_other"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_other" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_insert";

CREATE TRIGGER "!rubicon_0_begin_update" BEFORE UPDATE ON "public"."prices"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.omitted_prices_cbcdfb7f', true), '')) EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_update";

CREATE TRIGGER "!rubicon_0_begin_update" BEFORE UPDATE ON "public"."prices_eur"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.omitted_prices_cbcdfb7f', true), '')) EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_eur" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_update";

CREATE TRIGGER "!rubicon_0_begin_update" BEFORE UPDATE ON "public"."prices_other"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.omitted_prices_cbcdfb7f', true), '')) EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_other" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_update";

CREATE TRIGGER "~rubicon_0_copied" BEFORE UPDATE OF _rubicon ON "public"."prices"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.>) 0) EXECUTE FUNCTION rubicon.ignore_copied_marker();

ALTER TABLE "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_0_copied";

CREATE TRIGGER "~rubicon_1_named_canonical_0" BEFORE UPDATE OF "cents" ON "public"."prices"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('8');

ALTER TABLE "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_0";

CREATE TRIGGER "~rubicon_1_named_legacy_0" BEFORE UPDATE OF "price" ON "public"."prices"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('16');

ALTER TABLE "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_0";

CREATE TRIGGER "~rubicon_2_sync" BEFORE INSERT OR UPDATE ON "public"."prices"
  FOR EACH ROW EXECUTE FUNCTION rubicon."prices_cbcdfb7f_sync"();

ALTER TABLE "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_2_sync";

CREATE TRIGGER "~rubicon_3_end_insert" AFTER INSERT ON "public"."prices"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_3_end_insert";

CREATE TRIGGER "~rubicon_3_end_insert" AFTER INSERT ON "public"."prices_eur"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_eur" ENABLE ALWAYS TRIGGER "~rubicon_3_end_insert";

CREATE TRIGGER "~rubicon_3_end_insert" AFTER INSERT ON "public"."prices_other"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_other" ENABLE ALWAYS TRIGGER "~rubicon_3_end_insert";

CREATE TRIGGER "~rubicon_3_end_update" AFTER UPDATE ON "public"."prices"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.outer_prices_cbcdfb7f', true), '')) EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices" ENABLE ALWAYS TRIGGER "~rubicon_3_end_update";

CREATE TRIGGER "~rubicon_3_end_update" AFTER UPDATE ON "public"."prices_eur"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.outer_prices_cbcdfb7f', true), '')) EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_eur" ENABLE ALWAYS TRIGGER "~rubicon_3_end_update";

CREATE TRIGGER "~rubicon_3_end_update" AFTER UPDATE ON "public"."prices_other"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.outer_prices_cbcdfb7f', true), '')) EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_prices_cbcdfb7f', 'rubicon.outer_prices_cbcdfb7f', 'rubicon.moving_prices_cbcdfb7f');

ALTER TABLE ONLY "public"."prices_other" ENABLE ALWAYS TRIGGER "~rubicon_3_end_update";

