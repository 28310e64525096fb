CREATE VIEW rubicon."t_da01325d_legacy" AS SELECT "id", "name", "amount", "at" FROM "public"."t";

CREATE VIEW rubicon."t_da01325d_canonical" AS SELECT "id", "first", "amount", "at" FROM "public"."t_new";

CREATE FUNCTION rubicon."t_da01325d_up_1"("name" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (split_part(name, ' ', 1));

CREATE FUNCTION rubicon."t_da01325d_down_1"("first" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (first || ' ?');

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  before  rubicon."t_da01325d_legacy"%ROWTYPE;  -- the row as it was
  now_    rubicon."t_da01325d_legacy"%ROWTYPE;  -- the row as it is by now
  got     rubicon."t_da01325d_canonical"%ROWTYPE;  -- what the other side made of it
  was_g   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '');
  was_h   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.h_t_da01325d', true), '');
  moved_key pg_catalog.text := 'rubicon.m_t_da01325d_up_key';
  moved_row pg_catalog.text := 'rubicon.m_t_da01325d_up_row';
  old_key pg_catalog.text;
  new_key pg_catalog.text;
  level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                     OR pg_catalog.texteq(level, 'serializable');
BEGIN
  old_key := pg_catalog.concat(
    pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
    pg_catalog.current_setting('application_name'));
  IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_t_da01325d', true), ''), old_key) THEN
    PERFORM pg_catalog.set_config('rubicon.noted_t_da01325d', old_key, false);
    PERFORM rubicon.note_legacy_write('public.t', pg_catalog.current_setting('application_name'));
  END IF;
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions is a DELETE and an INSERT: the row is there, the INSERT tells.
    PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key, ROW(OLD."id")::pg_catalog.text, true);
      PERFORM pg_catalog.set_config(moved_row, ROW(OLD."id", OLD."name", OLD."amount", OLD."at")::pg_catalog.text, true);
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."name", OLD."amount", OLD."at" INTO before;
    old_key := ROW((before."id")::bigint)::pg_catalog.text;
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('up:', old_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', '', true);
    DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::bigint;
    IF NOT FOUND AND blind THEN
      INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
        VALUES ((before."id")::bigint, (rubicon."t_da01325d_up_1"(before."name"))::pg_catalog.text, (before."amount")::numeric, (before."at")::pg_catalog.date) ON CONFLICT DO NOTHING;
      DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::bigint;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was_g, true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', was_h, true);
    RETURN NULL;
  END IF;
  IF blind THEN
    PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- Somebody has left the key since the snapshot, which shows his row, too: 40001.
      PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO now_ FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- taken away again within the statement; that event has told
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."name", OLD."amount", OLD."at" INTO before;
  ELSIF pg_catalog.current_setting(moved_key, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key, true), ROW(NEW."id")::pg_catalog.text) THEN
    before := pg_catalog.current_setting(moved_row, true)::rubicon."t_da01325d_legacy";
    PERFORM pg_catalog.set_config(moved_key, '', true);
    PERFORM pg_catalog.set_config(moved_row, '', true);
  END IF;
  IF now_."id" IS NULL THEN
    -- Written on and away within the statement: only its old place is left to clear.
    PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) before."id";
    IF NOT FOUND THEN
      old_key := ROW((before."id")::bigint)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('up:', old_key), true);
      DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::bigint;
      PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was_g, true);
    END IF;
    RETURN NULL;
  END IF;
  new_key := ROW((now_."id")::bigint)::pg_catalog.text;
  IF before."id" IS NULL THEN
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('up:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', '', true);
    INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
      VALUES ((now_."id")::bigint, (rubicon."t_da01325d_up_1"(now_."name"))::pg_catalog.text, (now_."amount")::numeric, (now_."at")::pg_catalog.date)
      ON CONFLICT ("id") DO UPDATE SET "first" = EXCLUDED."first", "amount" = EXCLUDED."amount", "at" = EXCLUDED."at"
      RETURNING t.* INTO got;
  ELSE
    old_key := ROW((before."id")::bigint)::pg_catalog.text;
    IF pg_catalog.texteq(old_key, new_key) AND NOT (ROW(before."name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."name")::pg_catalog.record OR ROW(before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."amount")::pg_catalog.record OR ROW(before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."at")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing that the other side has
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('up:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', pg_catalog.concat('up:', old_key), true);
    IF pg_catalog.texteq(old_key, new_key) THEN
      UPDATE rubicon."t_da01325d_canonical" AS t SET
          "first" = CASE WHEN ROW(before."name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."name")::pg_catalog.record THEN (rubicon."t_da01325d_up_1"(now_."name"))::pg_catalog.text ELSE t."first" END,
          "amount" = CASE WHEN ROW(before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."amount")::pg_catalog.record THEN (now_."amount")::numeric ELSE t."amount" END,
          "at" = CASE WHEN ROW(before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."at")::pg_catalog.record THEN (now_."at")::pg_catalog.date ELSE t."at" END
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::bigint
        RETURNING t.* INTO got;
    ELSE
      UPDATE rubicon."t_da01325d_canonical" AS t SET
          "id" = (now_."id")::bigint,
          "first" = CASE WHEN ROW(before."name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."name")::pg_catalog.record THEN (rubicon."t_da01325d_up_1"(now_."name"))::pg_catalog.text ELSE t."first" END,
          "amount" = CASE WHEN ROW(before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."amount")::pg_catalog.record THEN (now_."amount")::numeric ELSE t."amount" END,
          "at" = CASE WHEN ROW(before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."at")::pg_catalog.record THEN (now_."at")::pg_catalog.date ELSE t."at" END
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::bigint
        RETURNING t.* INTO got;
    END IF;
    IF NOT FOUND THEN
      IF blind AND pg_catalog.textne(old_key, new_key) THEN
        PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('up:', old_key), true);
        INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
          VALUES ((before."id")::bigint, (rubicon."t_da01325d_up_1"(before."name"))::pg_catalog.text, (before."amount")::numeric, (before."at")::pg_catalog.date) ON CONFLICT DO NOTHING;
        DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::bigint;
        PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('up:', new_key), true);
      END IF;
      INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
        VALUES ((now_."id")::bigint, (rubicon."t_da01325d_up_1"(now_."name"))::pg_catalog.text, (now_."amount")::numeric, (now_."at")::pg_catalog.date)
        ON CONFLICT ("id") DO UPDATE SET "first" = EXCLUDED."first", "amount" = EXCLUDED."amount", "at" = EXCLUDED."at"
        RETURNING t.* INTO got;
    END IF;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was_g, true);
  PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', was_h, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- a TRUNCATE of legacy has reached us
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_truncate_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  was pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '');
BEGIN
  IF pg_catalog.texteq(was, 'copy') THEN
    RETURN NULL;
  END IF;
  IF NOT (pg_catalog.pg_relation_size(CANONICAL::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', 'copy', true);
  IF EXISTS (SELECT FROM pg_catalog.pg_constraint c
             WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
               AND c.confrelid OPERATOR(pg_catalog.=) CANONICAL::pg_catalog.oid
               AND c.conrelid OPERATOR(pg_catalog.<>) c.confrelid) THEN
    IF pg_catalog.current_setting('transaction_isolation')
         OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
      RAISE EXCEPTION 'rubicon: TRUNCATE of % cannot be followed in a % transaction', TG_TABLE_NAME,
          pg_catalog.current_setting('transaction_isolation')
        USING ERRCODE = 'feature_not_supported',
              HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
    END IF;
    DELETE FROM rubicon."t_da01325d_canonical";
  ELSE
    EXECUTE pg_catalog.format('TRUNCATE %s', CANONICAL::pg_catalog.oid::pg_catalog.regclass);
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- a TRUNCATE of legacy has reached us
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE FUNCTION rubicon."t_da01325d_next"() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN pg_catalog.nextval(SEQUENCE::pg_catalog.oid::pg_catalog.regclass);

ALTER TABLE "public"."t_new" ALTER COLUMN "id" DROP IDENTITY;

ALTER TABLE "public"."t_new" ALTER COLUMN "id" SET DEFAULT rubicon."t_da01325d_next"();

CREATE TRIGGER "!rubicon_rows" AFTER INSERT OR UPDATE ON "public"."t"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '') NOT IN ('copy', 'down:' || ROW(NEW."id")::pg_catalog.text)) EXECUTE FUNCTION rubicon."t_da01325d_up"();

CREATE TRIGGER "!rubicon_deletes" AFTER DELETE ON "public"."t"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '') NOT IN ('copy', 'down:' || ROW(OLD."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.h_t_da01325d', true), '') <> 'down:' || ROW(OLD."id")::pg_catalog.text) EXECUTE FUNCTION rubicon."t_da01325d_up"();

ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "!rubicon_rows";

ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "!rubicon_deletes";

CREATE TRIGGER "!rubicon_truncates" AFTER TRUNCATE ON "public"."t"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."t_da01325d_truncate_up"();

ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "!rubicon_truncates";

CREATE TRIGGER "!rubicon_rows" AFTER INSERT OR UPDATE ON "public"."t_new"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '') NOT IN ('copy', 'up:' || ROW(NEW."id")::pg_catalog.text)) EXECUTE FUNCTION rubicon."t_da01325d_down"();

CREATE TRIGGER "!rubicon_deletes" AFTER DELETE ON "public"."t_new"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '') NOT IN ('copy', 'up:' || ROW(OLD."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.h_t_da01325d', true), '') <> 'up:' || ROW(OLD."id")::pg_catalog.text) EXECUTE FUNCTION rubicon."t_da01325d_down"();

ALTER TABLE "public"."t_new" ENABLE ALWAYS TRIGGER "!rubicon_rows";

ALTER TABLE "public"."t_new" ENABLE ALWAYS TRIGGER "!rubicon_deletes";

CREATE TRIGGER "!rubicon_truncates" AFTER TRUNCATE ON "public"."t_new"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."t_da01325d_truncate_down"();

ALTER TABLE "public"."t_new" ENABLE ALWAYS TRIGGER "!rubicon_truncates";

