CREATE FUNCTION rubicon."checks_7a4ba0f8_up_0"("claim_text" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (claim_text);

CREATE FUNCTION rubicon."checks_7a4ba0f8_up_1"("aggregation" jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (aggregation);

CREATE FUNCTION rubicon."checks_7a4ba0f8_default_1"() RETURNS jsonb
  LANGUAGE sql VOLATILE
RETURN ('{}'::jsonb);

CREATE FUNCTION rubicon."checks_7a4ba0f8_up_2"("diagnostics" jsonb) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((diagnostics->>'gate_ok')::boolean);

CREATE FUNCTION rubicon."checks_7a4ba0f8_up_3"("diagnostics" jsonb, "created_at" timestamp with time zone) RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  SET "TimeZone" TO 'UTC'
  SET "DateStyle" TO 'ISO, MDY'
  SET "IntervalStyle" TO 'postgres'
  SET extra_float_digits TO '1'
  SET bytea_output TO 'hex'
RETURN (diagnostics->>'d' || created_at::date);

CREATE FUNCTION rubicon."checks_7a4ba0f8_down_0"("claim" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (claim);

CREATE FUNCTION rubicon."checks_7a4ba0f8_down_1"("config_json" jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (config_json);

CREATE FUNCTION rubicon."checks_7a4ba0f8_settled_0"() RETURNS character varying(20)
  LANGUAGE sql VOLATILE
RETURN ('prod');

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
        copied := NEW._rubicon;
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
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."claim_text")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."checks_7a4ba0f8_down_0"(NEW."claim")::pg_catalog.text)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
    ELSIF canonical_written THEN
      NEW."claim_text" := rubicon."checks_7a4ba0f8_down_0"(NEW."claim");
      marker := marker OPERATOR(pg_catalog.|) 2;
    ELSE
      NEW."claim" := rubicon."checks_7a4ba0f8_up_0"(NEW."claim_text");
    END IF;

    -- group 1: config_json <-> aggregation
    canonical_written := omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0;
    legacy_written := NEW."aggregation" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."aggregation")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."checks_7a4ba0f8_down_1"(NEW."config_json")::pg_catalog.jsonb)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 16;
    ELSIF canonical_written OR (NOT legacy_written AND names_canonical) THEN
      NEW."aggregation" := rubicon."checks_7a4ba0f8_down_1"(NEW."config_json");
      marker := marker OPERATOR(pg_catalog.|) 8;
    ELSE
      NEW."config_json" := coalesce(rubicon."checks_7a4ba0f8_up_1"(NEW."aggregation"), rubicon."checks_7a4ba0f8_default_1"());
    END IF;

    -- group 2: gate_ok, day <-> diagnostics, created_at
    canonical_written := omitted OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 OR NEW."gate_ok" IS NOT NULL
      OR omitted OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.=) 0 OR NEW."day" IS NOT NULL;
    legacy_written := NEW."diagnostics" IS NOT NULL
      OR NEW."created_at" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 64 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.<>) 0 THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
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

    NEW._rubicon := marker;
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
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
  ELSIF canonical_written THEN
    NEW."claim_text" := rubicon."checks_7a4ba0f8_down_0"(NEW."claim");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
  ELSIF legacy_written OR unfilled THEN
    NEW."claim" := rubicon."checks_7a4ba0f8_up_0"(NEW."claim_text");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
  END IF;

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
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 16;
  ELSIF canonical_written THEN
    NEW."aggregation" := rubicon."checks_7a4ba0f8_down_1"(NEW."config_json");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
  ELSIF legacy_written OR unfilled THEN
    NEW."config_json" := coalesce(rubicon."checks_7a4ba0f8_up_1"(NEW."aggregation"), rubicon."checks_7a4ba0f8_default_1"());
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
  END IF;

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

  NEW._rubicon := marker;
  RETURN NEW;
END
$rubicon$;

ALTER TABLE "public"."checks"
  ADD COLUMN "claim" text,
  ADD COLUMN "config_json" jsonb,
  ADD COLUMN "gate_ok" boolean,
  ADD COLUMN "day" text,
  ADD COLUMN "env" character varying(20) DEFAULT ('prod'),
  ADD COLUMN _rubicon bigint;

ALTER TABLE "public"."checks"
  ALTER COLUMN "claim" SET DEFAULT rubicon.omitted('rubicon.omitted_checks_7a4ba0f8', 1, (NULL)::text),
  ALTER COLUMN "config_json" SET DEFAULT rubicon.omitted('rubicon.omitted_checks_7a4ba0f8', 2, ('{}'::jsonb)::jsonb),
  ALTER COLUMN "gate_ok" SET DEFAULT rubicon.omitted('rubicon.omitted_checks_7a4ba0f8', 4, (NULL)::boolean),
  ALTER COLUMN "day" SET DEFAULT rubicon.omitted('rubicon.omitted_checks_7a4ba0f8', 8, (NULL)::text),
  ALTER COLUMN "claim_text" SET DEFAULT rubicon.omitted('rubicon.omitted_checks_7a4ba0f8', 16, (''::text)::text),
  ALTER COLUMN "_rubicon" SET DEFAULT rubicon.omitted('rubicon.omitted_checks_7a4ba0f8', 4611686018427387904, (NULL)::bigint);

CREATE TRIGGER "!rubicon_0_begin_insert" BEFORE INSERT ON "public"."checks"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_checks_7a4ba0f8', 'rubicon.outer_checks_7a4ba0f8', 'rubicon.moving_checks_7a4ba0f8');

ALTER TABLE ONLY "public"."checks" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_insert";

CREATE TRIGGER "!rubicon_0_begin_update" BEFORE UPDATE ON "public"."checks"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.omitted_checks_7a4ba0f8', true), '')) EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_checks_7a4ba0f8', 'rubicon.outer_checks_7a4ba0f8', 'rubicon.moving_checks_7a4ba0f8');

ALTER TABLE ONLY "public"."checks" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_update";

CREATE TRIGGER "~rubicon_0_copied" BEFORE UPDATE OF _rubicon ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.>) 0) EXECUTE FUNCTION rubicon.ignore_copied_marker();

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_0_copied";

CREATE TRIGGER "~rubicon_1_named_canonical_0" BEFORE UPDATE OF "claim" ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('128');

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_0";

CREATE TRIGGER "~rubicon_1_named_legacy_0" BEFORE UPDATE OF "claim_text" ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('2048');

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_0";

CREATE TRIGGER "~rubicon_1_named_canonical_1" BEFORE UPDATE OF "config_json" ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('256');

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_1";

CREATE TRIGGER "~rubicon_1_named_legacy_1" BEFORE UPDATE OF "aggregation" ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('4096');

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_1";

CREATE TRIGGER "~rubicon_1_named_canonical_2" BEFORE UPDATE OF "gate_ok" ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('512');

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_2";

CREATE TRIGGER "~rubicon_1_named_canonical_3" BEFORE UPDATE OF "day" ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('1024');

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_3";

CREATE TRIGGER "~rubicon_1_named_legacy_2" BEFORE UPDATE OF "diagnostics", "created_at" ON "public"."checks"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('8192');

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_2";

CREATE TRIGGER "~rubicon_2_sync" BEFORE INSERT OR UPDATE ON "public"."checks"
  FOR EACH ROW EXECUTE FUNCTION rubicon."checks_7a4ba0f8_sync"();

ALTER TABLE "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_2_sync";

CREATE TRIGGER "~rubicon_3_end_insert" AFTER INSERT ON "public"."checks"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_checks_7a4ba0f8', 'rubicon.outer_checks_7a4ba0f8', 'rubicon.moving_checks_7a4ba0f8');

ALTER TABLE ONLY "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_3_end_insert";

CREATE TRIGGER "~rubicon_3_end_update" AFTER UPDATE ON "public"."checks"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.outer_checks_7a4ba0f8', true), '')) EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_checks_7a4ba0f8', 'rubicon.outer_checks_7a4ba0f8', 'rubicon.moving_checks_7a4ba0f8');

ALTER TABLE ONLY "public"."checks" ENABLE ALWAYS TRIGGER "~rubicon_3_end_update";

