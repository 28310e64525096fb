CREATE FUNCTION rubicon."orders_b1ff54de_up_0"("code" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (split_part(code, '-', 1));

CREATE FUNCTION rubicon."orders_b1ff54de_up_1"("state" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (upper(state));

CREATE FUNCTION rubicon."orders_b1ff54de_up_2"("amount" numeric, "unit" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (amount || ' ' || unit);

CREATE FUNCTION rubicon."orders_b1ff54de_up_3"("unit" text, "note" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (note || unit);

CREATE FUNCTION rubicon."orders_b1ff54de_down_0"("remarks" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (remarks);

CREATE FUNCTION rubicon."orders_b1ff54de_down_1"("code_kind" text, "code_number" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (code_kind || '-' || coalesce(code_number, '0'));

CREATE FUNCTION rubicon."orders_b1ff54de_down_2"("price" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (price);

CREATE FUNCTION rubicon."orders_b1ff54de_down_3"("price_note" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lower(price_note));

CREATE FUNCTION rubicon."orders_b1ff54de_settled_0"() RETURNS character varying(20)
  LANGUAGE sql VOLATILE
RETURN ('home');

CREATE FUNCTION rubicon."orders_b1ff54de_late_1"() RETURNS uuid
  LANGUAGE sql VOLATILE
RETURN (gen_random_uuid());

CREATE OR REPLACE FUNCTION rubicon."orders_b1ff54de_sync"() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- Keeps the legacy and the canonical columns of a table in step. Columns that are derived from each
-- other form a group. The column _rubicon holds the state of a row: NULL until the backfill or a
-- client has filled its canonical columns, then 1 plus, for each group,
--   the first number   when canonical wrote last: legacy is what down gives
--   the second number  when one statement wrote both sides: both stand as written
--   2, 4: group 0, remarks <-> remark
--   8, 16: group 1, code_kind, code_number <-> code
--   32, 64: group 2, status <-> state
--   128, 256: group 3, price <-> amount, unit, label
--   512, 1024: group 4, price_note <-> note
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
      flags := pg_catalog.current_setting('rubicon.omitted_orders_b1ff54de', true);
      IF pg_catalog.textne(flags, '') THEN
        PERFORM pg_catalog.set_config('rubicon.omitted_orders_b1ff54de', '', true);
      ELSE
        flags := NULL;
      END IF;
      IF NEW._rubicon IS NULL AND flags::bigint OPERATOR(pg_catalog.&) 4611686018427387904 OPERATOR(pg_catalog.<>) 0 THEN
        omitted := flags::bigint;
      ELSE
        omitted := CASE WHEN NEW."remarks" IS NULL THEN 1 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."code_kind" IS NULL THEN 2 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."code_number" IS NULL THEN 4 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."status" IS NULL THEN 8 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."price" IS NULL THEN 16 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."price_note" IS NULL THEN 32 ELSE 0 END
          OPERATOR(pg_catalog.|) CASE WHEN NEW."code" IS NULL THEN 64 ELSE 0 END;
        copied := NEW._rubicon;
        IF NEW._rubicon IS NULL THEN
          -- Columns that legacy knows nothing of: what is not given is the default. A row that was
          -- copied from another has its own.
          NEW."place" := coalesce(NEW."place", rubicon."orders_b1ff54de_settled_0"());
          NEW."token" := coalesce(NEW."token", rubicon."orders_b1ff54de_late_1"());
        END IF;
      END IF;
    END IF;
    names_canonical := CASE
                         WHEN pg_catalog.texteq(side, 'canonical') THEN true
                         WHEN pg_catalog.texteq(side, 'legacy') THEN false
                         ELSE omitted OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.<>) 63
                       END;

    -- group 0: remarks <-> remark
    canonical_written := omitted OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.=) 0 OR NEW."remarks" IS NOT NULL;
    legacy_written := NEW."remark" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."remark")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orders_b1ff54de_down_0"(NEW."remarks")::pg_catalog.text)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
    ELSIF canonical_written THEN
      NEW."remark" := rubicon."orders_b1ff54de_down_0"(NEW."remarks");
      marker := marker OPERATOR(pg_catalog.|) 2;
    ELSE
      NULL;  -- no up: canonical stays as it is
    END IF;

    -- group 1: code_kind, code_number <-> code
    canonical_written := omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0 OR NEW."code_kind" IS NOT NULL
      OR omitted OPERATOR(pg_catalog.&) 4 OPERATOR(pg_catalog.=) 0 OR NEW."code_number" IS NOT NULL;
    legacy_written := (NEW."code" IS NOT NULL AND omitted OPERATOR(pg_catalog.&) 64 OPERATOR(pg_catalog.=) 0);
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."code")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orders_b1ff54de_down_1"(NEW."code_kind", NEW."code_number")::pg_catalog.text)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- The columns that the statement leaves alone follow the other side.
      IF NOT (omitted OPERATOR(pg_catalog.&) 2 OPERATOR(pg_catalog.=) 0 OR NEW."code_kind" IS NOT NULL) THEN
        NEW."code_kind" := rubicon."orders_b1ff54de_up_0"(NEW."code");
      END IF;
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 16;
    ELSIF canonical_written THEN
      NEW."code" := rubicon."orders_b1ff54de_down_1"(NEW."code_kind", NEW."code_number");
      marker := marker OPERATOR(pg_catalog.|) 8;
    ELSE
      NEW."code_kind" := rubicon."orders_b1ff54de_up_0"(NEW."code");
    END IF;

    -- group 2: status <-> state
    canonical_written := omitted OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.=) 0 OR NEW."status" IS NOT NULL;
    legacy_written := NEW."state" IS NOT NULL;
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
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint OPERATOR(pg_catalog.|) 64;
    ELSIF canonical_written THEN
      NULL;  -- no down: legacy stays as it is
      marker := marker OPERATOR(pg_catalog.|) 32;
    ELSE
      NEW."status" := rubicon."orders_b1ff54de_up_1"(NEW."state");
    END IF;

    -- group 3: price <-> amount, unit, label
    canonical_written := omitted OPERATOR(pg_catalog.&) 16 OPERATOR(pg_catalog.=) 0 OR NEW."price" IS NOT NULL;
    legacy_written := NEW."amount" IS NOT NULL
      OR NEW."unit" IS NOT NULL
      OR NEW."label" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 256 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 128 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."label")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orders_b1ff54de_down_2"(NEW."price")::pg_catalog.text)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      -- The columns that the statement leaves alone follow the other side.
      IF NOT (NEW."label" IS NOT NULL) THEN
        NEW."label" := rubicon."orders_b1ff54de_down_2"(NEW."price");
      END IF;
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 384::bigint OPERATOR(pg_catalog.|) 256;
    ELSIF canonical_written THEN
      NEW."label" := rubicon."orders_b1ff54de_down_2"(NEW."price");
      marker := marker OPERATOR(pg_catalog.|) 128;
    ELSE
      NEW."price" := rubicon."orders_b1ff54de_up_2"(NEW."amount", NEW."unit");
    END IF;

    -- group 4: price_note <-> note
    canonical_written := omitted OPERATOR(pg_catalog.&) 32 OPERATOR(pg_catalog.=) 0 OR NEW."price_note" IS NOT NULL;
    legacy_written := NEW."note" IS NOT NULL;
    IF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'legacy') THEN
      canonical_written := false;
    ELSIF canonical_written AND legacy_written AND pg_catalog.texteq(side, 'canonical') THEN
      legacy_written := false;
    ELSIF canonical_written AND legacy_written AND copied OPERATOR(pg_catalog.&) 1024 OPERATOR(pg_catalog.=) 0 THEN
      -- A copied row: the side that wrote the original stands, unless legacy was changed since.
      IF copied OPERATOR(pg_catalog.&) 512 OPERATOR(pg_catalog.<>) 0
         AND ROW(NEW."note")::pg_catalog.record OPERATOR(pg_catalog.*=) ROW(rubicon."orders_b1ff54de_down_3"(NEW."price_note")::pg_catalog.text)::pg_catalog.record THEN
        legacy_written := false;
      ELSE
        canonical_written := false;
      END IF;
    END IF;
    IF canonical_written AND legacy_written THEN
      marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 1536::bigint OPERATOR(pg_catalog.|) 1024;
    ELSIF canonical_written THEN
      NEW."note" := rubicon."orders_b1ff54de_down_3"(NEW."price_note");
      marker := marker OPERATOR(pg_catalog.|) 512;
    ELSE
      NEW."price_note" := rubicon."orders_b1ff54de_up_3"(NEW."unit", NEW."note");
    END IF;

    NEW._rubicon := marker;
    RETURN NEW;
  END IF;

  IF OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.=) 0 THEN
    -- The backfill fills a row: what other triggers changed in it is taken back.
    NEW := OLD;
    NEW."code_kind" := rubicon."orders_b1ff54de_up_0"(NEW."code");
    NEW."status" := rubicon."orders_b1ff54de_up_1"(NEW."state");
    NEW."price" := rubicon."orders_b1ff54de_up_2"(NEW."amount", NEW."unit");
    NEW."price_note" := rubicon."orders_b1ff54de_up_3"(NEW."unit", NEW."note");
    NEW."token" := coalesce(NEW."token", rubicon."orders_b1ff54de_late_1"());
    NEW._rubicon := 1;
    RETURN NEW;
  END IF;

  -- A client's UPDATE. On an unfilled row rubicon.note_named() put into _rubicon what it names.
  unfilled := OLD._rubicon IS NULL;
  marker := coalesce(OLD._rubicon, 0) OPERATOR(pg_catalog.&) 2047 OPERATOR(pg_catalog.|) 1;
  IF unfilled THEN
    named := coalesce(NEW._rubicon, 0);
  END IF;
  flags := pg_catalog.current_setting('rubicon.omitted_orders_b1ff54de', true);
  IF pg_catalog.textne(flags, '') THEN
    -- SET column = DEFAULT raised them: they are no INSERT's.
    GET DIAGNOSTICS place = PG_CONTEXT;
    PERFORM rubicon.forget_flags('rubicon.omitted_orders_b1ff54de', 'rubicon.outer_orders_b1ff54de', place);
  END IF;

  -- group 0: remarks <-> remark
  legacy_written := ROW(OLD."remark")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."remark")::pg_catalog.record;
  canonical_written := ROW(OLD."remarks")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."remarks")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 2048 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 131072 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 4;
  ELSIF canonical_written THEN
    NEW."remark" := rubicon."orders_b1ff54de_down_0"(NEW."remarks");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint OPERATOR(pg_catalog.|) 2;
  ELSIF legacy_written OR unfilled THEN
    NULL;  -- no up: canonical stays as it is
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 6::bigint;
  END IF;

  -- group 1: code_kind, code_number <-> code
  legacy_written := ROW(OLD."code")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."code")::pg_catalog.record;
  canonical_written := ROW(OLD."code_kind", OLD."code_number")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."code_kind", NEW."code_number")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 12288 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 262144 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- The columns that the statement leaves alone follow the other side.
    IF NOT (ROW(OLD."code_kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."code_kind")::pg_catalog.record OR (named OPERATOR(pg_catalog.&) 4096 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 262144 OPERATOR(pg_catalog.=) 0)) THEN
      NEW."code_kind" := rubicon."orders_b1ff54de_up_0"(NEW."code");
    END IF;
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 16;
  ELSIF canonical_written THEN
    IF unfilled THEN
      -- The canonical columns that the statement leaves alone still need their first value.
      IF NOT (ROW(OLD."code_kind")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."code_kind")::pg_catalog.record OR (named OPERATOR(pg_catalog.&) 4096 OPERATOR(pg_catalog.<>) 0 AND named OPERATOR(pg_catalog.&) 262144 OPERATOR(pg_catalog.=) 0)) THEN
        NEW."code_kind" := rubicon."orders_b1ff54de_up_0"(OLD."code");
      END IF;
    END IF;
    NEW."code" := rubicon."orders_b1ff54de_down_1"(NEW."code_kind", NEW."code_number");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint OPERATOR(pg_catalog.|) 8;
  ELSIF legacy_written OR unfilled THEN
    NEW."code_kind" := rubicon."orders_b1ff54de_up_0"(NEW."code");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 24::bigint;
  END IF;

  -- group 2: status <-> state
  legacy_written := ROW(OLD."state")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."state")::pg_catalog.record;
  canonical_written := ROW(OLD."status")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."status")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 16384 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 524288 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint OPERATOR(pg_catalog.|) 64;
  ELSIF canonical_written THEN
    NULL;  -- no down: legacy stays as it is
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint OPERATOR(pg_catalog.|) 32;
  ELSIF legacy_written OR unfilled THEN
    NEW."status" := rubicon."orders_b1ff54de_up_1"(NEW."state");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 96::bigint;
  END IF;

  -- group 3: price <-> amount, unit, label
  legacy_written := ROW(OLD."amount", OLD."unit", OLD."label")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."amount", NEW."unit", NEW."label")::pg_catalog.record;
  canonical_written := ROW(OLD."price")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."price")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 32768 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 1048576 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    -- The columns that the statement leaves alone follow the other side.
    IF NOT (ROW(OLD."label")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."label")::pg_catalog.record) THEN
      NEW."label" := rubicon."orders_b1ff54de_down_2"(NEW."price");
    END IF;
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 384::bigint OPERATOR(pg_catalog.|) 256;
  ELSIF canonical_written THEN
    NEW."label" := rubicon."orders_b1ff54de_down_2"(NEW."price");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 384::bigint OPERATOR(pg_catalog.|) 128;
  ELSIF legacy_written OR unfilled THEN
    NEW."price" := rubicon."orders_b1ff54de_up_2"(NEW."amount", NEW."unit");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 384::bigint;
  END IF;

  -- group 4: price_note <-> note
  legacy_written := ROW(OLD."note")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."note")::pg_catalog.record;
  canonical_written := ROW(OLD."price_note")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."price_note")::pg_catalog.record
    OR (pg_catalog.texteq(side, 'canonical')
        AND named OPERATOR(pg_catalog.&) 65536 OPERATOR(pg_catalog.<>) 0
        AND named OPERATOR(pg_catalog.&) 2097152 OPERATOR(pg_catalog.=) 0);
  IF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'legacy') THEN
    canonical_written := false;
  ELSIF legacy_written AND canonical_written AND pg_catalog.texteq(side, 'canonical') THEN
    legacy_written := false;
  END IF;
  IF canonical_written AND legacy_written THEN
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 1536::bigint OPERATOR(pg_catalog.|) 1024;
  ELSIF canonical_written THEN
    NEW."note" := rubicon."orders_b1ff54de_down_3"(NEW."price_note");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 1536::bigint OPERATOR(pg_catalog.|) 512;
  ELSIF legacy_written OR unfilled THEN
    NEW."price_note" := rubicon."orders_b1ff54de_up_3"(NEW."unit", NEW."note");
    marker := marker OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) 1536::bigint;
  ELSIF ROW(OLD."unit")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(NEW."unit")::pg_catalog.record THEN
    -- A column that both shapes have: the side that wrote last stays, the other follows.
    IF marker OPERATOR(pg_catalog.&) 512 OPERATOR(pg_catalog.<>) 0 THEN
      NEW."note" := rubicon."orders_b1ff54de_down_3"(NEW."price_note");
    ELSIF marker OPERATOR(pg_catalog.&) 1024 OPERATOR(pg_catalog.=) 0 THEN
      NEW."price_note" := rubicon."orders_b1ff54de_up_3"(NEW."unit", NEW."note");
    END IF;
  END IF;

  -- Columns that only canonical has, with a volatile default.
  IF unfilled THEN
    NEW."token" := coalesce(NEW."token", rubicon."orders_b1ff54de_late_1"());
  END IF;

  NEW._rubicon := marker;
  RETURN NEW;
END
$rubicon$;

ALTER TABLE "public"."orders"
  ADD COLUMN "remarks" text,
  ADD COLUMN "code_kind" text,
  ADD COLUMN "code_number" text,
  ADD COLUMN "status" text,
  ADD COLUMN "price" text,
  ADD COLUMN "price_note" text,
  ADD COLUMN "place" character varying(20) DEFAULT ('home'),
  ADD COLUMN "token" uuid,
  ADD COLUMN "extra" jsonb,
  ADD COLUMN _rubicon bigint;

ALTER TABLE "public"."orders"
  ALTER COLUMN "remarks" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 1, (NULL)::text),
  ALTER COLUMN "code_kind" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 2, (NULL)::text),
  ALTER COLUMN "code_number" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 4, (NULL)::text),
  ALTER COLUMN "status" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 8, (NULL)::text),
  ALTER COLUMN "price" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 16, (NULL)::text),
  ALTER COLUMN "price_note" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 32, (NULL)::text),
  ALTER COLUMN "code" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 64, ('none'::text)::text),
  ALTER COLUMN "token" SET DEFAULT (gen_random_uuid()),
  ALTER COLUMN "_rubicon" SET DEFAULT rubicon.omitted('rubicon.omitted_orders_b1ff54de', 4611686018427387904, (NULL)::bigint);

COMMENT ON COLUMN "public"."orders"."extra" IS 'what else the customer''s client knows';

CREATE TRIGGER "!rubicon_0_begin_insert" BEFORE INSERT ON "public"."orders"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_orders_b1ff54de', 'rubicon.outer_orders_b1ff54de', 'rubicon.moving_orders_b1ff54de');

ALTER TABLE ONLY "public"."orders" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_insert";

CREATE TRIGGER "!rubicon_0_begin_update" BEFORE UPDATE ON "public"."orders"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.omitted_orders_b1ff54de', true), '')) EXECUTE FUNCTION rubicon.save_flags('rubicon.omitted_orders_b1ff54de', 'rubicon.outer_orders_b1ff54de', 'rubicon.moving_orders_b1ff54de');

ALTER TABLE ONLY "public"."orders" ENABLE ALWAYS TRIGGER "!rubicon_0_begin_update";

CREATE TRIGGER "~rubicon_0_copied" BEFORE UPDATE OF _rubicon ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL AND NEW._rubicon OPERATOR(pg_catalog.>) 0) EXECUTE FUNCTION rubicon.ignore_copied_marker();

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_0_copied";

CREATE TRIGGER "~rubicon_1_named_canonical_0" BEFORE UPDATE OF "remarks" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('2048');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_0";

CREATE TRIGGER "~rubicon_1_named_legacy_0" BEFORE UPDATE OF "remark" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('131072');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_0";

CREATE TRIGGER "~rubicon_1_named_canonical_1" BEFORE UPDATE OF "code_kind" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('4096');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_1";

CREATE TRIGGER "~rubicon_1_named_canonical_2" BEFORE UPDATE OF "code_number" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('8192');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_2";

CREATE TRIGGER "~rubicon_1_named_legacy_1" BEFORE UPDATE OF "code" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('262144');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_1";

CREATE TRIGGER "~rubicon_1_named_canonical_3" BEFORE UPDATE OF "status" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('16384');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_3";

CREATE TRIGGER "~rubicon_1_named_legacy_2" BEFORE UPDATE OF "state" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('524288');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_2";

CREATE TRIGGER "~rubicon_1_named_canonical_4" BEFORE UPDATE OF "price" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('32768');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_4";

CREATE TRIGGER "~rubicon_1_named_legacy_3" BEFORE UPDATE OF "amount", "unit", "label" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('1048576');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_3";

CREATE TRIGGER "~rubicon_1_named_canonical_5" BEFORE UPDATE OF "price_note" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('65536');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_canonical_5";

CREATE TRIGGER "~rubicon_1_named_legacy_4" BEFORE UPDATE OF "note" ON "public"."orders"
  FOR EACH ROW WHEN (OLD._rubicon IS NULL) EXECUTE FUNCTION rubicon.note_named('2097152');

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_1_named_legacy_4";

CREATE TRIGGER "~rubicon_2_sync" BEFORE INSERT OR UPDATE ON "public"."orders"
  FOR EACH ROW EXECUTE FUNCTION rubicon."orders_b1ff54de_sync"();

ALTER TABLE "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_2_sync";

CREATE TRIGGER "~rubicon_3_end_insert" AFTER INSERT ON "public"."orders"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_orders_b1ff54de', 'rubicon.outer_orders_b1ff54de', 'rubicon.moving_orders_b1ff54de');

ALTER TABLE ONLY "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_3_end_insert";

CREATE TRIGGER "~rubicon_3_end_update" AFTER UPDATE ON "public"."orders"
  FOR EACH STATEMENT WHEN (pg_catalog.textne(pg_catalog.current_setting('rubicon.outer_orders_b1ff54de', true), '')) EXECUTE FUNCTION rubicon.restore_flags('rubicon.omitted_orders_b1ff54de', 'rubicon.outer_orders_b1ff54de', 'rubicon.moving_orders_b1ff54de');

ALTER TABLE ONLY "public"."orders" ENABLE ALWAYS TRIGGER "~rubicon_3_end_update";

