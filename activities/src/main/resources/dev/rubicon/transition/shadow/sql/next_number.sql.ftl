[#-- The default of canonical's key: both sides draw their numbers from legacy's sequence, and
     clients of canonical need no right on it. --]
CREATE FUNCTION ${function}() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER
RETURN pg_catalog.nextval(${sequence}::pg_catalog.oid::pg_catalog.regclass)
