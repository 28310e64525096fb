CREATE OR REPLACE FUNCTION rubicon.omitted(flags text, flag bigint, given anyelement)
  RETURNS anyelement LANGUAGE plpgsql VOLATILE AS $rubicon$
-- The default of a column calls this for each row of an INSERT that does not name the column. It
-- raises the column's flag in a setting, which the trigger reads and clears, and returns the
-- column's own default.
DECLARE
  up pg_catalog.text := pg_catalog.current_setting(flags, true);
  raised bigint := CASE WHEN pg_catalog.textne(up, '') THEN up::bigint ELSE 0 END;
  around pg_catalog.text;
  place pg_catalog.text;
BEGIN
  IF raised OPERATOR(pg_catalog.&) flag OPERATOR(pg_catalog.<>) 0 THEN
    -- It is up already, for another row: of this statement, or of another table that has copied the
    -- default and has no trigger that clears it.
    GET DIAGNOSTICS place = PG_CONTEXT;
    around := pg_catalog.current_setting(
      pg_catalog.replace(flags, 'rubicon.omitted_', 'rubicon.outer_'), true);
    IF pg_catalog.texteq(
         pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2),
         rubicon.calling_statement(place)) THEN
      PERFORM rubicon.refuse_row_in_row();
    END IF;
  END IF;
  PERFORM pg_catalog.set_config(flags, (raised OPERATOR(pg_catalog.|) flag)::pg_catalog.text, true);
  RETURN given;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.note_named() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE UPDATE OF a column, on rows that are not filled yet: notes in _rubicon that the statement
-- names the column. The last trigger reads it: a column set to NULL was NULL before, too. Below zero
-- are bits that the function of "!rubicon_0_given" has noted, all inverted.
BEGIN
  IF NEW._rubicon OPERATOR(pg_catalog.<) 0 THEN
    NEW._rubicon := NEW._rubicon OPERATOR(pg_catalog.&) OPERATOR(pg_catalog.~) TG_ARGV[0]::bigint;
  ELSE
    NEW._rubicon := coalesce(NEW._rubicon, 0) OPERATOR(pg_catalog.|) TG_ARGV[0]::bigint;
  END IF;
  RETURN NEW;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.ignore_copied_marker() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE UPDATE OF _rubicon, on rows that are not filled yet: a client that sets every column of the
-- row from another one. The other row's marker says nothing of this one.
BEGIN
  NEW._rubicon := NULL;
  RETURN NEW;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.calling_statement(context text) RETURNS text
  LANGUAGE sql IMMUTABLE
-- Which statement of which call a trigger runs in: PG_CONTEXT without the trigger's own line.
RETURN pg_catalog.md5(pg_catalog.substr(
  context,
  pg_catalog.strpos(pg_catalog.concat(context, pg_catalog.chr(10)), pg_catalog.chr(10))
    OPERATOR(pg_catalog.+) 1));

CREATE OR REPLACE FUNCTION rubicon.refuse_row_in_row() RETURNS void
  LANGUAGE plpgsql AS $rubicon$
-- While a statement computes a row, a WITH query of its own writes the same table: nothing tells
-- which of the rows leaves which columns to their defaults.
BEGIN
  RAISE EXCEPTION USING
    ERRCODE = 'feature_not_supported',
    MESSAGE = 'rubicon: one statement writes a table, and evaluates its defaults, while it computes '
              'a row for it',
    HINT = 'Use two statements, or read the WITH query in FROM and not in a subquery of the column '
           'list. DEFAULT in SET of a MERGE, and a table that copied the defaults (LIKE ... '
           'INCLUDING DEFAULTS), want a statement of their own, too.';
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.save_flags() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- BEFORE INSERT, once for each statement (a WITH query is part of it): no statement inherits flags
-- that rubicon.omitted() raised for another. Those of a statement around this one (a function in
-- its column list inserts here) are kept in a second setting, as "flags:place"
-- (an UPDATE's begin with u);
-- rubicon.restore_flags() brings them back. BEFORE UPDATE, too, while flags are up.
DECLARE
  flags pg_catalog.text := coalesce(pg_catalog.current_setting(TG_ARGV[0], true), '');
  around pg_catalog.text := coalesce(pg_catalog.current_setting(TG_ARGV[1], true), '');
  place pg_catalog.text;
BEGIN
  GET DIAGNOSTICS place = PG_CONTEXT;
  place := rubicon.calling_statement(place);
  IF pg_catalog.texteq(flags, '') THEN
    flags := '0';
  ELSE
    IF pg_catalog.texteq(pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2), place) THEN
      PERFORM rubicon.refuse_row_in_row();  -- a WITH query of the same statement
    END IF;
    PERFORM pg_catalog.set_config(TG_ARGV[0], '', true);
  END IF;
  PERFORM pg_catalog.set_config(
    TG_ARGV[1],
    pg_catalog.concat(
      CASE WHEN pg_catalog.texteq(TG_OP, 'UPDATE') THEN 'u' ELSE '' END,
      flags, ':', place, ' ', around),
    true);
  IF pg_catalog.texteq(TG_OP, 'INSERT')
     AND pg_catalog.textne(pg_catalog.current_setting(TG_ARGV[2], true), '') THEN
    PERFORM pg_catalog.set_config(TG_ARGV[2], '', true);  -- no row is on its way to a partition
  END IF;
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.restore_flags() RETURNS trigger
  LANGUAGE plpgsql AS $rubicon$
-- AFTER INSERT or UPDATE, once for each statement: the flags of the statement around this one count
-- again. An UPDATE that began while no flags were up has put nothing away.
DECLARE
  around pg_catalog.text := coalesce(pg_catalog.current_setting(TG_ARGV[1], true), '');
  flags pg_catalog.text := pg_catalog.split_part(around, ':', 1);
  place pg_catalog.text;
BEGIN
  IF pg_catalog.texteq(TG_OP, 'UPDATE') THEN
    GET DIAGNOSTICS place = PG_CONTEXT;
    IF NOT pg_catalog.starts_with(flags, 'u')
       OR pg_catalog.textne(
         pg_catalog.split_part(pg_catalog.split_part(around, ' ', 1), ':', 2),
         rubicon.calling_statement(place)) THEN
      RETURN NULL;
    END IF;
    flags := pg_catalog.substr(flags, 2);
  END IF;
  PERFORM pg_catalog.set_config(TG_ARGV[0], CASE WHEN pg_catalog.texteq(flags, '0') THEN '' ELSE flags END, true);
  PERFORM pg_catalog.set_config(
    TG_ARGV[1], pg_catalog.substr(around, pg_catalog.strpos(around, ' ') OPERATOR(pg_catalog.+) 1), true);
  RETURN NULL;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.forget_flags(flags text, outside text, context text)
  RETURNS void LANGUAGE plpgsql AS $rubicon$
-- Called for an updated row while flags are up: SET column = DEFAULT raised them, for no INSERT.
-- Where the UPDATE runs inside of the INSERT of another row (a function), they are that row's.
DECLARE
  place pg_catalog.text := pg_catalog.split_part(
    pg_catalog.split_part(pg_catalog.current_setting(outside, true), ' ', 1), ':', 2);
BEGIN
  IF place IS NULL OR pg_catalog.texteq(place, '')
     OR pg_catalog.texteq(place, rubicon.calling_statement(context)) THEN
    PERFORM pg_catalog.set_config(flags, '', true);
  END IF;
END
$rubicon$;

CREATE OR REPLACE FUNCTION rubicon.note_legacy_write(relation text, application_name text)
  RETURNS void LANGUAGE sql SECURITY DEFINER
-- A client still writes the legacy side after the cutover. SECURITY DEFINER: clients have no
-- privilege on the table, and need none. Called from a trigger only: whoever could call it by itself
-- could hold up contract.
BEGIN ATOMIC
  INSERT INTO rubicon.legacy_write (relation, application_name)
    SELECT note_legacy_write.relation, note_legacy_write.application_name
    WHERE pg_catalog.pg_trigger_depth() OPERATOR(pg_catalog.>) 0;
END;

CREATE OR REPLACE FUNCTION rubicon.defer_checks(relation pg_catalog.oid) RETURNS void
  LANGUAGE plpgsql AS $rubicon$
-- Of a relation's constraints, and of the foreign keys that point at it: the triggers on a relation are
-- indexed, the keys that point at it are not. By their names now: pg_constraint shows a transaction
-- with an older snapshot what they were. Not where the schema has a constraint of the same name that
-- is not deferrable: SET CONSTRAINTS would take that for an error.
DECLARE
  names pg_catalog.text;
BEGIN
  SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', a.object_names[1], a.object_names[3]), ', ')
    INTO names
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_constraint c ON c.oid OPERATOR(pg_catalog.=) t.tgconstraint,
         LATERAL pg_catalog.pg_identify_object_as_address('pg_catalog.pg_constraint'::pg_catalog.regclass, c.oid, 0) a
    WHERE t.tgrelid OPERATOR(pg_catalog.=) relation
      AND c.condeferrable
      AND c.contype OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
      AND a.object_names IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint s
                      WHERE s.conname OPERATOR(pg_catalog.=) c.conname
                        AND s.connamespace OPERATOR(pg_catalog.=) c.connamespace
                        AND NOT s.condeferrable);
  IF names IS NOT NULL THEN
    EXECUTE pg_catalog.format('SET CONSTRAINTS %s DEFERRED', names);
  END IF;
END
$rubicon$;

