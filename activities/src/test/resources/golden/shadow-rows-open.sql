CREATE OR REPLACE FUNCTION rubicon."b_7c197973_closed"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  RETURN NULL;  -- the copy is verified
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."b_7c197973_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  row_before  rubicon."b_7c197973_canonical"%ROWTYPE;  -- the row as it was
  row_now     rubicon."b_7c197973_canonical"%ROWTYPE;  -- the row as it is now
  counterpart rubicon."b_7c197973_legacy"%ROWTYPE;  -- the other side's row, as its own triggers left it
  outer_guard_key        pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_b_7c197973', true), '');
  outer_guard_key_before pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_before_b_7c197973', true), '');
  moved_key_setting      pg_catalog.text := 'rubicon.moved_key_b_7c197973_down';
  moved_row_setting      pg_catalog.text := 'rubicon.moved_row_b_7c197973_down';
  key_before      pg_catalog.text;  -- of the counterpart, as text
  key_now         pg_catalog.text;
  isolation       pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  frozen_snapshot boolean := pg_catalog.texteq(isolation, 'repeatable read')
                             OR pg_catalog.texteq(isolation, 'serializable');
  taken_along     pg_catalog.text;  -- what became of the counterpart's key
BEGIN
  IF TG_RELID OPERATOR(pg_catalog.<>) CANONICAL::pg_catalog.oid THEN
RAISE EXCEPTION 'rubicon: not a trigger for %', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A foreign key of this side carries on what the engine does here for a client of the other side,
  -- and the next one would go on from here: what does not point here any more lets go first.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text) THEN
    IF pg_catalog.starts_with(outer_guard_key, 'up:')
       OR pg_catalog.starts_with(coalesce(pg_catalog.current_setting('rubicon.guard_key_a_3a555261', true), ''), 'up:') THEN
      SELECT OLD."id", OLD."v", OLD."kind" INTO row_before;
      PERFORM rubicon."b_7c197973_let_go_of_up"(row_before);
      row_before := NULL;
    END IF;
  END IF;
  -- Another transition's trigger deletes this row, or changes its key, for a client of the other
  -- side. A foreign key there, from the counterpart to the client's row, decides what happens to the
  -- counterpart: acting first would delete rows in a statement that the foreign key forbids.
  IF pg_catalog.texteq(TG_OP, 'DELETE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(OLD."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_before_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(OLD."id")::pg_catalog.text)))
     OR pg_catalog.texteq(TG_OP, 'UPDATE') AND (pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(NEW."id")::pg_catalog.text)) OR pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_before_a_3a555261', true), ''), pg_catalog.concat('up:', ROW(NEW."id")::pg_catalog.text))) AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text) THEN
    PERFORM 1 FROM pg_catalog.pg_constraint c
      WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
        AND c.conrelid OPERATOR(pg_catalog.=) LEGACY::pg_catalog.oid
        AND c.confrelid OPERATOR(pg_catalog.=) ANY (ARRAY[WHOLE::pg_catalog.oid]);
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;

  ---- A row that is gone ----
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions, a DELETE and an INSERT: the row exists, and the INSERT is followed.
    PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key_setting, ROW(OLD."id")::pg_catalog.text, true);
      DECLARE
        digits pg_catalog.text := pg_catalog.current_setting('extra_float_digits');
        style  pg_catalog.text := pg_catalog.current_setting('DateStyle');
      BEGIN
        PERFORM pg_catalog.set_config('extra_float_digits', '1', true);
        PERFORM pg_catalog.set_config('DateStyle', 'ISO', true);
        PERFORM pg_catalog.set_config(moved_row_setting, ROW(OLD."id", OLD."v", OLD."kind")::pg_catalog.text, true);
        PERFORM pg_catalog.set_config('extra_float_digits', digits, true);
        PERFORM pg_catalog.set_config('DateStyle', style, true);
      END;
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."v", OLD."kind" INTO row_before;
    key_before := ROW((rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text)::pg_catalog.text;
    taken_along := pg_catalog.current_setting('rubicon.taken_along_b_7c197973_up', true);
    IF pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.>) 0 THEN
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.+) 32);
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, ':') OPERATOR(pg_catalog.+) 1,
        pg_catalog.split_part(taken_along, ':', 1)::pg_catalog.int4);
      counterpart."id" := (taken_along::pg_catalog.text[])[1];
      PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_before), true);
      PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', pg_catalog.concat('down:', ROW(counterpart."id")::pg_catalog.text), true);
      UPDATE rubicon."b_7c197973_legacy" AS t SET "id" = (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) counterpart."id"
          AND NOT EXISTS (SELECT FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(counterpart."id"))::pg_catalog.text)
          AND NOT EXISTS (SELECT FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text);
      counterpart := NULL;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_before), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', '', true);
    PERFORM rubicon."b_7c197973_let_go_of_down"(ROW(t.*)::rubicon."b_7c197973_legacy") FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
    DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
    IF NOT FOUND THEN
      PERFORM 1 FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
      IF FOUND THEN
        RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.b'
          USING ERRCODE = 'triggered_data_change_violation',
                HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
      END IF;
    END IF;
    IF NOT FOUND AND frozen_snapshot AND (rubicon."b_7c197973_canonical_rows"(row_before."kind") IS TRUE) THEN
      BEGIN
        INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
          VALUES ((rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text, (row_before."v")::integer) ON CONFLICT ("id") DO NOTHING;
        DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
      EXCEPTION WHEN unique_violation OR exclusion_violation OR foreign_key_violation THEN
        -- The key was free: the snapshot hides no counterpart. But another row has by now what this
        -- row had, or what it points at is gone.
        NULL;
      END;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', outer_guard_key, true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', outer_guard_key_before, true);
    RETURN NULL;
  END IF;

  ---- The row now, and the row before ----
  IF frozen_snapshot THEN
    PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- The snapshot still shows another client's row, which has left this key since: raises 40001.
      PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO row_now FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- deleted or moved again within the statement; that event is followed
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."v", OLD."kind" INTO row_before;
  ELSIF pg_catalog.current_setting(moved_key_setting, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key_setting, true), ROW(NEW."id")::pg_catalog.text) THEN
    row_before := pg_catalog.current_setting(moved_row_setting, true)::rubicon."b_7c197973_canonical";
    PERFORM pg_catalog.set_config(moved_key_setting, '', true);
    PERFORM pg_catalog.set_config(moved_row_setting, '', true);
  END IF;
  IF row_now."id" IS NULL THEN
    -- Written once more within the statement, with another key: only the old counterpart is cleared.
    PERFORM 1 FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) row_before."id";
    IF NOT FOUND THEN
      key_before := ROW((rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_before), true);
      PERFORM rubicon."b_7c197973_let_go_of_down"(ROW(t.*)::rubicon."b_7c197973_legacy") FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
      DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
      IF NOT FOUND THEN
        PERFORM 1 FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
        IF FOUND THEN
          RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.b'
            USING ERRCODE = 'triggered_data_change_violation',
                  HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
        END IF;
      END IF;
      PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', outer_guard_key, true);
    END IF;
    RETURN NULL;
  END IF;

  ---- A row that is new ----
  key_now := ROW((rubicon."b_7c197973_down_0"(row_now."id"))::pg_catalog.text)::pg_catalog.text;
  IF row_before."id" IS NULL THEN
    IF NOT (rubicon."b_7c197973_canonical_rows"(row_now."kind") IS TRUE) THEN
      RETURN NULL;  -- it has no counterpart
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_now), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', '', true);
    INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
      VALUES ((rubicon."b_7c197973_down_0"(row_now."id"))::pg_catalog.text, (row_now."v")::integer)
      RETURNING t.* INTO counterpart;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.b'
        USING ERRCODE = 'triggered_data_change_violation',
              HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
    END IF;

  ---- A row that has changed ----
  ELSE
    key_before := ROW((rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text)::pg_catalog.text;
    IF pg_catalog.texteq(key_before, key_now) AND NOT (
      ROW(row_before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."v")::pg_catalog.record
      OR (rubicon."b_7c197973_canonical_rows"(row_before."kind") IS TRUE) OPERATOR(pg_catalog.<>) (rubicon."b_7c197973_canonical_rows"(row_now."kind") IS TRUE)
      OR ROW(row_before."id")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."id")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing changed that the other side holds
    END IF;
    taken_along := pg_catalog.current_setting('rubicon.taken_along_b_7c197973_up', true);
    IF pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.>) 0 THEN
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.+) 32);
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, ':') OPERATOR(pg_catalog.+) 1,
        pg_catalog.split_part(taken_along, ':', 1)::pg_catalog.int4);
      counterpart."id" := (taken_along::pg_catalog.text[])[1];
      PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_before), true);
      PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', pg_catalog.concat('down:', ROW(counterpart."id")::pg_catalog.text), true);
      UPDATE rubicon."b_7c197973_legacy" AS t SET "id" = (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text
        WHERE t."id" OPERATOR(pg_catalog.=) counterpart."id"
          AND NOT EXISTS (SELECT FROM rubicon."b_7c197973_canonical" f WHERE f."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(counterpart."id"))::pg_catalog.text)
          AND NOT EXISTS (SELECT FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text);
      counterpart := NULL;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_now), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', pg_catalog.concat('down:', key_before), true);
    -- With its new values the row has no counterpart any more.
    IF (rubicon."b_7c197973_canonical_rows"(row_before."kind") IS TRUE) AND NOT (rubicon."b_7c197973_canonical_rows"(row_now."kind") IS TRUE) THEN
      PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_before), true);
      PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', pg_catalog.concat('down:', key_now), true);
      PERFORM rubicon."b_7c197973_let_go_of_down"(ROW(t.*)::rubicon."b_7c197973_legacy") FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
      DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
      IF NOT FOUND THEN
        PERFORM 1 FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
        IF FOUND THEN
          RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.b'
            USING ERRCODE = 'triggered_data_change_violation',
                  HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
        END IF;
      END IF;
      IF NOT FOUND AND frozen_snapshot AND (rubicon."b_7c197973_canonical_rows"(row_before."kind") IS TRUE) THEN
        BEGIN
          INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
            VALUES ((rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text, (row_before."v")::integer) ON CONFLICT ("id") DO NOTHING;
          DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
        EXCEPTION WHEN unique_violation OR exclusion_violation OR foreign_key_violation THEN
          -- The key was free: the snapshot hides no counterpart. But another row has by now what this
          -- row had, or what it points at is gone.
          NULL;
        END;
      END IF;
      PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', outer_guard_key, true);
      PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', outer_guard_key_before, true);
      RETURN NULL;
    END IF;
    IF pg_catalog.texteq(key_before, key_now) THEN
      UPDATE rubicon."b_7c197973_legacy" AS t SET
          "v" = CASE WHEN ROW(row_before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."v")::pg_catalog.record THEN (row_now."v")::integer ELSE t."v" END
        WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text
        RETURNING t.* INTO counterpart;
    ELSE
      PERFORM rubicon."b_7c197973_let_go_of_down"(ROW(t.*)::rubicon."b_7c197973_legacy") FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
      UPDATE rubicon."b_7c197973_legacy" AS t SET
          "id" = (rubicon."b_7c197973_down_0"(row_now."id"))::pg_catalog.text,
          "v" = CASE WHEN ROW(row_before."v")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."v")::pg_catalog.record THEN (row_now."v")::integer ELSE t."v" END
        WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text
        RETURNING t.* INTO counterpart;
    END IF;
    -- There is no counterpart: it is inserted, after a probe whether the snapshot only hides it.
    IF NOT FOUND AND (rubicon."b_7c197973_canonical_rows"(row_now."kind") IS TRUE) THEN
      -- A foreign key of this side has changed the row, because the engine carries out here what a
      -- client of the other side does (copy: a TRUNCATE). The same statement has deleted the
      -- counterpart, or given it another key, and that event is followed: inserted here, the row
      -- would come back. That event finds in the note what became of this row's key.
      IF (rubicon."b_7c197973_canonical_rows"(row_before."kind") IS TRUE) AND (pg_catalog.starts_with(outer_guard_key, 'up:')
          OR pg_catalog.textregexeq(coalesce(pg_catalog.current_setting('rubicon.guard_key_a_3a555261', true), ''), '^(copy$|up:)')) THEN
        IF pg_catalog.textne(ROW(row_before."id")::pg_catalog.text, ROW(row_now."id")::pg_catalog.text) THEN
          DECLARE
            digits pg_catalog.text := pg_catalog.current_setting('extra_float_digits');
            style  pg_catalog.text := pg_catalog.current_setting('DateStyle');
          BEGIN
            PERFORM pg_catalog.set_config('extra_float_digits', '1', true);
            PERFORM pg_catalog.set_config('DateStyle', 'ISO', true);
            taken_along := ARRAY[row_now."id"::pg_catalog.text]::pg_catalog.text;
            PERFORM pg_catalog.set_config('extra_float_digits', digits, true);
            PERFORM pg_catalog.set_config('DateStyle', style, true);
          END;
          PERFORM pg_catalog.set_config('rubicon.taken_along_b_7c197973_down', pg_catalog.concat(
            pg_catalog.md5(ROW(row_before."id")::pg_catalog.text), pg_catalog.length(taken_along), ':', taken_along,
            pg_catalog.current_setting('rubicon.taken_along_b_7c197973_down', true)), true);
        END IF;
        PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', outer_guard_key, true);
        PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', outer_guard_key_before, true);
        RETURN NULL;
      END IF;
      IF frozen_snapshot AND pg_catalog.textne(key_before, key_now) AND (rubicon."b_7c197973_canonical_rows"(row_before."kind") IS TRUE) THEN
        PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_before), true);
        BEGIN
          INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
            VALUES ((rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text, (row_before."v")::integer) ON CONFLICT ("id") DO NOTHING;
          DELETE FROM rubicon."b_7c197973_legacy" t WHERE t."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_down_0"(row_before."id"))::pg_catalog.text;
        EXCEPTION WHEN unique_violation OR exclusion_violation OR foreign_key_violation THEN
          -- The key was free: the snapshot hides no counterpart. But another row has by now what this
          -- row had, or what it points at is gone.
          NULL;
        END;
        PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', pg_catalog.concat('down:', key_now), true);
      END IF;
      INSERT INTO rubicon."b_7c197973_legacy" AS t ("id", "v")
        VALUES ((rubicon."b_7c197973_down_0"(row_now."id"))::pg_catalog.text, (row_now."v")::integer)
        ON CONFLICT ("id") DO UPDATE SET "v" = EXCLUDED."v"
        RETURNING t.* INTO counterpart;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.b'
          USING ERRCODE = 'triggered_data_change_violation',
                HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
      END IF;
    END IF;
  END IF;

  -- A key that is computed, or that a trigger of the other side has changed, must lead back to this
  -- row; otherwise it is the key of another row, which may exist.
  IF NOT (row_now."id" OPERATOR(pg_catalog.=) (rubicon."b_7c197973_up_0"(counterpart."id"))::pg_catalog.text) THEN
    RAISE EXCEPTION 'rubicon: a key in % does not come back from % as it is', TG_TABLE_NAME, 'public.b'
      USING ERRCODE = 'check_violation';
  END IF;
  PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', outer_guard_key, true);
  PERFORM pg_catalog.set_config('rubicon.guard_key_before_b_7c197973', outer_guard_key_before, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."b_7c197973_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  outer_guard_key pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_b_7c197973', true), '');
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
  PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', 'copy', true);
  -- Where a foreign key points at the other side it cannot be truncated alone, so it is emptied.
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
    BEGIN
      DELETE FROM rubicon."b_7c197973_legacy";
    EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
      DECLARE
        together pg_catalog.oid[] := ARRAY[LEGACY::pg_catalog.oid];
        pointing pg_catalog.oid[];
      BEGIN
        LOOP
          pointing := ARRAY(SELECT DISTINCT c.conrelid FROM pg_catalog.pg_constraint c
                            WHERE c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
                              AND c.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
                              AND c.confrelid OPERATOR(pg_catalog.=) ANY (together)
                              AND c.conrelid OPERATOR(pg_catalog.<>) ALL (together));
          EXIT WHEN pg_catalog.cardinality(pointing) OPERATOR(pg_catalog.=) 0;
          together := pg_catalog.array_cat(together, pointing);
        END LOOP;
        IF NOT (together OPERATOR(pg_catalog.<@) ARRAY[WHOLE::pg_catalog.oid, LEGACY::pg_catalog.oid])
           OR OTHER::pg_catalog.oid OPERATOR(pg_catalog.=) ANY (together) AND EXISTS (SELECT FROM rubicon."a_3a555261_canonical")
           OR LEGACY::pg_catalog.oid OPERATOR(pg_catalog.=) ANY (together) AND EXISTS (SELECT FROM rubicon."b_7c197973_canonical")
        THEN
          RAISE;
        END IF;
        PERFORM pg_catalog.set_config('rubicon.guard_key_a_3a555261', 'copy', true);
        PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', 'copy', true);
        EXECUTE (SELECT pg_catalog.concat('TRUNCATE ', pg_catalog.string_agg(t::pg_catalog.regclass::pg_catalog.text, ', ')) FROM pg_catalog.unnest(together) t);
        PERFORM pg_catalog.set_config('rubicon.guard_key_a_3a555261', '', true);
        PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', 'copy', true);
      END;
    END;
    -- A trigger that returns NULL, or a rule, has kept rows without an error.
    IF EXISTS (SELECT FROM rubicon."b_7c197973_legacy") THEN
      RAISE EXCEPTION 'rubicon: a trigger or a rule keeps rows that TRUNCATE of % takes on the other side', TG_TABLE_NAME
        USING ERRCODE = 'triggered_data_change_violation';
    END IF;
  ELSE
    BEGIN
      EXECUTE pg_catalog.format('TRUNCATE %s', LEGACY::pg_catalog.oid::pg_catalog.regclass);
    EXCEPTION WHEN feature_not_supported OR object_in_use THEN
      -- A foreign key that is younger than the snapshot, or that came while this waited for its lock;
      -- or checks of the other side still wait for COMMIT.
      IF pg_catalog.current_setting('transaction_isolation')
           OPERATOR(pg_catalog.=) ANY (ARRAY['repeatable read', 'serializable']) THEN
        RAISE EXCEPTION 'rubicon: TRUNCATE of % cannot be followed in a % transaction', TG_TABLE_NAME,
            pg_catalog.current_setting('transaction_isolation')
          USING ERRCODE = 'feature_not_supported',
                HINT = 'truncate in READ COMMITTED: rows that are younger than the snapshot are out of sight';
      END IF;
      DELETE FROM rubicon."b_7c197973_legacy";
      -- A trigger that returns NULL, or a rule, has kept rows without an error.
      IF EXISTS (SELECT FROM rubicon."b_7c197973_legacy") THEN
        RAISE EXCEPTION 'rubicon: a trigger or a rule keeps rows that TRUNCATE of % takes on the other side', TG_TABLE_NAME
          USING ERRCODE = 'triggered_data_change_violation';
      END IF;
    END;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.guard_key_b_7c197973', outer_guard_key, true);
  RETURN NULL;
END
$rubicon$;

