CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_closed"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  RETURN NULL;  -- the copy is verified
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  row_before  rubicon."u_p_6b743fb1_canonical"%ROWTYPE;  -- the row as it was
  row_now     rubicon."u_p_6b743fb1_canonical"%ROWTYPE;  -- the row as it is now
  counterpart rubicon."u_p_6b743fb1_legacy"%ROWTYPE;  -- the other side's row, as its own triggers left it
  outer_guard_key        pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_u_p_6b743fb1', true), '');
  outer_guard_key_before pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_before_u_p_6b743fb1', true), '');
  moved_key_setting      pg_catalog.text := 'rubicon.moved_key_u_p_6b743fb1_down';
  moved_row_setting      pg_catalog.text := 'rubicon.moved_row_u_p_6b743fb1_down';
  key_before      pg_catalog.text;  -- of the counterpart, as text
  key_now         pg_catalog.text;
  isolation       pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  frozen_snapshot boolean := pg_catalog.texteq(isolation, 'repeatable read')
                             OR pg_catalog.texteq(isolation, 'serializable');
BEGIN
  IF TG_RELID OPERATOR(pg_catalog.<>) CANONICAL::pg_catalog.oid THEN
RAISE EXCEPTION 'rubicon: not a trigger for %', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A foreign key of this side carries on what the engine does here for a client of the other side,
  -- and the next one would go on from here: what does not point here any more lets go first.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text) THEN
    IF pg_catalog.starts_with(outer_guard_key, 'up:')
       OR pg_catalog.starts_with(coalesce(pg_catalog.current_setting('rubicon.guard_key_u_f7589cec', true), ''), 'up:') THEN
      SELECT OLD."id", OLD."bio" INTO row_before;
      PERFORM rubicon."u_p_6b743fb1_let_go_of_up"(row_before);
      row_before := NULL;
    END IF;
  END IF;
  -- The engine changes the key of the larger row beside this part, for a client of the other side,
  -- and a foreign key between them changes the part's key as well. No client of this side wrote it:
  -- sent to the other side, it would bring back what the client there has just overwritten.
  IF pg_catalog.texteq(TG_OP, 'UPDATE')
     AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text)
     AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_before_u_f7589cec', true), ''), pg_catalog.concat('up:', ROW(OLD."id")::pg_catalog.text))
     AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_u_f7589cec', true), ''), pg_catalog.concat('up:', ROW(NEW."id")::pg_catalog.text)) THEN
    RETURN NULL;
  END IF;

  ---- A row that is gone ----
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions, a DELETE and an INSERT: the row exists, and the INSERT is followed.
    PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key_setting, ROW(OLD."id")::pg_catalog.text, true);
      DECLARE
        digits pg_catalog.text := pg_catalog.current_setting('extra_float_digits');
        style  pg_catalog.text := pg_catalog.current_setting('DateStyle');
      BEGIN
        PERFORM pg_catalog.set_config('extra_float_digits', '1', true);
        PERFORM pg_catalog.set_config('DateStyle', 'ISO', true);
        PERFORM pg_catalog.set_config(moved_row_setting, ROW(OLD."id", OLD."bio")::pg_catalog.text, true);
        PERFORM pg_catalog.set_config('extra_float_digits', digits, true);
        PERFORM pg_catalog.set_config('DateStyle', style, true);
      END;
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."bio" INTO row_before;
    key_before := ROW((row_before."id")::integer)::pg_catalog.text;
    PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', pg_catalog.concat('down:', key_before), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_u_p_6b743fb1', '', true);
    UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text
      WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::integer;
    PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', outer_guard_key, true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_u_p_6b743fb1', outer_guard_key_before, true);
    RETURN NULL;
  END IF;

  ---- The row now, and the row before ----
  IF frozen_snapshot THEN
    PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- The snapshot still shows another client's row, which has left this key since: raises 40001.
      PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO row_now FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- deleted or moved again within the statement; that event is followed
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."bio" INTO row_before;
  ELSIF pg_catalog.current_setting(moved_key_setting, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key_setting, true), ROW(NEW."id")::pg_catalog.text) THEN
    row_before := pg_catalog.current_setting(moved_row_setting, true)::rubicon."u_p_6b743fb1_canonical";
    PERFORM pg_catalog.set_config(moved_key_setting, '', true);
    PERFORM pg_catalog.set_config(moved_row_setting, '', true);
  END IF;
  IF row_now."id" IS NULL THEN
    -- Written once more within the statement, with another key: only the old counterpart is cleared.
    PERFORM 1 FROM rubicon."u_p_6b743fb1_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) row_before."id";
    IF NOT FOUND THEN
      key_before := ROW((row_before."id")::integer)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', pg_catalog.concat('down:', key_before), true);
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', outer_guard_key, true);
    END IF;
    RETURN NULL;
  END IF;

  ---- A row that is new ----
  key_now := ROW((row_now."id")::integer)::pg_catalog.text;
  IF row_before."id" IS NULL THEN
    PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', pg_catalog.concat('down:', key_now), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_u_p_6b743fb1', '', true);
    UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
        "bio" = (row_now."bio")::pg_catalog.text
      WHERE t."id" OPERATOR(pg_catalog.=) (row_now."id")::integer
      RETURNING t.* INTO counterpart;
    IF NOT FOUND THEN
      DECLARE
        outer_guard_key_of_row pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_u_f7589cec', true), '');
        key_is_changing boolean := false;
      BEGIN
        counterpart."id" := (row_now."id")::integer;
        PERFORM pg_catalog.set_config('rubicon.guard_key_u_f7589cec', 'copy', true);
        INSERT INTO rubicon."u_f7589cec_legacy" AS t ("id", "name")
        SELECT (f."id")::integer, (f."name")::pg_catalog.text FROM rubicon."u_f7589cec_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) (counterpart."id")::integer
        ON CONFLICT ("id") DO NOTHING;
        PERFORM pg_catalog.set_config('rubicon.guard_key_u_f7589cec', outer_guard_key_of_row, true);
        UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
            "bio" = (row_now."bio")::pg_catalog.text
          WHERE t."id" OPERATOR(pg_catalog.=) (row_now."id")::integer
          RETURNING t.* INTO counterpart;
        IF NOT (FOUND OR key_is_changing) THEN
          RAISE EXCEPTION 'rubicon: % has no row of which this one in % could be a part', 'public.w', TG_TABLE_NAME
            USING ERRCODE = CASE WHEN frozen_snapshot THEN 'serialization_failure' ELSE 'foreign_key_violation' END,
                  HINT = 'insert that row first';
        END IF;
      END;
    END IF;

  ---- A row that has changed ----
  ELSE
    key_before := ROW((row_before."id")::integer)::pg_catalog.text;
    IF pg_catalog.texteq(key_before, key_now) AND NOT (
      ROW(row_before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."bio")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing changed that the other side holds
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', pg_catalog.concat('down:', key_now), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_u_p_6b743fb1', pg_catalog.concat('down:', key_before), true);
    IF pg_catalog.texteq(key_before, key_now) THEN
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
          "bio" = CASE WHEN ROW(row_before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."bio")::pg_catalog.record THEN (row_now."bio")::pg_catalog.text ELSE t."bio" END
        WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::integer
        RETURNING t.* INTO counterpart;
    ELSE
      -- The part moves from one larger row to another, and the trigger writes both. Or the larger row
      -- has got another key, and a foreign key has changed the part's: then it holds the part already.
      PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', pg_catalog.concat('down:', key_before), true);
      UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::integer;
      PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', pg_catalog.concat('down:', key_now), true);
      PERFORM 1 FROM rubicon."u_p_6b743fb1_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (row_now."id")::integer AND (rubicon."u_p_6b743fb1_rows"(t."bio") IS TRUE);
      IF FOUND THEN
        UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
            "bio" = CASE WHEN ROW(row_before."bio")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."bio")::pg_catalog.record THEN (row_now."bio")::pg_catalog.text ELSE t."bio" END
          WHERE t."id" OPERATOR(pg_catalog.=) (row_now."id")::integer
          RETURNING t.* INTO counterpart;
      ELSE
        UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
            "bio" = (row_now."bio")::pg_catalog.text
          WHERE t."id" OPERATOR(pg_catalog.=) (row_now."id")::integer
          RETURNING t.* INTO counterpart;
      END IF;
    END IF;
    IF NOT FOUND THEN
      DECLARE
        outer_guard_key_of_row pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_u_f7589cec', true), '');
        key_is_changing boolean := false;
      BEGIN
        counterpart."id" := (row_now."id")::integer;
        PERFORM pg_catalog.set_config('rubicon.guard_key_u_f7589cec', 'copy', true);
        INSERT INTO rubicon."u_f7589cec_legacy" AS t ("id", "name")
        SELECT (f."id")::integer, (f."name")::pg_catalog.text FROM rubicon."u_f7589cec_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) (counterpart."id")::integer
        ON CONFLICT ("id") DO NOTHING;
        PERFORM pg_catalog.set_config('rubicon.guard_key_u_f7589cec', outer_guard_key_of_row, true);
        UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET
            "bio" = (row_now."bio")::pg_catalog.text
          WHERE t."id" OPERATOR(pg_catalog.=) (row_now."id")::integer
          RETURNING t.* INTO counterpart;
        IF NOT (FOUND OR key_is_changing) THEN
          RAISE EXCEPTION 'rubicon: % has no row of which this one in % could be a part', 'public.w', TG_TABLE_NAME
            USING ERRCODE = CASE WHEN frozen_snapshot THEN 'serialization_failure' ELSE 'foreign_key_violation' END,
                  HINT = 'insert that row first';
        END IF;
      END;
    END IF;
  END IF;

  PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', outer_guard_key, true);
  PERFORM pg_catalog.set_config('rubicon.guard_key_before_u_p_6b743fb1', outer_guard_key_before, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."u_p_6b743fb1_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  outer_guard_key pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_u_p_6b743fb1', true), '');
BEGIN
  IF TG_RELID OPERATOR(pg_catalog.<>) CANONICAL::pg_catalog.oid THEN
RETURN NULL;  -- a partition that has been detached
  END IF;
  IF pg_catalog.texteq(outer_guard_key, 'copy') THEN
    RETURN NULL;  -- the engine itself
  END IF;
  -- If the other side has no storage, CASCADE has truncated it with this one, and it cannot be
  -- truncated again before that statement ends. The size on disk does not depend on a snapshot.
  IF NOT (pg_catalog.pg_relation_size(LEGACY::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', 'copy', true);
  IF pg_catalog.current_setting('transaction_isolation')
       OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
    RAISE EXCEPTION 'rubicon: TRUNCATE of % cannot be followed in a % transaction', TG_TABLE_NAME,
        pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'feature_not_supported',
            HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
  END IF;
  UPDATE rubicon."u_p_6b743fb1_legacy" AS t SET "bio" = (rubicon."u_p_6b743fb1_clear_0"())::pg_catalog.text WHERE (rubicon."u_p_6b743fb1_rows"(t."bio") IS TRUE);
  PERFORM pg_catalog.set_config('rubicon.guard_key_u_p_6b743fb1', outer_guard_key, true);
  RETURN NULL;
END
$rubicon$;

