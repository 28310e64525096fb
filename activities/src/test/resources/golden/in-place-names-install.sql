CREATE FUNCTION rubicon."orderslines_cd880a3b_up_0"("Old Name" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ("Old Name");

CREATE FUNCTION rubicon."orderslines_cd880a3b_up_1"("select" text, "two
lines" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ("select" || "two
lines");

CREATE FUNCTION rubicon."orderslines_cd880a3b_down_0"("New Name" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ("New Name");

CREATE FUNCTION rubicon."orderslines_cd880a3b_down_1"("100% $new" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (right("100% $new", 1));

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
        copied := NEW._rubicon;
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
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."Old Name")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orderslines_cd880a3b_down_0"(NEW."New Name")::pg_catalog.text)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
    ELSIF canonical_written THEN
      NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
      marker := marker OPERATOR(pg_catalog.|) 2;
    ELSE
      NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    END IF;

    -- group 1: 100% $new <-> two lines
    canonical_written := omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0 OR NEW."100% $new" IS NOT NULL;
    legacy_written := NEW."two
lines" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."two
lines")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new")::pg_catalog.text)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 16;
    ELSIF canonical_written THEN
      NEW."two
lines" := rubicon."orderslines_cd880a3b_down_1"(NEW."100% $new");
      marker := marker OPERATOR(pg_catalog.|) 8;
    ELSE
      NEW."100% $new" := rubicon."orderslines_cd880a3b_up_1"(NEW."select", NEW."two
lines");
    END IF;

    NEW._rubicon := marker;
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
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
  ELSIF canonical_written THEN
    NEW."Old Name" := rubicon."orderslines_cd880a3b_down_0"(NEW."New Name");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
  ELSIF legacy_written OR unfilled THEN
    NEW."New Name" := rubicon."orderslines_cd880a3b_up_0"(NEW."Old Name");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
  END IF;

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
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 16;
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

  NEW._rubicon := marker;
  RETURN NEW;
END
$rubicon$;

ALTER TABLE "Sales"."Order's ""Lines"
  ADD COLUMN "New Name" text,
  ADD COLUMN "100% $new" text,
  ADD COLUMN _rubicon bigint;

ALTER TABLE "Sales"."Order's ""Lines"
  ALTER COLUMN "New Name" SET DEFAULT rubicon.omitted('rubicon.omitted_orderslines_cd880a3b', 1, (NULL)::text),
  ALTER COLUMN "100% $new" SET DEFAULT rubicon.omitted('rubicon.omitted_orderslines_cd880a3b', 2, (NULL)::text),
  ALTER COLUMN "Old Name" SET DEFAULT rubicon.omitted('rubicon.omitted_orderslines_cd880a3b', 4, ('it''s'::text)::text),
  ALTER COLUMN "_rubicon" SET DEFAULT rubicon.omitted('rubicon.omitted_orderslines_cd880a3b', 4611686018427387904, (NULL)::bigint);

CREATE TRIGGER "!rubicon_0_begin_insert" BEFORE INSERT ON "Sales"."Order's ""Lines"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_orderslines_cd880a3b', 'rubicon.outer_orderslines_cd880a3b', 'rubicon.moving_orderslines_cd880a3b');

ALTER TABLE ONLY "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_insert";

CREATE TRIGGER "!rubicon_0_begin_update" BEFORE UPDATE ON "Sales"."Order's ""Lines"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.omitted_orderslines_cd880a3b', true), '')) EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_orderslines_cd880a3b', 'rubicon.outer_orderslines_cd880a3b', 'rubicon.moving_orderslines_cd880a3b');

ALTER TABLE ONLY "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_update";

CREATE TRIGGER "~rubicon_0_copied" BEFORE UPDATE OF _rubicon ON "Sales"."Order's ""Lines"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.>) 0) EXECUTE FUNCTION rubicon.ignore_copied_marker();

ALTER TABLE "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_0_copied";

CREATE TRIGGER "~rubicon_1_named_canonical_0" BEFORE UPDATE OF "New Name" ON "Sales"."Order's ""Lines"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('32');

ALTER TABLE "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_0";

CREATE TRIGGER "~rubicon_1_named_legacy_0" BEFORE UPDATE OF "Old Name" ON "Sales"."Order's ""Lines"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('128');

ALTER TABLE "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_0";

CREATE TRIGGER "~rubicon_1_named_canonical_1" BEFORE UPDATE OF "100% $new" ON "Sales"."Order's ""Lines"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('64');

ALTER TABLE "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_1";

CREATE TRIGGER "~rubicon_1_named_legacy_1" BEFORE UPDATE OF "two
lines" ON "Sales"."Order's ""Lines"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('256');

ALTER TABLE "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_1";

CREATE TRIGGER "~rubicon_2_sync" BEFORE INSERT OR UPDATE ON "Sales"."Order's ""Lines"
  FOR EACH ROW EXECUTE FUNCTION rubicon."orderslines_cd880a3b_sync"();

ALTER TABLE "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_2_sync";

CREATE TRIGGER "~rubicon_3_end_insert" AFTER INSERT ON "Sales"."Order's ""Lines"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_orderslines_cd880a3b', 'rubicon.outer_orderslines_cd880a3b', 'rubicon.moving_orderslines_cd880a3b');

ALTER TABLE ONLY "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_3_end_insert";

CREATE TRIGGER "~rubicon_3_end_update" AFTER UPDATE ON "Sales"."Order's ""Lines"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.outer_orderslines_cd880a3b', true), '')) EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_orderslines_cd880a3b', 'rubicon.outer_orderslines_cd880a3b', 'rubicon.moving_orderslines_cd880a3b');

ALTER TABLE ONLY "Sales"."Order's ""Lines" ENABLE ALWAYS TRIGGER "~rubicon_3_end_update";

