CREATE VIEW rubicon."b_7c197973_legacy" AS SELECT "id", "v" FROM "public"."b";

CREATE VIEW rubicon."b_7c197973_canonical" AS SELECT "id", "v", "kind" FROM "public"."w";

CREATE FUNCTION rubicon."b_7c197973_up_0"("id" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lower(id));

CREATE FUNCTION rubicon."b_7c197973_up_2"() RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('b'::text);

CREATE FUNCTION rubicon."b_7c197973_down_0"("id" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (id);

CREATE FUNCTION rubicon."b_7c197973_canonical_rows"("kind" text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (kind = 'b');

CREATE OR REPLACE FUNCTION rubicon."b_7c197973_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  before  rubicon."b_7c197973_legacy"%ROWTYPE;  -- the row as it was
  now_    rubicon."b_7c197973_legacy"%ROWTYPE;  -- the row as it is by now
  got     rubicon."b_7c197973_canonical"%ROWTYPE;  -- what the other side made of it
  was_g   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '');
  was_h   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.h_b_7c197973', true), '');
  moved_key pg_catalog.text := 'rubicon.m_b_7c197973_up_key';
  moved_row pg_catalog.text := 'rubicon.m_b_7c197973_up_row';
  old_key pg_catalog.text;
  new_key pg_catalog.text;
  level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                     OR pg_catalog.texteq(level, 'serializable');
BEGIN
  old_key := pg_catalog.concat(
    pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
    pg_catalog.current_setting('application_name'));
  IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_b_7c197973', true), ''), old_key) THEN
    PERFORM pg_catalog.set_config('rubicon.noted_b_7c197973', old_key, false);
    PERFORM rubicon.note_legacy_write('public.b', pg_catalog.current_setting('application_name'));
  END IF;
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions is a DELETE and an INSERT: the row is there, the INSERT tells.
    PERFORM 1 FROM rubicon."b_7c197973_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key, ROW(OLD."id")::pg_catalog.text, true);
      PERFORM pg_catalog.set_config(moved_row, ROW(OLD."id", OLD."v")::pg_catalog.text, true);
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."v" INTO before;
    old_key := ROW((rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text)::pg_catalog.text;
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('up:', old_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', '', true);
    DELETE FROM rubicon."b_7c197973_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text AND (rubicon."b_7c197973_canonical_rows"(t."kind") IS TRUE);
    IF NOT FOUND AND blind THEN
      INSERT INTO rubicon."b_7c197973_canonical" AS t ("id", "v", "kind")
        VALUES ((rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text, (before."v")::integer, (rubicon."b_7c197973_up_2"())::pg_catalog.text) ON CONFLICT DO NOTHING;
      DELETE FROM rubicon."b_7c197973_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was_g, true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', was_h, true);
    RETURN NULL;
  END IF;
  IF blind THEN
    PERFORM 1 FROM rubicon."b_7c197973_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- Somebody has left the key since the snapshot, which shows his row, too: 40001.
      PERFORM 1 FROM rubicon."b_7c197973_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO now_ FROM rubicon."b_7c197973_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- taken away again within the statement; that event has told
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."v" INTO before;
  ELSIF pg_catalog.current_setting(moved_key, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key, true), ROW(NEW."id")::pg_catalog.text) THEN
    before := pg_catalog.current_setting(moved_row, true)::rubicon."b_7c197973_legacy";
    PERFORM pg_catalog.set_config(moved_key, '', true);
    PERFORM pg_catalog.set_config(moved_row, '', true);
  END IF;
  IF now_."id" IS NULL THEN
    -- Written on and away within the statement: only its old place is left to clear.
    PERFORM 1 FROM rubicon."b_7c197973_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) before."id";
    IF NOT FOUND THEN
      old_key := ROW((rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('up:', old_key), true);
      DELETE FROM rubicon."b_7c197973_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text AND (rubicon."b_7c197973_canonical_rows"(t."kind") IS TRUE);
      PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was_g, true);
    END IF;
    RETURN NULL;
  END IF;
  new_key := ROW((rubicon."b_7c197973_up_0"(now_."id"))::pg_catalog.text)::pg_catalog.text;
  IF before."id" IS NULL THEN
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('up:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', '', true);
    INSERT INTO rubicon."b_7c197973_canonical" AS t ("id", "v", "kind")
      VALUES ((rubicon."b_7c197973_up_0"(now_."id"))::pg_catalog.text, (now_."v")::integer, (rubicon."b_7c197973_up_2"())::pg_catalog.text)
      ON CONFLICT ("id") DO UPDATE SET "id" = EXCLUDED."id", "v" = EXCLUDED."v", "kind" = EXCLUDED."kind"
      WHERE (rubicon."b_7c197973_canonical_rows"(t."kind") IS TRUE)
      RETURNING t.* INTO got;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'rubicon: % has a row with this key that does not come from %', 'public.w', TG_TABLE_NAME
        USING ERRCODE = 'unique_violation';
    END IF;
  ELSE
    old_key := ROW((rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text)::pg_catalog.text;
    IF pg_catalog.texteq(old_key, new_key) AND NOT (ROW(before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."v")::pg_catalog.record OR false OR ROW(before."id")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."id")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing that the other side has
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('up:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', pg_catalog.concat('up:', old_key), true);
    IF pg_catalog.texteq(old_key, new_key) THEN
      UPDATE rubicon."b_7c197973_canonical" AS t SET
          "v" = CASE WHEN ROW(before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."v")::pg_catalog.record THEN (now_."v")::integer ELSE t."v" END,
          "kind" = CASE WHEN false THEN (rubicon."b_7c197973_up_2"())::pg_catalog.text ELSE t."kind" END
        WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text AND (rubicon."b_7c197973_canonical_rows"(t."kind") IS TRUE)
        RETURNING t.* INTO got;
    ELSE
      UPDATE rubicon."b_7c197973_canonical" AS t SET
          "id" = (rubicon."b_7c197973_up_0"(now_."id"))::pg_catalog.text,
          "v" = CASE WHEN ROW(before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."v")::pg_catalog.record THEN (now_."v")::integer ELSE t."v" END,
          "kind" = CASE WHEN false THEN (rubicon."b_7c197973_up_2"())::pg_catalog.text ELSE t."kind" END
        WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text AND (rubicon."b_7c197973_canonical_rows"(t."kind") IS TRUE)
        RETURNING t.* INTO got;
    END IF;
    IF NOT FOUND THEN
      IF blind AND pg_catalog.textne(old_key, new_key) THEN
        PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('up:', old_key), true);
        INSERT INTO rubicon."b_7c197973_canonical" AS t ("id", "v", "kind")
          VALUES ((rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text, (before."v")::integer, (rubicon."b_7c197973_up_2"())::pg_catalog.text) ON CONFLICT DO NOTHING;
        DELETE FROM rubicon."b_7c197973_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(before."id"))::pg_catalog.text;
        PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('up:', new_key), true);
      END IF;
      INSERT INTO rubicon."b_7c197973_canonical" AS t ("id", "v", "kind")
        VALUES ((rubicon."b_7c197973_up_0"(now_."id"))::pg_catalog.text, (now_."v")::integer, (rubicon."b_7c197973_up_2"())::pg_catalog.text)
        ON CONFLICT ("id") DO UPDATE SET "id" = EXCLUDED."id", "v" = EXCLUDED."v", "kind" = EXCLUDED."kind"
        WHERE (rubicon."b_7c197973_canonical_rows"(t."kind") IS TRUE)
        RETURNING t.* INTO got;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'rubicon: % has a row with this key that does not come from %', 'public.w', TG_TABLE_NAME
          USING ERRCODE = 'unique_violation';
      END IF;
    END IF;
  END IF;
  IF NOT (now_."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(got."id"))::pg_catalog.text) THEN
    RAISE EXCEPTION 'rubicon: a key in % does not come back from % as it is', TG_TABLE_NAME, 'public.w'
      USING ERRCODE = 'check_violation';
  END IF;
  IF got."id" IS NOT NULL AND NOT (rubicon."b_7c197973_canonical_rows"(got."kind") IS TRUE) THEN
    RAISE EXCEPTION 'rubicon: by its columns a row of % would not be one of its rows in %', TG_TABLE_NAME, 'public.w'
      USING ERRCODE = 'check_violation';
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was_g, true);
  PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', was_h, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."b_7c197973_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- a TRUNCATE of legacy has reached us
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.g_a_3a555261', true), ''), '') THEN
    RETURN NULL;  -- the engine itself, for another relation
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."b_7c197973_truncate_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  was pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '');
BEGIN
  IF pg_catalog.texteq(was, 'copy') THEN
    RETURN NULL;
  END IF;
  IF NOT (pg_catalog.pg_relation_size(CANONICAL::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', 'copy', true);
  IF pg_catalog.current_setting('transaction_isolation')
       OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
    RAISE EXCEPTION 'rubicon: TRUNCATE of % cannot be followed in a % transaction', TG_TABLE_NAME,
        pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'feature_not_supported',
            HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
  END IF;
  DELETE FROM rubicon."b_7c197973_canonical" t WHERE (rubicon."b_7c197973_canonical_rows"(t."kind") IS TRUE);
  PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."b_7c197973_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- a TRUNCATE of legacy has reached us
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.g_a_3a555261', true), ''), '') THEN
    RETURN NULL;  -- the engine itself, for another relation
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE TRIGGER "!rubicon_rows_b_7c197973" AFTER INSERT OR UPDATE ON "public"."b"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '') NOT IN ('copy', 'down:' || ROW(NEW."id")::pg_catalog.text)) EXECUTE FUNCTION rubicon."b_7c197973_up"();

CREATE TRIGGER "!rubicon_deletes_b_7c197973" AFTER DELETE ON "public"."b"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '') NOT IN ('copy', 'down:' || ROW(OLD."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.h_b_7c197973', true), '') <> 'down:' || ROW(OLD."id")::pg_catalog.text) EXECUTE FUNCTION rubicon."b_7c197973_up"();

ALTER TABLE "public"."b" ENABLE ALWAYS TRIGGER "!rubicon_rows_b_7c197973";

ALTER TABLE "public"."b" ENABLE ALWAYS TRIGGER "!rubicon_deletes_b_7c197973";

CREATE TRIGGER "!rubicon_truncates_b_7c197973" AFTER TRUNCATE ON "public"."b"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."b_7c197973_truncate_up"();

ALTER TABLE "public"."b" ENABLE ALWAYS TRIGGER "!rubicon_truncates_b_7c197973";

CREATE TRIGGER "!rubicon_rows_b_7c197973" AFTER INSERT OR UPDATE ON "public"."w"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '') NOT IN ('copy', 'up:' || ROW(NEW."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.g_a_3a555261', true), '') <> 'copy') EXECUTE FUNCTION rubicon."b_7c197973_down"();

CREATE TRIGGER "!rubicon_deletes_b_7c197973" AFTER DELETE ON "public"."w"
  FOR EACH ROW WHEN (coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '') NOT IN ('copy', 'up:' || ROW(OLD."id")::pg_catalog.text) AND coalesce(pg_catalog.current_setting('rubicon.g_a_3a555261', true), '') <> 'copy' AND coalesce(pg_catalog.current_setting('rubicon.h_b_7c197973', true), '') <> 'up:' || ROW(OLD."id")::pg_catalog.text) EXECUTE FUNCTION rubicon."b_7c197973_down"();

ALTER TABLE "public"."w" ENABLE ALWAYS TRIGGER "!rubicon_rows_b_7c197973";

ALTER TABLE "public"."w" ENABLE ALWAYS TRIGGER "!rubicon_deletes_b_7c197973";

CREATE TRIGGER "!rubicon_truncates_b_7c197973" AFTER TRUNCATE ON "public"."w"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."b_7c197973_truncate_down"();

ALTER TABLE "public"."w" ENABLE ALWAYS TRIGGER "!rubicon_truncates_b_7c197973";

