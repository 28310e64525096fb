[#--
  The triggers of canonical until the copy is verified: it is incomplete until then, and a client
  that writes it gets an error.
--]
CREATE OR REPLACE FUNCTION ${function}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $rubicon$
BEGIN
[#if opened]
  RETURN NULL;  -- the copy is verified
[#else]
  -- The engine carries a TRUNCATE of legacy out on canonical.
  IF pg_catalog.texteq(coalesce(pg_catalog.current_setting('${guardKey}', true), ''), 'copy') THEN
    RETURN NULL;
  END IF;
[#list siblingGuardKeys as sibling]
  -- The engine writes another relation, and a foreign key between two parts cascades to this one.
  IF pg_catalog.textne(coalesce(pg_catalog.current_setting('${sibling}', true), ''), '') THEN
    RETURN NULL;
  END IF;
[/#list]
  -- The engine deletes or changes another row, of this relation or of another, for a client of
  -- legacy, and a foreign key that is on canonical already cascades to this one.
  IF pg_catalog.texteq(TG_OP, 'DELETE') OR pg_catalog.texteq(TG_OP, 'UPDATE') THEN
[#list cascadingGuardKeys as guard]
    IF pg_catalog.textne(coalesce(pg_catalog.current_setting('${guard}', true), ''), '') THEN
      RETURN NULL;
    END IF;
[/#list]
  END IF;
  RAISE EXCEPTION 'rubicon: % is not filled yet', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'write the legacy relation until the rollout has verified the copy';
[/#if]
END
$rubicon$
