[#-- The counterpart of a key of one side, or NULL where there is none yet. Bound when it is created,
     so that no client's search path matters. --]
CREATE OR REPLACE FUNCTION ${function} RETURNS ${type} LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT k.${counterpart} FROM ${keys} k WHERE k.${given} = $1)
