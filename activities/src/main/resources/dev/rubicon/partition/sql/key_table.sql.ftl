-- ${table} has each (${columns}) of ${relation} once, for foreign keys to point at.

CREATE FUNCTION ${function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $keys$
DECLARE
  -- Of a partition the whole; the functions of a table that is no partition are its own.
  whole text := coalesce(pg_partition_root(TG_RELID), TG_RELID)::regclass::text;
  found_rows bigint;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    -- Not as TRUNCATE: that PostgreSQL refuses where anything points here, whether a row does or not.
    DELETE FROM ${table};
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (${old}) IS NOT DISTINCT FROM (${new_}) THEN
      RETURN NULL;
    END IF;
    -- As one UPDATE, so that ON UPDATE CASCADE of what points here follows.
    UPDATE ${table} SET ${set} WHERE ${whereOld};
    IF FOUND OR ${newNull} THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    -- A row that moves between partitions arrives as DELETE and INSERT, and is there still.
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %s WHERE ${whereArguments} LIMIT 1) r', whole) INTO found_rows USING ${old};
    IF found_rows = 0 THEN
      DELETE FROM ${table} WHERE ${whereOld};
    END IF;
    RETURN NULL;
  END IF;
  IF ${newNull} THEN
    RETURN NULL;
  END IF;
  LOOP
    INSERT INTO ${table} (${columns}) VALUES (${new_}) ON CONFLICT DO NOTHING;
    IF FOUND THEN
      RETURN NULL;
    END IF;
    -- Somebody who deletes it now has to wait; who was quicker has deleted it, and it is inserted anew.
    PERFORM FROM ${table} WHERE ${whereNew} FOR KEY SHARE;
    EXIT WHEN FOUND;
  END LOOP;
  EXECUTE format('SELECT count(*) FROM (SELECT FROM %s WHERE ${whereArguments} LIMIT 2) r', whole) INTO found_rows USING ${new_};
  IF found_rows > 1 THEN
    RAISE EXCEPTION '% has a row with this (${plainColumns}) already', whole
      USING ERRCODE = 'unique_violation', DETAIL = 'Across its partitions, ${plainTable} sees to that.';
  END IF;
  RETURN NULL;
END
$keys$;
CREATE TRIGGER ${trigger} AFTER INSERT OR DELETE OR UPDATE OF ${columns} ON ${relation} FOR EACH ROW EXECUTE FUNCTION ${function}();
CREATE TRIGGER ${truncateTrigger} AFTER TRUNCATE ON ${relation} FOR EACH STATEMENT EXECUTE FUNCTION ${function}();
REVOKE EXECUTE ON FUNCTION ${function}() FROM PUBLIC;
COMMENT ON FUNCTION ${function}() IS ${comment};

-- They belong to whom the relation belongs to, where that role may own them.
DO $owner$
DECLARE
  owner name := (SELECT pg_catalog.pg_get_userbyid(relowner) FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(${ownersRelation}));
BEGIN
  IF owner <> current_user AND pg_catalog.pg_has_role(owner, 'MEMBER')
      AND pg_catalog.has_schema_privilege(owner, ${schemaText}, 'CREATE') THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s OWNER TO %I', ${tableText}, owner);
    EXECUTE pg_catalog.format('ALTER FUNCTION %s OWNER TO %I', ${functionText}, owner);
  END IF;
END
$owner$;
