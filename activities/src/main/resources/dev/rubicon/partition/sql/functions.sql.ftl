-- Partitions of ${relation}: one for each ${unit}. Plain SQL of the owner's: nothing here needs Rubicon.

CREATE ${replace}FUNCTION ${ensure}(at timestamptz DEFAULT now(), ahead interval DEFAULT ${ahead})
RETURNS SETOF text
LANGUAGE plpgsql
SET lock_timeout = '500ms'
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO, YMD'
SET "IntervalStyle" = 'postgres'
AS $partitions$
-- Makes the partitions that are missing from the ${unit} of "at" until "ahead" later, and returns their names.
-- A second call makes none. A lock that cannot be had within 500 ms ends it (55P03), and nothing has changed: call again.
#variable_conflict use_variable
DECLARE
  relation CONSTANT regclass := to_regclass(${relationText});
  unit CONSTANT text := '${unit}';
  step CONSTANT interval := '${step}';
  parent record;
  sibling record;
  -- Times are instants of the zone for timestamptz; for date and timestamp, which know none, what they say is read as UTC.
  zone text;
  lowers timestamptz[];
  uppers timestamptz[];
  t timestamptz;
  following timestamptz;
  until timestamptz;
  beyond timestamptz;
  beginning timestamp;
  suffix text;
  made text;
  bounds text[];
  rows bigint;
  pages bigint;
  guard text;
  option text;
BEGIN
  IF relation IS NULL THEN
    RAISE EXCEPTION '% is not there', ${relationText} USING ERRCODE = 'undefined_table';
  END IF;
  SELECT n.nspname AS schema, c.relname AS name, c.relowner AS owner, p.partdefid AS fallback,
         a.attname AS key, a.atttypid AS type
    INTO parent
    FROM pg_partitioned_table p
    JOIN pg_class c ON c.oid = p.partrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = relation AND p.partstrat = 'r' AND p.partnatts = 1
     AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype);
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not partitioned by RANGE of one date, timestamp or timestamptz column', relation
      USING ERRCODE = 'wrong_object_type';
  END IF;
  IF at IS NULL OR NOT isfinite(at) OR ahead IS NULL OR ahead < interval '0' THEN
    RAISE EXCEPTION 'at must be a time, and ahead an interval that is not negative'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Two callers at a time: the second one sees what the first has made.
  EXECUTE format('LOCK TABLE ONLY %I.%I IN SHARE UPDATE EXCLUSIVE MODE', parent.schema, parent.name);

  zone := CASE WHEN parent.type = 'timestamptz'::regtype THEN ${zone} ELSE 'UTC' END;
  SELECT coalesce(array_agg(lower), '{}'), coalesce(array_agg(upper), '{}')
    INTO lowers, uppers
    FROM (SELECT CASE WHEN b[1] = 'MINVALUE' THEN '-infinity' ELSE trim(BOTH '''' FROM b[1]) END::timestamptz AS lower,
                 CASE WHEN b[2] = 'MAXVALUE' THEN 'infinity' ELSE trim(BOTH '''' FROM b[2]) END::timestamptz AS upper
            FROM pg_inherits i
            JOIN pg_class c ON c.oid = i.inhrelid
           CROSS JOIN regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \((.*)\) TO \((.*)\)$') AS b
           WHERE i.inhparent = relation AND NOT i.inhdetachpending AND b IS NOT NULL) AS existing;
  -- What a partition has that its parent cannot have is taken from the newest one.
  SELECT c.oid, c.reloptions AS options, t.reloptions AS toast, c.relreplident AS identity, s.spcname AS tablespace
    INTO sibling
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r' AND c.oid <> parent.fallback
    LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
   WHERE i.inhparent = relation
   ORDER BY c.oid DESC LIMIT 1;

  beginning := date_trunc(unit, at AT TIME ZONE ${zone});
  t := beginning AT TIME ZONE zone;
  until := ((at AT TIME ZONE ${zone}) + ahead) AT TIME ZONE zone;
  WHILE t <= until LOOP
    SELECT max(upper) INTO following FROM unnest(lowers, uppers) AS b(lower, upper) WHERE lower <= t AND t < upper;
    IF following IS NOT NULL THEN
      EXIT WHEN following = 'infinity';
      t := following;
      CONTINUE;
    END IF;
    beginning := date_trunc(unit, t AT TIME ZONE zone);
    following := (beginning + step) AT TIME ZONE zone;
    -- Where a partition of other bounds begins earlier, this one ends there.
    SELECT min(lower) INTO beyond FROM unnest(lowers) AS b(lower) WHERE lower > t;
    following := least(following, beyond);
    suffix := to_char(t AT TIME ZONE zone, CASE WHEN beginning AT TIME ZONE zone = t THEN ${suffix} ELSE '"_"YYYY_MM_DD"t"HH24MISS' END);
    made := parent.name || suffix;
    IF to_regclass(format('%I.%I', parent.schema, made)) IS NOT NULL THEN
      RAISE EXCEPTION '%.% is there already, and is no partition of % for this time', parent.schema, made, relation
        USING ERRCODE = 'duplicate_table', HINT = 'Attach it, rename it, or drop it.';
    END IF;
    bounds := CASE parent.type
      WHEN 'timestamptz'::regtype THEN ARRAY[t::text, following::text]
      WHEN 'timestamp'::regtype THEN ARRAY[(t AT TIME ZONE 'UTC')::text, (following AT TIME ZONE 'UTC')::text]
      ELSE ARRAY[(t AT TIME ZONE 'UTC')::date::text, (following AT TIME ZONE 'UTC')::date::text] END;

    guard := 'not_in' || suffix;
    IF parent.fallback <> 0 THEN
      EXECUTE format('SELECT count(*) FROM (SELECT FROM %s WHERE %I >= %L AND %I < %L LIMIT 1000) AS r',
                     parent.fallback::regclass, parent.key, bounds[1], parent.key, bounds[2]) INTO rows;
      IF rows > 0 THEN
        RAISE EXCEPTION '% has % rows from % to %, which belong into the new partition %',
            parent.fallback::regclass, CASE WHEN rows < 1000 THEN rows::text ELSE 'at least 1000' END, bounds[1], bounds[2], made
          USING ERRCODE = 'check_violation',
            HINT = format('Nothing was changed. In one transaction: CREATE TABLE %1$I.%2$I (LIKE %1$I.%3$I INCLUDING ALL EXCLUDING IDENTITY); '
                          'move the rows there; ALTER TABLE %1$I.%3$I ATTACH PARTITION %1$I.%2$I FOR VALUES FROM (%4$L) TO (%5$L).',
                          parent.schema, made, parent.name, bounds[1], bounds[2]);
      END IF;
      -- ATTACH reads the DEFAULT partition under an exclusive lock, unless a constraint says that it need not.
      SELECT coalesce(sum(pg_relation_size(relid)), 0) INTO pages FROM pg_partition_tree(parent.fallback);
      IF pages > 67108864 AND NOT EXISTS (
          SELECT FROM pg_constraint WHERE conrelid = parent.fallback AND conname = guard AND contype = 'c' AND convalidated) THEN
        RAISE EXCEPTION '% is too large to be read under an exclusive lock: % bytes', parent.fallback::regclass, pages
          USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('First: ALTER TABLE %1$s ADD CONSTRAINT %2$I CHECK (%3$I IS NOT NULL AND NOT (%3$I >= %4$L AND %3$I < %5$L)) NOT VALID; '
                          'then, by itself: ALTER TABLE %1$s VALIDATE CONSTRAINT %2$I; then call this again.',
                          parent.fallback::regclass, guard, parent.key, bounds[1], bounds[2]);
      END IF;
    END IF;

    EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING ALL EXCLUDING IDENTITY)', parent.schema, made, parent.schema, parent.name)
      || coalesce(' TABLESPACE ' || quote_ident(sibling.tablespace), '');
    FOREACH option IN ARRAY coalesce(sibling.options, '{}') LOOP
      EXECUTE format('ALTER TABLE %I.%I SET (%I = %L)', parent.schema, made, split_part(option, '=', 1),
                     substr(option, strpos(option, '=') + 1));
    END LOOP;
    FOREACH option IN ARRAY coalesce(sibling.toast, '{}') LOOP
      EXECUTE format('ALTER TABLE %I.%I SET (toast.%I = %L)', parent.schema, made, split_part(option, '=', 1),
                     substr(option, strpos(option, '=') + 1));
    END LOOP;
    IF parent.owner <> (SELECT oid FROM pg_roles WHERE rolname = current_user) THEN
      EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', parent.schema, made, pg_get_userbyid(parent.owner));
    END IF;
    EXECUTE format('ALTER TABLE %I.%I ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)',
                   parent.schema, parent.name, parent.schema, made, bounds[1], bounds[2]);
    IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = parent.fallback AND conname = guard AND contype = 'c') THEN
      EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', parent.fallback::regclass, guard);
    END IF;
    IF sibling.identity = 'f' THEN
      EXECUTE format('ALTER TABLE %I.%I REPLICA IDENTITY FULL', parent.schema, made);
    ELSIF sibling.identity = 'n' THEN
      EXECUTE format('ALTER TABLE %I.%I REPLICA IDENTITY NOTHING', parent.schema, made);
    ELSIF sibling.identity = 'i' THEN
      EXECUTE (
        SELECT format('ALTER TABLE %I.%I REPLICA IDENTITY USING INDEX %I', parent.schema, made, own.relname)
          FROM pg_index theirs
          JOIN pg_inherits a ON a.inhrelid = theirs.indexrelid
          JOIN pg_inherits b ON b.inhparent = a.inhparent
          JOIN pg_index mine ON mine.indexrelid = b.inhrelid
          JOIN pg_class own ON own.oid = mine.indexrelid
         WHERE theirs.indrelid = sibling.oid AND theirs.indisreplident
           AND mine.indrelid = to_regclass(format('%I.%I', parent.schema, made)));
    END IF;
    RETURN NEXT format('%I.%I', parent.schema, made);
    t := following;
  END LOOP;
END
$partitions$;
[#if keep??]

CREATE ${replace}FUNCTION ${detachStatements}(keep interval DEFAULT ${keep}, at timestamptz DEFAULT now())
RETURNS SETOF text
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO, YMD'
AS $partitions$
-- The statements that detach what is older, for psql: SELECT ${detachStatements}() \gexec
-- Readers and writers go on meanwhile (CONCURRENTLY), unless there is a DEFAULT partition, with which PostgreSQL cannot do that.
#variable_conflict use_variable
DECLARE
  relation CONSTANT regclass := to_regclass(${relationText});
  parent record;
  boundary timestamptz;
  old record;
BEGIN
  IF relation IS NULL THEN
    RAISE EXCEPTION '% is not there', ${relationText} USING ERRCODE = 'undefined_table';
  END IF;
  SELECT p.partdefid AS fallback, a.atttypid AS type INTO parent
    FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = relation AND p.partstrat = 'r' AND p.partnatts = 1
     AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype);
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not partitioned by RANGE of one date, timestamp or timestamptz column', relation
      USING ERRCODE = 'wrong_object_type';
  END IF;
  IF keep IS NULL OR keep <= interval '0' OR at IS NULL THEN
    RAISE EXCEPTION 'keep must be an interval above zero' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND tgname LIKE '!rubicon%') THEN
    RAISE EXCEPTION 'a rollout is under way on %: rows of a partition that is detached would stay on its other side', relation
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Call it again after contract, or after the rollback has ended.';
  END IF;
  boundary := ((at AT TIME ZONE ${zone}) - keep) AT TIME ZONE
    CASE WHEN parent.type = 'timestamptz'::regtype THEN ${zone} ELSE 'UTC' END;
  FOR old IN
    SELECT c.oid::regclass AS name, i.inhdetachpending AS pending
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
     CROSS JOIN regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \((.*)\) TO \((.*)\)$') AS b
     WHERE i.inhparent = relation
       AND CASE WHEN b[2] IS NULL OR b[2] = 'MAXVALUE' THEN 'infinity' ELSE trim(BOTH '''' FROM b[2]) END::timestamptz <= boundary
     ORDER BY i.inhdetachpending DESC, c.oid
  LOOP
    RETURN NEXT format('ALTER TABLE %s DETACH PARTITION %s', relation, old.name)
      || CASE WHEN old.pending THEN ' FINALIZE' WHEN parent.fallback = 0 THEN ' CONCURRENTLY' ELSE '' END;
    RETURN NEXT format('COMMENT ON TABLE %s IS %L', old.name, format('detached from %s at %s', relation, at));
  END LOOP;
END
$partitions$;

CREATE ${replace}FUNCTION ${detach}(keep interval DEFAULT ${keep}, at timestamptz DEFAULT now())
RETURNS SETOF text
LANGUAGE plpgsql
SET lock_timeout = '500ms'
SET search_path = pg_catalog, pg_temp
AS $partitions$
-- Detaches the partitions all of whose rows are older than "keep", and returns their names. They stay as tables: no row is deleted.
-- Readers and writers wait for it, at most 500 ms for each lock; the statements of the function above let them go on.
DECLARE
  statement text;
  detached text;
BEGIN
  FOR statement IN SELECT * FROM ${detachStatements}(keep, at) LOOP
    EXECUTE regexp_replace(statement, ' CONCURRENTLY$', '');
    detached := substring(statement FROM ' DETACH PARTITION (.*?)(?: CONCURRENTLY| FINALIZE)?$');
    IF detached IS NOT NULL THEN
      RETURN NEXT detached;
    END IF;
  END LOOP;
END
$partitions$;
[/#if]
[#if dropAfter??]

CREATE ${replace}FUNCTION ${drop}(detached_for interval DEFAULT ${dropAfter}, at timestamptz DEFAULT now())
RETURNS SETOF text
LANGUAGE plpgsql
SET lock_timeout = '500ms'
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $partitions$
-- Drops what the functions above have detached so long ago, and returns the names. It knows them by their comment: take that away
-- from a table that shall stay. One that is a partition again, or that others point at, is not dropped.
#variable_conflict use_variable
DECLARE
  relation CONSTANT regclass := to_regclass(${relationText});
  old record;
BEGIN
  IF detached_for IS NULL OR detached_for < interval '0' OR at IS NULL THEN
    RAISE EXCEPTION 'detached_for must be an interval that is not negative' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOR old IN
    SELECT c.oid::regclass::text AS name
      FROM pg_class c
     CROSS JOIN regexp_match(obj_description(c.oid, 'pg_class'), '^detached from (.*) at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^ ]*)$') AS m
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND m[1] = relation::text
       AND m[2]::timestamptz <= at - detached_for
     ORDER BY c.oid
  LOOP
    EXECUTE format('DROP TABLE %s', old.name);
    RETURN NEXT old.name;
  END LOOP;
END
$partitions$;
[/#if]

-- They belong to whom the relation belongs to, where that role may own them.
DO $owner$
DECLARE
  owner name := (SELECT pg_catalog.pg_get_userbyid(relowner) FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(${relationText}));
  made regprocedure;
BEGIN
  IF owner <> current_user AND pg_catalog.pg_has_role(owner, 'MEMBER')
      AND pg_catalog.has_schema_privilege(owner, ${schemaText}, 'CREATE') THEN
    FOREACH made IN ARRAY ARRAY[${signatures?join(", ")}]::regprocedure[] LOOP
      EXECUTE pg_catalog.format('ALTER FUNCTION %s OWNER TO %I', made, owner);
    END LOOP;
  END IF;
END
$owner$;
