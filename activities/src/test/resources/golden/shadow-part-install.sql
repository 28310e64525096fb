CREATE VIEW rubicon."u_p_6b743fb1_legacy" AS SELECT "id", "name", "bio" FROM "public"."u";

CREATE VIEW rubicon."u_p_6b743fb1_canonical" AS SELECT "id", "bio" FROM "public"."p";

CREATE FUNCTION rubicon."u_p_6b743fb1_rows"("bio" text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (bio <> '');

CREATE FUNCTION rubicon."u_p_6b743fb1_clear_0"() RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (''::text);

CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  before  rubicon."u_p_6b743fb1_legacy"%ROWTYPE;  -- the row as it was
  now_    rubicon."u_p_6b743fb1_legacy"%ROWTYPE;  -- the row as it is by now
  got     rubicon."u_p_6b743fb1_canonical"%ROWTYPE;  -- what the other side made of it
  was_g   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '');
  was_h   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.h_u_p_6b743fb1', true), '');
  moved_key pg_catalog.text := 'rubicon.m_u_p_6b743fb1_up_key';
  moved_row pg_catalog.text := 'rubicon.m_u_p_6b743fb1_up_row';
  old_key pg_catalog.text;
  new_key pg_catalog.text;
  level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                     OR pg_catalog.texteq(level, 'serializable');
BEGIN
  old_key := pg_catalog.concat(
    pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
    pg_catalog.current_setting('application_name'));
  IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_u_p_6b743fb1', true), ''), old_key)
     AND NOT (pg_catalog.textne(TG_OP, 'DELETE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(NEW."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.h_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(NEW."id")::pg_catalog.text))) OR pg_catalog.texteq(TG_OP, 'DELETE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(OLD."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.h_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(OLD."id")::pg_catalog.text)))) THEN
    PERFORM pg_catalog.set_config('rubicon.noted_u_p_6b743fb1', old_key, false);
    PERFORM rubicon.note_legacy_write('public.u', pg_catalog.current_setting('application_name'));
  END IF;
  IF pg_catalog.texteq(TG_OP, 'DELETE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(OLD."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.h_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(OLD."id")::pg_catalog.text)))
     OR pg_catalog.texteq(TG_OP, 'UPDATE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(NEW."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.h_u_f7589cec', true), ''), pg_catalog.concat('down:', ROW(NEW."id")::pg_catalog.text))) AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text) THEN
    PERFORM 1 FROM pg_catalog.pg_constraint c
      WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
        AND c.conrelid OPERATOR(pg_catalog.=) CANONICAL::pg_catalog.oid
        AND c.confrelid OPERATOR(pg_catalog.=) ANY (ARRAY[WHOLE::pg_catalog.oid]);
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions is a DELETE and an INSERT: the row is there, the INSERT tells.
    PERFORM 1 FROM rubicon."u_p_6b743fb1_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key, ROW(OLD."id")::pg_catalog.text, true);
      PERFORM pg_catalog.set_config(moved_row, ROW(OLD."id", OLD."name", OLD."bio")::pg_catalog.text, true);
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."name", OLD."bio" INTO before;
    old_key := ROW((before."id")::integer)::pg_catalog.text;
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('up:', old_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', '', true);
    DELETE FROM rubicon."u_p_6b743fb1_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
    IF NOT FOUND AND blind AND (rubicon."u_p_6b743fb1_rows"(before."bio") IS TRUE) THEN
      INSERT INTO rubicon."u_p_6b743fb1_canonical" AS t ("id", "bio")
        VALUES ((before."id")::integer, (before."bio")::pg_catalog.text) ON CONFLICT DO NOTHING;
      DELETE FROM rubicon."u_p_6b743fb1_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was_g, true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', was_h, true);
    RETURN NULL;
  END IF;
  IF blind THEN
    PERFORM 1 FROM rubicon."u_p_6b743fb1_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- Somebody has left the key since the snapshot, which shows his row, too: 40001.
      PERFORM 1 FROM rubicon."u_p_6b743fb1_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO now_ FROM rubicon."u_p_6b743fb1_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- taken away again within the statement; that event has told
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."name", OLD."bio" INTO before;
  ELSIF pg_catalog.current_setting(moved_key, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key, true), ROW(NEW."id")::pg_catalog.text) THEN
    before := pg_catalog.current_setting(moved_row, true)::rubicon."u_p_6b743fb1_legacy";
    PERFORM pg_catalog.set_config(moved_key, '', true);
    PERFORM pg_catalog.set_config(moved_row, '', true);
  END IF;
  IF now_."id" IS NULL THEN
    -- Written on and away within the statement: only its old place is left to clear.
    PERFORM 1 FROM rubicon."u_p_6b743fb1_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) before."id";
    IF NOT FOUND THEN
      old_key := ROW((before."id")::integer)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('up:', old_key), true);
      DELETE FROM rubicon."u_p_6b743fb1_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was_g, true);
    END IF;
    RETURN NULL;
  END IF;
  new_key := ROW((now_."id")::integer)::pg_catalog.text;
  IF before."id" IS NULL THEN
    IF NOT (rubicon."u_p_6b743fb1_rows"(now_."bio") IS TRUE) THEN
      RETURN NULL;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('up:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', '', true);
    INSERT INTO rubicon."u_p_6b743fb1_canonical" AS t ("id", "bio")
      VALUES ((now_."id")::integer, (now_."bio")::pg_catalog.text)
      ON CONFLICT ("id") DO UPDATE SET "bio" = EXCLUDED."bio"
      RETURNING t.* INTO got;
  ELSE
    old_key := ROW((before."id")::integer)::pg_catalog.text;
    IF pg_catalog.texteq(old_key, new_key) AND NOT (ROW(before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."bio")::pg_catalog.record OR (rubicon."u_p_6b743fb1_rows"(before."bio") IS TRUE) OPERATOR(pg_catalog.<>) (rubicon."u_p_6b743fb1_rows"(now_."bio") IS TRUE)) THEN
      RETURN NULL;  -- nothing that the other side has
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('up:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', pg_catalog.concat('up:', old_key), true);
    IF (rubicon."u_p_6b743fb1_rows"(before."bio") IS TRUE) AND NOT (rubicon."u_p_6b743fb1_rows"(now_."bio") IS TRUE) THEN
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('up:', old_key), true);
      PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', pg_catalog.concat('up:', new_key), true);
      DELETE FROM rubicon."u_p_6b743fb1_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
      IF NOT FOUND AND pg_catalog.textne(old_key, new_key) THEN
        DELETE FROM rubicon."u_p_6b743fb1_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer;
      END IF;
      IF NOT FOUND AND blind AND (rubicon."u_p_6b743fb1_rows"(before."bio") IS TRUE) THEN
        INSERT INTO rubicon."u_p_6b743fb1_canonical" AS t ("id", "bio")
          VALUES ((before."id")::integer, (before."bio")::pg_catalog.text) ON CONFLICT DO NOTHING;
        DELETE FROM rubicon."u_p_6b743fb1_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
      END IF;
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was_g, true);
      PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', was_h, true);
      RETURN NULL;
    END IF;
    IF pg_catalog.texteq(old_key, new_key) THEN
      UPDATE rubicon."u_p_6b743fb1_canonical" AS t SET
          "bio" = CASE WHEN ROW(before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."bio")::pg_catalog.record THEN (now_."bio")::pg_catalog.text ELSE t."bio" END
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer
        RETURNING t.* INTO got;
    ELSE
      UPDATE rubicon."u_p_6b743fb1_canonical" AS t SET
          "id" = (now_."id")::integer,
          "bio" = CASE WHEN ROW(before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."bio")::pg_catalog.record THEN (now_."bio")::pg_catalog.text ELSE t."bio" END
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer
        RETURNING t.* INTO got;
      IF NOT FOUND THEN
        UPDATE rubicon."u_p_6b743fb1_canonical" AS t SET
            "bio" = CASE WHEN ROW(before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."bio")::pg_catalog.record THEN (now_."bio")::pg_catalog.text ELSE t."bio" END
          WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer
          RETURNING t.* INTO got;
      END IF;
    END IF;
    IF NOT FOUND AND (rubicon."u_p_6b743fb1_rows"(now_."bio") IS TRUE) THEN
      IF blind AND pg_catalog.textne(old_key, new_key) AND (rubicon."u_p_6b743fb1_rows"(before."bio") IS TRUE) THEN
        PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('up:', old_key), true);
        INSERT INTO rubicon."u_p_6b743fb1_canonical" AS t ("id", "bio")
          VALUES ((before."id")::integer, (before."bio")::pg_catalog.text) ON CONFLICT DO NOTHING;
        DELETE FROM rubicon."u_p_6b743fb1_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
        PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('up:', new_key), true);
      END IF;
      INSERT INTO rubicon."u_p_6b743fb1_canonical" AS t ("id", "bio")
        VALUES ((now_."id")::integer, (now_."bio")::pg_catalog.text)
        ON CONFLICT ("id") DO UPDATE SET "bio" = EXCLUDED."bio"
        RETURNING t.* INTO got;
    END IF;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was_g, true);
  PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', was_h, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- a TRUNCATE of legacy has reached us
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), ''), '') THEN
    RETURN NULL;  -- the engine itself, for another relation
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_truncate_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  was pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '');
BEGIN
  IF pg_catalog.texteq(was, 'copy') THEN
    RETURN NULL;
  END IF;
  IF NOT (pg_catalog.pg_relation_size(CANONICAL::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', 'copy', true);
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
    DELETE FROM rubicon."u_p_6b743fb1_canonical";
  ELSE
    EXECUTE pg_catalog.format('TRUNCATE %s', CANONICAL::pg_catalog.oid::pg_catalog.regclass);
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- a TRUNCATE of legacy has reached us
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), ''), '') THEN
    RETURN NULL;  -- the engine itself, for another relation
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE TRIGGER "!rubicon_rows_u_p_6b743fb1" AFTER INSERT OR UPDATE ON "public"."u"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '') NOT IN ('copy', 'down:' || ROW(NEW."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), '') <> 'copy') EXECUTE FUNCTION rubicon."u_p_6b743fb1_up"();

CREATE TRIGGER "!rubicon_deleted_part_u_p_6b743fb1" AFTER DELETE ON "public"."u"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '') NOT IN ('copy', 'down:' || ROW(OLD."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), '') <> 'copy' AND coalesce(pg_catalog.current_setting('rubicon.h_u_p_6b743fb1', true), '') <> 'down:' || ROW(OLD."id")::pg_catalog.text) EXECUTE FUNCTION rubicon."u_p_6b743fb1_up"();

ALTER TABLE "public"."u" ENABLE ALWAYS TRIGGER "!rubicon_rows_u_p_6b743fb1";

ALTER TABLE "public"."u" ENABLE ALWAYS TRIGGER "!rubicon_deleted_part_u_p_6b743fb1";

CREATE TRIGGER "!rubicon_truncated_part_u_p_6b743fb1" AFTER TRUNCATE ON "public"."u"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."u_p_6b743fb1_truncate_up"();

ALTER TABLE "public"."u" ENABLE ALWAYS TRIGGER "!rubicon_truncated_part_u_p_6b743fb1";

CREATE TRIGGER "!rubicon_rows_u_p_6b743fb1" AFTER INSERT OR UPDATE ON "public"."p"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '') NOT IN ('copy', 'up:' || ROW(NEW."id")::pg_catalog.text)) EXECUTE FUNCTION rubicon."u_p_6b743fb1_down"();

CREATE TRIGGER "!rubicon_deleted_part_u_p_6b743fb1" AFTER DELETE ON "public"."p"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '') NOT IN ('copy', 'up:' || ROW(OLD."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.h_u_p_6b743fb1', true), '') <> 'up:' || ROW(OLD."id")::pg_catalog.text) EXECUTE FUNCTION rubicon."u_p_6b743fb1_down"();

ALTER TABLE "public"."p" ENABLE ALWAYS TRIGGER "!rubicon_rows_u_p_6b743fb1";

ALTER TABLE "public"."p" ENABLE ALWAYS TRIGGER "!rubicon_deleted_part_u_p_6b743fb1";

CREATE TRIGGER "!rubicon_truncated_part_u_p_6b743fb1" AFTER TRUNCATE ON "public"."p"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."u_p_6b743fb1_truncate_down"();

ALTER TABLE "public"."p" ENABLE ALWAYS TRIGGER "!rubicon_truncated_part_u_p_6b743fb1";

