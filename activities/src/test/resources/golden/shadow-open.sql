CREATE OR REPLACE FUNCTION rubicon."t_da01325d_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  before  rubicon."t_da01325d_canonical"%ROWTYPE;  -- the row as it was
  now_    rubicon."t_da01325d_canonical"%ROWTYPE;  -- the row as it is by now
  got     rubicon."t_da01325d_legacy"%ROWTYPE;  -- what the other side made of it
  was_g   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '');
  was_h   pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.h_t_da01325d', true), '');
  moved_key pg_catalog.text := 'rubicon.m_t_da01325d_down_key';
  moved_row pg_catalog.text := 'rubicon.m_t_da01325d_down_row';
  old_key pg_catalog.text;
  new_key pg_catalog.text;
  level   pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  blind   boolean := pg_catalog.texteq(level, 'repeatable read')
                     OR pg_catalog.texteq(level, 'serializable');
BEGIN
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions is a DELETE and an INSERT: the row is there, the INSERT tells.
    PERFORM 1 FROM rubicon."t_da01325d_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key, ROW(OLD."id")::pg_catalog.text, true);
      PERFORM pg_catalog.set_config(moved_row, ROW(OLD."id", OLD."first", OLD."amount", OLD."at")::pg_catalog.text, true);
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."first", OLD."amount", OLD."at" INTO before;
    old_key := ROW((before."id")::integer)::pg_catalog.text;
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('down:', old_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', '', true);
    DELETE FROM rubicon."t_da01325d_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
    IF NOT FOUND AND blind THEN
      INSERT INTO rubicon."t_da01325d_legacy" AS t ("id", "name", "amount", "at")
        VALUES ((before."id")::integer, (rubicon."t_da01325d_down_1"(before."first"))::pg_catalog.text, (before."amount")::numeric, (before."at")::pg_catalog.date) ON CONFLICT DO NOTHING;
      DELETE FROM rubicon."t_da01325d_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was_g, true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', was_h, true);
    RETURN NULL;
  END IF;
  IF blind THEN
    PERFORM 1 FROM rubicon."t_da01325d_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- Somebody has left the key since the snapshot, which shows his row, too: 40001.
      PERFORM 1 FROM rubicon."t_da01325d_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO now_ FROM rubicon."t_da01325d_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- taken away again within the statement; that event has told
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."first", OLD."amount", OLD."at" INTO before;
  ELSIF pg_catalog.current_setting(moved_key, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key, true), ROW(NEW."id")::pg_catalog.text) THEN
    before := pg_catalog.current_setting(moved_row, true)::rubicon."t_da01325d_canonical";
    PERFORM pg_catalog.set_config(moved_key, '', true);
    PERFORM pg_catalog.set_config(moved_row, '', true);
  END IF;
  IF now_."id" IS NULL THEN
    -- Written on and away within the statement: only its old place is left to clear.
    PERFORM 1 FROM rubicon."t_da01325d_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) before."id";
    IF NOT FOUND THEN
      old_key := ROW((before."id")::integer)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('down:', old_key), true);
      DELETE FROM rubicon."t_da01325d_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was_g, true);
    END IF;
    RETURN NULL;
  END IF;
  new_key := ROW((now_."id")::integer)::pg_catalog.text;
  IF before."id" IS NULL THEN
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('down:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', '', true);
    INSERT INTO rubicon."t_da01325d_legacy" AS t ("id", "name", "amount", "at")
      VALUES ((now_."id")::integer, (rubicon."t_da01325d_down_1"(now_."first"))::pg_catalog.text, (now_."amount")::numeric, (now_."at")::pg_catalog.date)
      RETURNING t.* INTO got;
  ELSE
    old_key := ROW((before."id")::integer)::pg_catalog.text;
    IF pg_catalog.texteq(old_key, new_key) AND NOT (ROW(before."first")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."first")::pg_catalog.record OR ROW(before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."amount")::pg_catalog.record OR ROW(before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."at")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing that the other side has
    END IF;
    PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('down:', new_key), true);
    PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', pg_catalog.concat('down:', old_key), true);
    IF pg_catalog.texteq(old_key, new_key) THEN
      UPDATE rubicon."t_da01325d_legacy" AS t SET
          "name" = CASE WHEN ROW(before."first")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."first")::pg_catalog.record THEN (rubicon."t_da01325d_down_1"(now_."first"))::pg_catalog.text ELSE t."name" END,
          "amount" = CASE WHEN ROW(before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."amount")::pg_catalog.record THEN (now_."amount")::numeric ELSE t."amount" END,
          "at" = CASE WHEN ROW(before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."at")::pg_catalog.record THEN (now_."at")::pg_catalog.date ELSE t."at" END
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer
        RETURNING t.* INTO got;
    ELSE
      UPDATE rubicon."t_da01325d_legacy" AS t SET
          "id" = (now_."id")::integer,
          "name" = CASE WHEN ROW(before."first")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."first")::pg_catalog.record THEN (rubicon."t_da01325d_down_1"(now_."first"))::pg_catalog.text ELSE t."name" END,
          "amount" = CASE WHEN ROW(before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."amount")::pg_catalog.record THEN (now_."amount")::numeric ELSE t."amount" END,
          "at" = CASE WHEN ROW(before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(now_."at")::pg_catalog.record THEN (now_."at")::pg_catalog.date ELSE t."at" END
        WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer
        RETURNING t.* INTO got;
    END IF;
    IF NOT FOUND THEN
      IF blind AND pg_catalog.textne(old_key, new_key) THEN
        PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('down:', old_key), true);
        INSERT INTO rubicon."t_da01325d_legacy" AS t ("id", "name", "amount", "at")
          VALUES ((before."id")::integer, (rubicon."t_da01325d_down_1"(before."first"))::pg_catalog.text, (before."amount")::numeric, (before."at")::pg_catalog.date) ON CONFLICT DO NOTHING;
        DELETE FROM rubicon."t_da01325d_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (before."id")::integer;
        PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', pg_catalog.concat('down:', new_key), true);
      END IF;
      INSERT INTO rubicon."t_da01325d_legacy" AS t ("id", "name", "amount", "at")
        VALUES ((now_."id")::integer, (rubicon."t_da01325d_down_1"(now_."first"))::pg_catalog.text, (now_."amount")::numeric, (now_."at")::pg_catalog.date)
        ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name", "amount" = EXCLUDED."amount", "at" = EXCLUDED."at"
        RETURNING t.* INTO got;
    END IF;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was_g, true);
  PERFORM pg_catalog.set_config('rubicon.h_t_da01325d', was_h, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  was pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.g_t_da01325d', true), '');
BEGIN
  IF pg_catalog.texteq(was, 'copy') THEN
    RETURN NULL;
  END IF;
  IF NOT (pg_catalog.pg_relation_size(LEGACY::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', 'copy', true);
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
    DELETE FROM rubicon."t_da01325d_legacy";
  ELSE
    EXECUTE pg_catalog.format('TRUNCATE %s', LEGACY::pg_catalog.oid::pg_catalog.regclass);
  END IF;
  PERFORM pg_catalog.set_config('rubicon.g_t_da01325d', was, true);
  RETURN NULL;
END
$rubicon$;

