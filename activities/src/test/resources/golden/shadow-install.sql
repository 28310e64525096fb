CREATE VIEW rubicon."t_da01325d_legacy" AS SELECT "id", "name", "amount", "at" FROM "public"."t";

CREATE VIEW rubicon."t_da01325d_canonical" AS SELECT "id", "first", "amount", "at" FROM "public"."t_new";

CREATE FUNCTION rubicon."t_da01325d_up_1"("name" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (split_part(name, ' ', 1));

CREATE FUNCTION rubicon."t_da01325d_down_1"("first" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (first || ' ?');

CREATE FUNCTION rubicon."t_da01325d_let_go_up"(pointed_at anyelement, there pg_catalog.oid) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  key         record;
  outer_guard pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), '');
  those       pg_catalog.text;
  counterpart pg_catalog.text;  -- its key
BEGIN
  FOR key IN
    SELECT pg_catalog.string_agg(
             pg_catalog.format('($1).%I OPERATOR(%I.%s) t.%I', theirs.attname, n.nspname, o.oprname, ours.attname),
             ' AND ') AS points,
           pg_catalog.string_agg(pg_catalog.format('%I = %s', ours.attname, col.value), ', ') AS sets,
           pg_catalog.string_agg(col.differs, ' OR ') AS differs
    FROM pg_catalog.pg_constraint c
    CROSS JOIN LATERAL ROWS FROM (
      pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey), pg_catalog.unnest(c.conpfeqop)) AS k (ours, theirs, equal)
    JOIN pg_catalog.pg_attribute ours ON ours.attrelid OPERATOR(pg_catalog.=) c.conrelid AND ours.attnum OPERATOR(pg_catalog.=) k.ours
    JOIN pg_catalog.pg_attribute theirs ON theirs.attrelid OPERATOR(pg_catalog.=) c.confrelid AND theirs.attnum OPERATOR(pg_catalog.=) k.theirs
    JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) k.equal
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
    LEFT JOIN (VALUES ('first', '(rubicon."t_da01325d_up_1"(f."name"))::pg_catalog.text', 'ROW((rubicon."t_da01325d_down_1"(t."first"))::pg_catalog.text)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(f."name")::pg_catalog.record'),
      ('amount', '(f."amount")::numeric', 'ROW((t."amount")::numeric)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(f."amount")::pg_catalog.record'),
      ('at', '(f."at")::pg_catalog.date', 'ROW((t."at")::pg_catalog.date)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(f."at")::pg_catalog.record')) AS col (name, value, differs) ON pg_catalog.texteq(col.name, ours.attname::pg_catalog.text)
    WHERE c.conrelid OPERATOR(pg_catalog.=) CANONICAL::pg_catalog.oid
      AND c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
      AND c.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
      AND coalesce(pg_catalog.pg_partition_root(c.confrelid)::pg_catalog.oid, c.confrelid) OPERATOR(pg_catalog.=) there
    GROUP BY c.oid
    HAVING pg_catalog.count(col.name) OPERATOR(pg_catalog.>) 0
  LOOP
    those := pg_catalog.concat('f."id" OPERATOR(pg_catalog.=) (t."id")::integer AND true', ' AND ', key.points, ' AND (', key.differs, ')');
    FOR counterpart IN EXECUTE pg_catalog.concat(
      'SELECT ', 'ROW((f."id")::bigint)::pg_catalog.text', ' FROM rubicon."t_da01325d_canonical" t JOIN rubicon."t_da01325d_legacy" f ON ', those) USING pointed_at
    LOOP
      PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', counterpart), true);
      EXECUTE pg_catalog.concat(
        'UPDATE rubicon."t_da01325d_canonical" AS t SET ', key.sets, ' FROM rubicon."t_da01325d_legacy" f WHERE ', those,
        ' AND pg_catalog.texteq(', 'ROW((f."id")::bigint)::pg_catalog.text', ', $2)') USING pointed_at, counterpart;
    END LOOP;
    PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', outer_guard, true);
  END LOOP;
END
$rubicon$;

REVOKE EXECUTE ON FUNCTION rubicon."t_da01325d_let_go_up"(anyelement, pg_catalog.oid) FROM PUBLIC;

CREATE FUNCTION rubicon."t_da01325d_let_go_of_up"(pointed_at rubicon."t_da01325d_canonical") RETURNS void
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  let_go pg_catalog.text;
BEGIN
  FOR let_go IN
    SELECT DISTINCT pointing.let_go
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_constraint c ON c.oid OPERATOR(pg_catalog.=) d.objid
      JOIN (VALUES (CANONICAL::pg_catalog.oid, 'rubicon."t_da01325d_let_go_up"')) AS pointing (relation, let_go)
        ON pointing.relation OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_partition_root(c.conrelid)::pg_catalog.oid, c.conrelid)
      WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid OPERATOR(pg_catalog.=) CANONICAL::pg_catalog.oid
        AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::pg_catalog.regclass
        AND c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
        AND c.confrelid OPERATOR(pg_catalog.=) d.refobjid
        AND pg_catalog.to_regproc(pointing.let_go) IS NOT NULL
  LOOP
    EXECUTE pg_catalog.concat('SELECT ', let_go, '($1, $2)') USING pointed_at, CANONICAL::pg_catalog.oid;
  END LOOP;
END
$rubicon$;

REVOKE EXECUTE ON FUNCTION rubicon."t_da01325d_let_go_of_up"(rubicon."t_da01325d_canonical") FROM PUBLIC;

CREATE FUNCTION rubicon."t_da01325d_let_go_down"(pointed_at anyelement, there pg_catalog.oid) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  key         record;
  outer_guard pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), '');
  those       pg_catalog.text;
  counterpart pg_catalog.text;  -- its key
BEGIN
  FOR key IN
    SELECT pg_catalog.string_agg(
             pg_catalog.format('($1).%I OPERATOR(%I.%s) t.%I', theirs.attname, n.nspname, o.oprname, ours.attname),
             ' AND ') AS points,
           pg_catalog.string_agg(pg_catalog.format('%I = %s', ours.attname, col.value), ', ') AS sets,
           pg_catalog.string_agg(col.differs, ' OR ') AS differs
    FROM pg_catalog.pg_constraint c
    CROSS JOIN LATERAL ROWS FROM (
      pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey), pg_catalog.unnest(c.conpfeqop)) AS k (ours, theirs, equal)
    JOIN pg_catalog.pg_attribute ours ON ours.attrelid OPERATOR(pg_catalog.=) c.conrelid AND ours.attnum OPERATOR(pg_catalog.=) k.ours
    JOIN pg_catalog.pg_attribute theirs ON theirs.attrelid OPERATOR(pg_catalog.=) c.confrelid AND theirs.attnum OPERATOR(pg_catalog.=) k.theirs
    JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) k.equal
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
    LEFT JOIN (VALUES ('name', '(rubicon."t_da01325d_down_1"(f."first"))::pg_catalog.text', 'ROW((rubicon."t_da01325d_up_1"(t."name"))::pg_catalog.text)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(f."first")::pg_catalog.record'),
      ('amount', '(f."amount")::numeric', 'ROW((t."amount")::numeric)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(f."amount")::pg_catalog.record'),
      ('at', '(f."at")::pg_catalog.date', 'ROW((t."at")::pg_catalog.date)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(f."at")::pg_catalog.record')) AS col (name, value, differs) ON pg_catalog.texteq(col.name, ours.attname::pg_catalog.text)
    WHERE c.conrelid OPERATOR(pg_catalog.=) LEGACY::pg_catalog.oid
      AND c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
      AND c.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
      AND coalesce(pg_catalog.pg_partition_root(c.confrelid)::pg_catalog.oid, c.confrelid) OPERATOR(pg_catalog.=) there
    GROUP BY c.oid
    HAVING pg_catalog.count(col.name) OPERATOR(pg_catalog.>) 0
  LOOP
    those := pg_catalog.concat('f."id" OPERATOR(pg_catalog.=) (t."id")::bigint AND true', ' AND ', key.points, ' AND (', key.differs, ')');
    FOR counterpart IN EXECUTE pg_catalog.concat(
      'SELECT ', 'ROW((f."id")::integer)::pg_catalog.text', ' FROM rubicon."t_da01325d_legacy" t JOIN rubicon."t_da01325d_canonical" f ON ', those) USING pointed_at
    LOOP
      PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('down:', counterpart), true);
      EXECUTE pg_catalog.concat(
        'UPDATE rubicon."t_da01325d_legacy" AS t SET ', key.sets, ' FROM rubicon."t_da01325d_canonical" f WHERE ', those,
        ' AND pg_catalog.texteq(', 'ROW((f."id")::integer)::pg_catalog.text', ', $2)') USING pointed_at, counterpart;
    END LOOP;
    PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', outer_guard, true);
  END LOOP;
END
$rubicon$;

REVOKE EXECUTE ON FUNCTION rubicon."t_da01325d_let_go_down"(anyelement, pg_catalog.oid) FROM PUBLIC;

CREATE FUNCTION rubicon."t_da01325d_let_go_of_down"(pointed_at rubicon."t_da01325d_legacy") RETURNS void
  LANGUAGE plpgsql AS $rubicon$
DECLARE
  let_go pg_catalog.text;
BEGIN
  FOR let_go IN
    SELECT DISTINCT pointing.let_go
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_constraint c ON c.oid OPERATOR(pg_catalog.=) d.objid
      JOIN (VALUES (LEGACY::pg_catalog.oid, 'rubicon."t_da01325d_let_go_down"')) AS pointing (relation, let_go)
        ON pointing.relation OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_partition_root(c.conrelid)::pg_catalog.oid, c.conrelid)
      WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid OPERATOR(pg_catalog.=) LEGACY::pg_catalog.oid
        AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::pg_catalog.regclass
        AND c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
        AND c.confrelid OPERATOR(pg_catalog.=) d.refobjid
        AND pg_catalog.to_regproc(pointing.let_go) IS NOT NULL
  LOOP
    EXECUTE pg_catalog.concat('SELECT ', let_go, '($1, $2)') USING pointed_at, LEGACY::pg_catalog.oid;
  END LOOP;
END
$rubicon$;

REVOKE EXECUTE ON FUNCTION rubicon."t_da01325d_let_go_of_down"(rubicon."t_da01325d_legacy") FROM PUBLIC;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
#variable_conflict use_column
DECLARE
  row_before  rubicon."t_da01325d_legacy"%ROWTYPE;  -- the row as it was
  row_now     rubicon."t_da01325d_legacy"%ROWTYPE;  -- the row as it is now
  counterpart rubicon."t_da01325d_canonical"%ROWTYPE;  -- the other side's row, as its own triggers left it
  outer_guard_key        pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), '');
  outer_guard_key_before pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_before_t_da01325d', true), '');
  moved_key_setting      pg_catalog.text := 'rubicon.moved_key_t_da01325d_up';
  moved_row_setting      pg_catalog.text := 'rubicon.moved_row_t_da01325d_up';
  key_before      pg_catalog.text;  -- of the counterpart, as text
  key_now         pg_catalog.text;
  isolation       pg_catalog.text := pg_catalog.current_setting('transaction_isolation');
  frozen_snapshot boolean := pg_catalog.texteq(isolation, 'repeatable read')
                             OR pg_catalog.texteq(isolation, 'serializable');
  taken_along     pg_catalog.text;  -- what became of the counterpart's key
BEGIN
  IF TG_RELID OPERATOR(pg_catalog.<>) LEGACY::pg_catalog.oid THEN
RAISE EXCEPTION 'rubicon: not a trigger for %', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Notes for contract which applications still write legacy, once per session and minute.
  key_before := pg_catalog.concat(
    pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYY-MM-DD HH24:MI '),
    pg_catalog.current_setting('application_name'));
  IF NOT pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.noted_t_da01325d', true), ''), key_before)
  THEN
    PERFORM pg_catalog.set_config('rubicon.noted_t_da01325d', key_before, false);
    PERFORM rubicon.note_legacy_write('public.t', pg_catalog.current_setting('application_name'));
  END IF;
  -- A foreign key of this side carries on what the engine does here for a client of the other side,
  -- and the next one would go on from here: what does not point here any more lets go first.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') AND pg_catalog.textne(ROW(OLD."id")::pg_catalog.text, ROW(NEW."id")::pg_catalog.text) THEN
    IF pg_catalog.starts_with(outer_guard_key, 'down:') THEN
      SELECT OLD."id", OLD."name", OLD."amount", OLD."at" INTO row_before;
      PERFORM rubicon."t_da01325d_let_go_of_down"(row_before);
      row_before := NULL;
    END IF;
  END IF;

  ---- A row that is gone ----
  IF pg_catalog.texteq(TG_OP, 'DELETE') THEN
    -- A move between partitions, a DELETE and an INSERT: the row exists, and the INSERT is followed.
    PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) OLD."id";
    IF FOUND THEN
      PERFORM pg_catalog.set_config(moved_key_setting, ROW(OLD."id")::pg_catalog.text, true);
      DECLARE
        digits pg_catalog.text := pg_catalog.current_setting('extra_float_digits');
        style  pg_catalog.text := pg_catalog.current_setting('DateStyle');
      BEGIN
        PERFORM pg_catalog.set_config('extra_float_digits', '1', true);
        PERFORM pg_catalog.set_config('DateStyle', 'ISO', true);
        PERFORM pg_catalog.set_config(moved_row_setting, ROW(OLD."id", OLD."name", OLD."amount", OLD."at")::pg_catalog.text, true);
        PERFORM pg_catalog.set_config('extra_float_digits', digits, true);
        PERFORM pg_catalog.set_config('DateStyle', style, true);
      END;
      RETURN NULL;
    END IF;
    SELECT OLD."id", OLD."name", OLD."amount", OLD."at" INTO row_before;
    key_before := ROW((row_before."id")::bigint)::pg_catalog.text;
    taken_along := pg_catalog.current_setting('rubicon.taken_along_t_da01325d_down', true);
    IF pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.>) 0 THEN
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.+) 32);
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, ':') OPERATOR(pg_catalog.+) 1,
        pg_catalog.split_part(taken_along, ':', 1)::pg_catalog.int4);
      counterpart."id" := (taken_along::pg_catalog.text[])[1];
      PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_before), true);
      PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', pg_catalog.concat('up:', ROW(counterpart."id")::pg_catalog.text), true);
      UPDATE rubicon."t_da01325d_canonical" AS t SET "id" = (row_before."id")::bigint
        WHERE t."id" OPERATOR(pg_catalog.=) counterpart."id"
          AND NOT EXISTS (SELECT FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) (counterpart."id")::integer)
          AND NOT EXISTS (SELECT FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint);
      counterpart := NULL;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_before), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', '', true);
    PERFORM rubicon."t_da01325d_let_go_of_up"(ROW(t.*)::rubicon."t_da01325d_canonical") FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
    DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
    IF NOT FOUND THEN
      PERFORM 1 FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
      IF FOUND THEN
        RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.t_new'
          USING ERRCODE = 'triggered_data_change_violation',
                HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
      END IF;
    END IF;
    IF NOT FOUND AND frozen_snapshot THEN
      BEGIN
        INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
          VALUES ((row_before."id")::bigint, (rubicon."t_da01325d_up_1"(row_before."name"))::pg_catalog.text, (row_before."amount")::numeric, (row_before."at")::pg_catalog.date) ON CONFLICT ("id") DO NOTHING;
        DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
      EXCEPTION WHEN unique_violation OR exclusion_violation OR foreign_key_violation THEN
        -- The key was free: the snapshot hides no counterpart. But another row has by now what this
        -- row had, or what it points at is gone.
        NULL;
      END;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', outer_guard_key, true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', outer_guard_key_before, true);
    RETURN NULL;
  END IF;

  ---- The row now, and the row before ----
  IF frozen_snapshot THEN
    PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" OFFSET 1;
    IF FOUND THEN
      -- The snapshot still shows another client's row, which has left this key since: raises 40001.
      PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id" FOR KEY SHARE;
    END IF;
  END IF;
  SELECT f.* INTO row_now FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) NEW."id";
  IF NOT FOUND AND pg_catalog.texteq(TG_OP, 'INSERT') THEN
    RETURN NULL;  -- deleted or moved again within the statement; that event is followed
  END IF;
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    SELECT OLD."id", OLD."name", OLD."amount", OLD."at" INTO row_before;
  ELSIF pg_catalog.current_setting(moved_key_setting, true) IS NOT NULL
        AND pg_catalog.texteq(pg_catalog.current_setting(moved_key_setting, true), ROW(NEW."id")::pg_catalog.text) THEN
    row_before := pg_catalog.current_setting(moved_row_setting, true)::rubicon."t_da01325d_legacy";
    PERFORM pg_catalog.set_config(moved_key_setting, '', true);
    PERFORM pg_catalog.set_config(moved_row_setting, '', true);
  END IF;
  IF row_now."id" IS NULL THEN
    -- Written once more within the statement, with another key: only the old counterpart is cleared.
    PERFORM 1 FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) row_before."id";
    IF NOT FOUND THEN
      key_before := ROW((row_before."id")::bigint)::pg_catalog.text;
      PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_before), true);
      PERFORM rubicon."t_da01325d_let_go_of_up"(ROW(t.*)::rubicon."t_da01325d_canonical") FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
      DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
      IF NOT FOUND THEN
        PERFORM 1 FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
        IF FOUND THEN
          RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.t_new'
            USING ERRCODE = 'triggered_data_change_violation',
                  HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
        END IF;
      END IF;
      PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', outer_guard_key, true);
    END IF;
    RETURN NULL;
  END IF;

  ---- A row that is new ----
  key_now := ROW((row_now."id")::bigint)::pg_catalog.text;
  IF row_before."id" IS NULL THEN
    PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_now), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', '', true);
    INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
      VALUES ((row_now."id")::bigint, (rubicon."t_da01325d_up_1"(row_now."name"))::pg_catalog.text, (row_now."amount")::numeric, (row_now."at")::pg_catalog.date)
      ON CONFLICT ("id") DO UPDATE SET "first" = EXCLUDED."first", "amount" = EXCLUDED."amount", "at" = EXCLUDED."at"
      RETURNING t.* INTO counterpart;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.t_new'
        USING ERRCODE = 'triggered_data_change_violation',
              HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
    END IF;

  ---- A row that has changed ----
  ELSE
    key_before := ROW((row_before."id")::bigint)::pg_catalog.text;
    IF pg_catalog.texteq(key_before, key_now) AND NOT (
      ROW(row_before."name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."name")::pg_catalog.record
      OR ROW(row_before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."amount")::pg_catalog.record
      OR ROW(row_before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."at")::pg_catalog.record) THEN
      RETURN NULL;  -- nothing changed that the other side holds
    END IF;
    taken_along := pg_catalog.current_setting('rubicon.taken_along_t_da01325d_down', true);
    IF pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.>) 0 THEN
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, pg_catalog.md5(key_before)) OPERATOR(pg_catalog.+) 32);
      taken_along := pg_catalog.substr(taken_along, pg_catalog.strpos(taken_along, ':') OPERATOR(pg_catalog.+) 1,
        pg_catalog.split_part(taken_along, ':', 1)::pg_catalog.int4);
      counterpart."id" := (taken_along::pg_catalog.text[])[1];
      PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_before), true);
      PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', pg_catalog.concat('up:', ROW(counterpart."id")::pg_catalog.text), true);
      UPDATE rubicon."t_da01325d_canonical" AS t SET "id" = (row_before."id")::bigint
        WHERE t."id" OPERATOR(pg_catalog.=) counterpart."id"
          AND NOT EXISTS (SELECT FROM rubicon."t_da01325d_legacy" f WHERE f."id" OPERATOR(pg_catalog.=) (counterpart."id")::integer)
          AND NOT EXISTS (SELECT FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint);
      counterpart := NULL;
    END IF;
    PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_now), true);
    PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', pg_catalog.concat('up:', key_before), true);
    IF pg_catalog.texteq(key_before, key_now) THEN
      UPDATE rubicon."t_da01325d_canonical" AS t SET
          "first" = CASE WHEN ROW(row_before."name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."name")::pg_catalog.record THEN (rubicon."t_da01325d_up_1"(row_now."name"))::pg_catalog.text ELSE t."first" END,
          "amount" = CASE WHEN ROW(row_before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."amount")::pg_catalog.record THEN (row_now."amount")::numeric ELSE t."amount" END,
          "at" = CASE WHEN ROW(row_before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."at")::pg_catalog.record THEN (row_now."at")::pg_catalog.date ELSE t."at" END
        WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint
        RETURNING t.* INTO counterpart;
    ELSE
      PERFORM rubicon."t_da01325d_let_go_of_up"(ROW(t.*)::rubicon."t_da01325d_canonical") FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
      UPDATE rubicon."t_da01325d_canonical" AS t SET
          "id" = (row_now."id")::bigint,
          "first" = CASE WHEN ROW(row_before."name")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."name")::pg_catalog.record THEN (rubicon."t_da01325d_up_1"(row_now."name"))::pg_catalog.text ELSE t."first" END,
          "amount" = CASE WHEN ROW(row_before."amount")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."amount")::pg_catalog.record THEN (row_now."amount")::numeric ELSE t."amount" END,
          "at" = CASE WHEN ROW(row_before."at")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(row_now."at")::pg_catalog.record THEN (row_now."at")::pg_catalog.date ELSE t."at" END
        WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint
        RETURNING t.* INTO counterpart;
    END IF;
    -- There is no counterpart: it is inserted, after a probe whether the snapshot only hides it.
    IF NOT FOUND THEN
      -- A foreign key of this side has changed the row, because the engine carries out here what a
      -- client of the other side does (copy: a TRUNCATE). The same statement has deleted the
      -- counterpart, or given it another key, and that event is followed: inserted here, the row
      -- would come back. That event finds in the note what became of this row's key.
      IF (pg_catalog.starts_with(outer_guard_key, 'down:')) THEN
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
          PERFORM pg_catalog.set_config('rubicon.taken_along_t_da01325d_up', pg_catalog.concat(
            pg_catalog.md5(ROW(row_before."id")::pg_catalog.text), pg_catalog.length(taken_along), ':', taken_along,
            pg_catalog.current_setting('rubicon.taken_along_t_da01325d_up', true)), true);
        END IF;
        PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', outer_guard_key, true);
        PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', outer_guard_key_before, true);
        RETURN NULL;
      END IF;
      IF frozen_snapshot AND pg_catalog.textne(key_before, key_now) THEN
        PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_before), true);
        BEGIN
          INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
            VALUES ((row_before."id")::bigint, (rubicon."t_da01325d_up_1"(row_before."name"))::pg_catalog.text, (row_before."amount")::numeric, (row_before."at")::pg_catalog.date) ON CONFLICT ("id") DO NOTHING;
          DELETE FROM rubicon."t_da01325d_canonical" t WHERE t."id" OPERATOR(pg_catalog.=) (row_before."id")::bigint;
        EXCEPTION WHEN unique_violation OR exclusion_violation OR foreign_key_violation THEN
          -- The key was free: the snapshot hides no counterpart. But another row has by now what this
          -- row had, or what it points at is gone.
          NULL;
        END;
        PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', pg_catalog.concat('up:', key_now), true);
      END IF;
      INSERT INTO rubicon."t_da01325d_canonical" AS t ("id", "first", "amount", "at") OVERRIDING SYSTEM VALUE
        VALUES ((row_now."id")::bigint, (rubicon."t_da01325d_up_1"(row_now."name"))::pg_catalog.text, (row_now."amount")::numeric, (row_now."at")::pg_catalog.date)
        ON CONFLICT ("id") DO UPDATE SET "first" = EXCLUDED."first", "amount" = EXCLUDED."amount", "at" = EXCLUDED."at"
        RETURNING t.* INTO counterpart;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'rubicon: a trigger or a rule of % does not let a row follow the other side', 'public.t_new'
          USING ERRCODE = 'triggered_data_change_violation',
                HINT = pg_catalog.concat('a trigger may not return NULL for what ', CURRENT_USER, ' writes, nor a rule take its place');
      END IF;
    END IF;
  END IF;

  PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', outer_guard_key, true);
  PERFORM pg_catalog.set_config('rubicon.guard_key_before_t_da01325d', outer_guard_key_before, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- The engine carries a TRUNCATE of legacy out on canonical.
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  -- The engine deletes or changes another row, of this relation or of another, for a client of
  -- legacy, and a foreign key that is on canonical already cascades to this one.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    IF pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), '') THEN
      RETURN NULL;
    END IF;
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_truncate_up"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
DECLARE
  outer_guard_key pg_catalog.text := coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), '');
BEGIN
  IF TG_RELID OPERATOR(pg_catalog.<>) LEGACY::pg_catalog.oid THEN
RETURN NULL;  -- a partition that has been detached
  END IF;
  IF pg_catalog.texteq(outer_guard_key, 'copy') THEN
    RETURN NULL;  -- the engine itself
  END IF;
  -- If the other side has no storage, CASCADE has truncated it with this one, and it cannot be
  -- truncated again before that statement ends. The size on disk does not depend on a snapshot.
  IF NOT (pg_catalog.pg_relation_size(CANONICAL::pg_catalog.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', 'copy', true);
  -- Where a foreign key points at the other side it cannot be truncated alone, so it is emptied.
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
    BEGIN
      DELETE FROM rubicon."t_da01325d_canonical";
    EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
      DECLARE
        together pg_catalog.oid[] := ARRAY[CANONICAL::pg_catalog.oid];
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
        IF NOT (together OPERATOR(pg_catalog.<@) ARRAY[CANONICAL::pg_catalog.oid])
           OR CANONICAL::pg_catalog.oid OPERATOR(pg_catalog.=) ANY (together) AND EXISTS (SELECT FROM rubicon."t_da01325d_legacy")
        THEN
          RAISE;
        END IF;
        PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', 'copy', true);
        EXECUTE (SELECT pg_catalog.concat('TRUNCATE ', pg_catalog.string_agg(t::pg_catalog.regclass::pg_catalog.text, ', ')) FROM pg_catalog.unnest(together) t);
        PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', 'copy', true);
      END;
    END;
    -- A trigger that returns NULL, or a rule, has kept rows without an error.
    IF EXISTS (SELECT FROM rubicon."t_da01325d_canonical") THEN
      RAISE EXCEPTION 'rubicon: a trigger or a rule keeps rows that TRUNCATE of % takes on the other side', TG_TABLE_NAME
        USING ERRCODE = 'triggered_data_change_violation';
    END IF;
  ELSE
    BEGIN
      EXECUTE pg_catalog.format('TRUNCATE %s', CANONICAL::pg_catalog.oid::pg_catalog.regclass);
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
      DELETE FROM rubicon."t_da01325d_canonical";
      -- A trigger that returns NULL, or a rule, has kept rows without an error.
      IF EXISTS (SELECT FROM rubicon."t_da01325d_canonical") THEN
        RAISE EXCEPTION 'rubicon: a trigger or a rule keeps rows that TRUNCATE of % takes on the other side', TG_TABLE_NAME
          USING ERRCODE = 'triggered_data_change_violation';
      END IF;
    END;
  END IF;
  PERFORM pg_catalog.set_config('rubicon.guard_key_t_da01325d', outer_guard_key, true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_closed"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- The engine carries a TRUNCATE of legacy out on canonical.
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  -- The engine deletes or changes another row, of this relation or of another, for a client of
  -- legacy, and a foreign key that is on canonical already cascades to this one.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    IF pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), '') THEN
      RETURN NULL;
    END IF;
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon."t_da01325d_truncate_down"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
  -- The engine carries a TRUNCATE of legacy out on canonical.
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
  -- The engine deletes or changes another row, of this relation or of another, for a client of
  -- legacy, and a foreign key that is on canonical already cascades to this one.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    IF pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), '') THEN
      RETURN NULL;
    END IF;
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
END
$rubicon$;

CREATE FUNCTION rubicon."t_da01325d_next_number"() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN pg_catalog.nextval(SEQUENCE::pg_catalog.oid::pg_catalog.regclass);

GRANT EXECUTE ON FUNCTION rubicon."t_da01325d_next_number"() TO PUBLIC;

ALTER TABLE "public"."t_new" ALTER COLUMN "id" DROP IDENTITY;

ALTER TABLE "public"."t_new" ALTER COLUMN "id" SET DEFAULT rubicon."t_da01325d_next_number"();

CREATE TRIGGER "!rubicon_rows" AFTER INSERT OR UPDATE ON "public"."t"
  FOR EACH ROW WHEN (pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), 'copy') AND pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), pg_catalog.textcat('down:', ROW(NEW."id")::pg_catalog.text))) EXECUTE FUNCTION rubicon."t_da01325d_up"();

CREATE TRIGGER "!rubicon_deletes" AFTER DELETE ON "public"."t"
  FOR EACH ROW WHEN (pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), 'copy') AND pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), pg_catalog.textcat('down:', ROW(OLD."id")::pg_catalog.text)) AND pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_before_t_da01325d', true), ''), pg_catalog.textcat('down:', ROW(OLD."id")::pg_catalog.text))) EXECUTE FUNCTION rubicon."t_da01325d_up"();

ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "!rubicon_rows";

ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "!rubicon_deletes";

CREATE TRIGGER "!rubicon_truncates" AFTER TRUNCATE ON "public"."t"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."t_da01325d_truncate_up"();

ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "!rubicon_truncates";

CREATE TRIGGER "!rubicon_rows" AFTER INSERT OR UPDATE ON "public"."t_new"
  FOR EACH ROW WHEN (pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), 'copy') AND pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), pg_catalog.textcat('up:', ROW(NEW."id")::pg_catalog.text))) EXECUTE FUNCTION rubicon."t_da01325d_down"();

CREATE TRIGGER "!rubicon_deletes" AFTER DELETE ON "public"."t_new"
  FOR EACH ROW WHEN (pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), 'copy') AND pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), pg_catalog.textcat('up:', ROW(OLD."id")::pg_catalog.text)) AND pg_catalog.textne(coalesce(pg_catalog.current_setting('rubicon.guard_key_before_t_da01325d', true), ''), pg_catalog.textcat('up:', ROW(OLD."id")::pg_catalog.text))) EXECUTE FUNCTION rubicon."t_da01325d_down"();

ALTER TABLE "public"."t_new" ENABLE ALWAYS TRIGGER "!rubicon_rows";

ALTER TABLE "public"."t_new" ENABLE ALWAYS TRIGGER "!rubicon_deletes";

CREATE TRIGGER "!rubicon_truncates" AFTER TRUNCATE ON "public"."t_new"
  FOR EACH STATEMENT EXECUTE FUNCTION rubicon."t_da01325d_truncate_down"();

ALTER TABLE "public"."t_new" ENABLE ALWAYS TRIGGER "!rubicon_truncates";

CREATE TRIGGER "!rubicon_closed" BEFORE UPDATE OR DELETE ON "public"."t_new"
  FOR EACH STATEMENT WHEN (pg_catalog.int4eq(pg_catalog.pg_trigger_depth(), 0) AND pg_catalog.texteq(coalesce(pg_catalog.current_setting('rubicon.guard_key_t_da01325d', true), ''), '')) EXECUTE FUNCTION rubicon."t_da01325d_closed"();

ALTER TABLE "public"."t_new" ENABLE ALWAYS TRIGGER "!rubicon_closed";

