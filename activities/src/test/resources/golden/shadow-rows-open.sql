CREATE OR REPLACE FUNCTION rubicon."b_7c197973_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  before  rubicon."b_7c197973_canonical"%ROWTYPE;  -- the row as it was
  now_    rubicon."b_7c197973_canonical"%ROWTYPE;  -- the row as it is by now
  got     rubicon."b_7c197973_legacy"%ROWTYPE;  -- what the other side made of it
  was_g   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '');
  was_h   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.h_b_7c197973', true), '');
  moved_key pg_catalog.text := 'rubicon.m_b_7c197973_down_key';
  moved_row pg_catalog.text := 'rubicon.m_b_7c197973_down_row';
  old_key pg_catalog.text;
  new_key pg_catalog.text;
  level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                     OR pg_catalog.texteq(level, 'serializable');
BEGIN
  IF pg_catalog.texteq(TG_OP, 'DELETE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(OLD."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.h_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(OLD."id")::pg_catalog.text)))
     OR pg_catalog.texteq(TG_OP, 'UPDATE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.g_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(NEW."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.h_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(NEW."id")::pg_catalog.text))) AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text) THEN
    PERFORM 1 FROM pg_catalog.pg_constraint c
      WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
        AND c.conrelid OPERATOR(pg_catalog.=) LEGACY::pg_catalog.oid
        AND c.confrelid OPERATOR(pg_catalog.=) ANY (ARRAY[WHOLE::pg_catalog.oid]);
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions is a DELETE and an INSERT: the row is there, the INSERT tells.
    PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key, ROW(OLD."id")::pg_catalog.text, true);
      PERFORM pg_catalog.set_config(moved_row, ROW(OLD."id", OLD."v", OLD."kind")::pg_catalog.text, true);
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."v", OLD."kind" INTO before;
    old_key := ROW((rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text)::pg_catalog.text;
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('down:', old_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', '', true);
    DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text;
    IF NOT FOUND AND blind AND (rubicon."b_7c197973_canonical_rows"(before."kind") IS TRUE) THEN
      INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
        VALUES ((rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text, (before."v")::integer) ON CONFLICT DO NOTHING;
      DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was_g, true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', was_h, true);
    RETURN NULL;
  END IF;
  IF blind THEN
    PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- Somebody has left the key since the snapshot, which shows his row, too: 40001.
      PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO now_ FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- taken away again within the statement; that event has told
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."v", OLD."kind" INTO before;
  ELSIF pg_catalog.current_setting(moved_key, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key, true), ROW(NEW."id")::pg_catalog.text) THEN
    before := pg_catalog.current_setting(moved_row, true)::rubicon."b_7c197973_canonical";
    PERFORM pg_catalog.set_config(moved_key, '', true);
    PERFORM pg_catalog.set_config(moved_row, '', true);
  END IF;
  IF now_."id" IS NULL THEN
    -- Written on and away within the statement: only its old place is left to clear.
    PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) before."id";
    IF NOT FOUND THEN
      old_key := ROW((rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('down:', old_key), true);
      DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was_g, true);
    END IF;
    RETURN NULL;
  END IF;
  new_key := ROW((rubicon."b_7c197973_down_0"(now_."id"))::pg_catalog.text)::pg_catalog.text;
  IF before."id" IS NULL THEN
    IF NOT (rubicon."b_7c197973_canonical_rows"(now_."kind") IS TRUE) THEN
      RETURN NULL;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('down:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', '', true);
    INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
      VALUES ((rubicon."b_7c197973_down_0"(now_."id"))::pg_catalog.text, (now_."v")::integer)
      RETURNING t.* INTO got;
  ELSE
    old_key := ROW((rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text)::pg_catalog.text;
    IF pg_catalog.texteq(old_key, new_key) AND NOT (ROW(before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."v")::pg_catalog.record OR (rubicon."b_7c197973_canonical_rows"(before."kind") IS TRUE) OPERATOR(pg_catalog.<>) (rubicon."b_7c197973_canonical_rows"(now_."kind") IS TRUE) OR ROW(before."id")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."id")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing that the other side has
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('down:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', pg_catalog.concat('down:', old_key), true);
    IF (rubicon."b_7c197973_canonical_rows"(before."kind") IS TRUE) AND NOT (rubicon."b_7c197973_canonical_rows"(now_."kind") IS TRUE) THEN
      PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('down:', old_key), true);
      PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', pg_catalog.concat('down:', new_key), true);
      DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text;
      IF NOT FOUND AND blind AND (rubicon."b_7c197973_canonical_rows"(before."kind") IS TRUE) THEN
        INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
          VALUES ((rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text, (before."v")::integer) ON CONFLICT DO NOTHING;
        DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text;
      END IF;
      PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was_g, true);
      PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', was_h, true);
      RETURN NULL;
    END IF;
    IF pg_catalog.texteq(old_key, new_key) THEN
      UPDATE rubicon."b_7c197973_legacy" AS t SET
          "v" = CASE WHEN ROW(before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."v")::pg_catalog.record THEN (now_."v")::integer ELSE t."v" END
        WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text
        RETURNING t.* INTO got;
    ELSE
      UPDATE rubicon."b_7c197973_legacy" AS t SET
          "id" = (rubicon."b_7c197973_down_0"(now_."id"))::pg_catalog.text,
          "v" = CASE WHEN ROW(before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."v")::pg_catalog.record THEN (now_."v")::integer ELSE t."v" END
        WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text
        RETURNING t.* INTO got;
    END IF;
    IF NOT FOUND AND (rubicon."b_7c197973_canonical_rows"(now_."kind") IS TRUE) THEN
      IF blind AND pg_catalog.textne(old_key, new_key) AND (rubicon."b_7c197973_canonical_rows"(before."kind") IS TRUE) THEN
        PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('down:', old_key), true);
        INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
          VALUES ((rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text, (before."v")::integer) ON CONFLICT DO NOTHING;
        DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(before."id"))::pg_catalog.text;
        PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', pg_catalog.concat('down:', new_key), true);
      END IF;
      INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
        VALUES ((rubicon."b_7c197973_down_0"(now_."id"))::pg_catalog.text, (now_."v")::integer)
        ON CONFLICT ("id") DO UPDATE SET "v" = EXCLUDED."v"
        RETURNING t.* INTO got;
    END IF;
  END IF;
  IF NOT (now_."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(got."id"))::pg_catalog.text) THEN
    RAISE EXCEPTION 'rubicon: a key in % does not come back from % as it is', TG_TABLE_NAME, 'public.b'
      USING ERRCODE = 'check_violation';
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was_g, true);
  PERFORM pg_catalog.set_config('rubicon.h_b_7c197973', was_h, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."b_7c197973_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  was pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_b_7c197973', true), '');
BEGIN
  IF pg_catalog.texteq(was, 'copy') THEN
    RETURN NULL;
  END IF;
  IF NOT (pg_catalog.pg_relation_size(LEGACY::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', 'copy', true);
  IF EXISTS (SELECT FROM pg_catalog.pg_constraint c
             WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
               AND c.confrelid OPERATOR(pg_catalog.=) LEGACY::pg_catalog.oid
               AND c.conrelid OPERATOR(pg_catalog.<>) c.confrelid) THEN
    IF pg_catalog.current_setting('transaction_isolation')
         OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
      RAISE EXCEPTION 'rubicon: TRUNCATE of % cannot be followed in a % transaction', TG_TABLE_NAME,
          pg_catalog.current_setting('transaction_isolation')
        USING ERRCODE = 'feature_not_supported',
              HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
    END IF;
    DELETE FROM rubicon."b_7c197973_legacy";
  ELSE
    EXECUTE pg_catalog.format('TRUNCATE %s', LEGACY::pg_catalog.oid::pg_catalog.regclass);
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_b_7c197973', was, true);
  RETURN NULL;
END
$rubicon$;

