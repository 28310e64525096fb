CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  before  rubicon."u_p_6b743fb1_canonical"%ROWTYPE;  -- the row as it was
  now_    rubicon."u_p_6b743fb1_canonical"%ROWTYPE;  -- the row as it is by now
  got     rubicon."u_p_6b743fb1_legacy"%ROWTYPE;  -- what the other side made of it
  was_g   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '');
  was_h   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.h_u_p_6b743fb1', true), '');
  moved_key pg_catalog.text := 'rubicon.m_u_p_6b743fb1_down_key';
  moved_row pg_catalog.text := 'rubicon.m_u_p_6b743fb1_down_row';
  old_key pg_catalog.text;
  new_key pg_catalog.text;
  level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                     OR pg_catalog.texteq(level, 'serializable');
BEGIN
  IF pg_catalog.texteq(TG_OP, 'UPDATE')
     AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text)
     AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.h_u_f7589cec', true), ''), pg_catalog.concat('up:', ROW(OLD."id")::pg_catalog.text))
     AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), ''), pg_catalog.concat('up:', ROW(NEW."id")::pg_catalog.text)) THEN
    RETURN NULL;
  END IF;
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions is a DELETE and an INSERT: the row is there, the INSERT tells.
    PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key, ROW(OLD."id")::pg_catalog.text, true);
      PERFORM pg_catalog.set_config(moved_row, ROW(OLD."id", OLD."bio")::pg_catalog.text, true);
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."bio" INTO before;
    old_key := ROW((before."id")::integer)::pg_catalog.text;
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('down:', old_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', '', true);
    UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text
      WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was_g, true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', was_h, true);
    RETURN NULL;
  END IF;
  IF blind THEN
    PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- Somebody has left the key since the snapshot, which shows his row, too: 40001.
      PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO now_ FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- taken away again within the statement; that event has told
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."bio" INTO before;
  ELSIF pg_catalog.current_setting(moved_key, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key, true), ROW(NEW."id")::pg_catalog.text) THEN
    before := pg_catalog.current_setting(moved_row, true)::rubicon."u_p_6b743fb1_canonical";
    PERFORM pg_catalog.set_config(moved_key, '', true);
    PERFORM pg_catalog.set_config(moved_row, '', true);
  END IF;
  IF now_."id" IS NULL THEN
    -- Written on and away within the statement: only its old place is left to clear.
    PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) before."id";
    IF NOT FOUND THEN
      old_key := ROW((before."id")::integer)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('down:', old_key), true);
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was_g, true);
    END IF;
    RETURN NULL;
  END IF;
  new_key := ROW((now_."id")::integer)::pg_catalog.text;
  IF before."id" IS NULL THEN
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('down:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', '', true);
    UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
        "bio" = (now_."bio")::pg_catalog.text
      WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer
      RETURNING t.* INTO got;
    IF NOT FOUND THEN
      DECLARE
        was_whole pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), '');
        busy boolean := false;
      BEGIN
      got."id" := (now_."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.g_u_f7589cec', 'copy', true);
      INSERT INTO rubicon."u_f7589cec_legacy" AS t ("id", "name")
      SELECT (f."id")::integer, (f."name")::pg_catalog.text FROM rubicon."u_f7589cec_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) (got."id")::integer
      ON CONFLICT DO NOTHING;
      PERFORM pg_catalog.set_config('rubicon.g_u_f7589cec', was_whole, true);
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
          "bio" = (now_."bio")::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer
        RETURNING t.* INTO got;
      IF NOT (FOUND OR busy) THEN
        RAISE EXCEPTION 'rubicon: % has no row of which this one in % could be a part', 'public.w', TG_TABLE_NAME
          USING ERRCODE = CASE WHEN blind THEN 'serialization_failure' ELSE 'foreign_key_violation' END,
                HINT = 'insert that row first';
      END IF;
      END;
    END IF;
  ELSE
    old_key := ROW((before."id")::integer)::pg_catalog.text;
    IF pg_catalog.texteq(old_key, new_key) AND NOT (ROW(before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."bio")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing that the other side has
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('down:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', pg_catalog.concat('down:', old_key), true);
    IF pg_catalog.texteq(old_key, new_key) THEN
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
          "bio" = CASE WHEN ROW(before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."bio")::pg_catalog.record THEN (now_."bio")::pg_catalog.text ELSE t."bio" END
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer
        RETURNING t.* INTO got;
    ELSE
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('down:', old_key), true);
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', pg_catalog.concat('down:', new_key), true);
      PERFORM 1 FROM rubicon."u_p_6b743fb1_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer AND (rubicon."u_p_6b743fb1_rows"(t."bio") IS TRUE);
      IF FOUND THEN
        UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
            "bio" = CASE WHEN ROW(before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."bio")::pg_catalog.record THEN (now_."bio")::pg_catalog.text ELSE t."bio" END
          WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer
          RETURNING t.* INTO got;
      ELSE
        UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
            "bio" = (now_."bio")::pg_catalog.text
          WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer
          RETURNING t.* INTO got;
      END IF;
    END IF;
    IF NOT FOUND THEN
      DECLARE
        was_whole pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_u_f7589cec', true), '');
        busy boolean := false;
      BEGIN
      got."id" := (now_."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.g_u_f7589cec', 'copy', true);
      INSERT INTO rubicon."u_f7589cec_legacy" AS t ("id", "name")
      SELECT (f."id")::integer, (f."name")::pg_catalog.text FROM rubicon."u_f7589cec_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) (got."id")::integer
      ON CONFLICT DO NOTHING;
      PERFORM pg_catalog.set_config('rubicon.g_u_f7589cec', was_whole, true);
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
          "bio" = (now_."bio")::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) (now_."id")::integer
        RETURNING t.* INTO got;
      IF NOT (FOUND OR busy) THEN
        RAISE EXCEPTION 'rubicon: % has no row of which this one in % could be a part', 'public.w', TG_TABLE_NAME
          USING ERRCODE = CASE WHEN blind THEN 'serialization_failure' ELSE 'foreign_key_violation' END,
                HINT = 'insert that row first';
      END IF;
      END;
    END IF;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was_g, true);
  PERFORM pg_catalog.set_config('rubicon.h_u_p_6b743fb1', was_h, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  was pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_u_p_6b743fb1', true), '');
BEGIN
  IF pg_catalog.texteq(was, 'copy') THEN
    RETURN NULL;
  END IF;
  IF NOT (pg_catalog.pg_relation_size(LEGACY::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', 'copy', true);
  IF pg_catalog.current_setting('transaction_isolation')
       OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
    RAISE EXCEPTION 'rubicon: TRUNCATE of % cannot be followed in a % transaction', TG_TABLE_NAME,
        pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'feature_not_supported',
            HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
  END IF;
  UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text WHERE (rubicon."u_p_6b743fb1_rows"(t."bio") IS TRUE);
  PERFORM pg_catalog.set_config('rubicon.g_u_p_6b743fb1', was, true);
  RETURN NULL;
END
$rubicon$;

