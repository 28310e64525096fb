[#-- Makes the pair of a key of one side and a new key of the other, if there is none. --]
CREATE OR REPLACE FUNCTION ${function} RETURNS void LANGUAGE sql VOLATILE STRICT
BEGIN ATOMIC
  INSERT INTO ${keys} (legacy, canonical)
  SELECT ${legacy}, ${canonical} WHERE NOT EXISTS (SELECT FROM ${keys} k WHERE k.${given} = $1)
  ON CONFLICT (${given}) DO NOTHING;
END
