-- Rows that say who decided what, and what was measured, are what the trail says of them: whoever
-- writes here, the worker's role included, adds a row together with its entry, and changes none
-- afterwards. Like the trail's own triggers these hold for everybody who cannot drop them: let
-- another role own the ledger (docs/ledger.md).

CREATE FUNCTION rubicon_ledger.row_refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'rows of % stay as they were entered: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER approval_stays BEFORE DELETE OR TRUNCATE ON rubicon_ledger.approval
    FOR EACH STATEMENT EXECUTE FUNCTION rubicon_ledger.row_refuse();
CREATE TRIGGER sign_off_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON rubicon_ledger.sign_off
    FOR EACH STATEMENT EXECUTE FUNCTION rubicon_ledger.row_refuse();
CREATE TRIGGER evidence_stays BEFORE DELETE OR TRUNCATE ON rubicon_ledger.evidence
    FOR EACH STATEMENT EXECUTE FUNCTION rubicon_ledger.row_refuse();
CREATE TRIGGER rollout_stays BEFORE DELETE OR TRUNCATE ON rubicon_ledger.rollout
    FOR EACH STATEMENT EXECUTE FUNCTION rubicon_ledger.row_refuse();

-- An approval may become void, once; nothing else of it changes.
CREATE TRIGGER approval_void_only BEFORE UPDATE ON rubicon_ledger.approval
    FOR EACH ROW
    WHEN (OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL
          OR (OLD.key, OLD.rollout, OLD.gate, OLD.round, OLD.digest, OLD.principal, OLD.reason, OLD.granted,
              OLD.code, OLD.cause, OLD.decided_at)
             IS DISTINCT FROM
             (NEW.key, NEW.rollout, NEW.gate, NEW.round, NEW.digest, NEW.principal, NEW.reason, NEW.granted,
              NEW.code, NEW.cause, NEW.decided_at))
    EXECUTE FUNCTION rubicon_ledger.row_refuse();

-- Whom an approval must not be of, and what is rolled out where.
CREATE TRIGGER rollout_says_the_same BEFORE UPDATE ON rubicon_ledger.rollout
    FOR EACH ROW
    WHEN ((OLD.id, OLD.target, OLD.bundle, OLD.runbook, OLD.title, OLD.requested_by)
          IS DISTINCT FROM (NEW.id, NEW.target, NEW.bundle, NEW.runbook, NEW.title, NEW.requested_by))
    EXECUTE FUNCTION rubicon_ledger.row_refuse();
CREATE TRIGGER contract_execution_says_the_same BEFORE UPDATE ON rubicon_ledger.contract_execution
    FOR EACH ROW
    WHEN ((OLD.rollout, OLD.run_id, OLD.workflow_id, OLD.requested_by)
          IS DISTINCT FROM (NEW.rollout, NEW.run_id, NEW.workflow_id, NEW.requested_by))
    EXECUTE FUNCTION rubicon_ledger.row_refuse();

-- At the commit, because the entry is appended last: it holds the lock on the chain.
CREATE FUNCTION rubicon_ledger.approval_has_entry() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM rubicon_ledger.audit_entry e
         WHERE e.idempotency_key = NEW.key
           AND e.rollout = NEW.rollout
           AND e.actor = NEW.principal
           AND e.action = CASE WHEN NEW.granted THEN 'approved' ELSE 'refused' END
           AND e.detail ->> 'gate' = NEW.gate
           AND coalesce(e.detail ->> 'digest', '') = NEW.digest)
    THEN
        RAISE EXCEPTION 'an approval without its entry in the audit trail: refused'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.voided_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM rubicon_ledger.audit_entry e
         WHERE e.rollout = NEW.rollout
           AND e.action = 'approvals-void'
           AND e.detail -> 'gates' ? NEW.gate
           AND e.detail ->> 'reason' = NEW.void_reason)
    THEN
        RAISE EXCEPTION 'an approval made void without an entry in the audit trail: refused'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION rubicon_ledger.sign_off_has_entry() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM rubicon_ledger.audit_entry e
         WHERE e.rollout = NEW.rollout
           AND e.actor = NEW.principal
           AND e.action = 'signed-off'
           AND e.detail ->> 'item' = NEW.item)
    THEN
        RAISE EXCEPTION 'a sign-off without its entry in the audit trail: refused'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;

-- While its phase runs evidence is replaced, and the phase's end says what it came to; afterwards
-- the newest entry that names it has its SHA-256.
CREATE FUNCTION rubicon_ledger.evidence_has_entry() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last record;
BEGIN
    SELECT e.action INTO last
      FROM rubicon_ledger.audit_entry e
     WHERE e.rollout = NEW.rollout
       AND e.action LIKE 'phase-%'
       AND e.detail ->> 'phase' = NEW.phase
       AND (e.detail ->> 'round')::int = NEW.round
     ORDER BY e.seq DESC LIMIT 1;
    IF last.action = 'phase-started' THEN
        RETURN NULL;
    END IF;
    SELECT e.detail -> 'evidence' ->> NEW.name AS sha256 INTO last
      FROM rubicon_ledger.audit_entry e
     WHERE e.rollout = NEW.rollout
       AND (e.action LIKE 'phase-%' OR e.action = 'evidence-recorded')
       AND e.detail ->> 'phase' = NEW.phase
       AND (e.detail ->> 'round')::int = NEW.round
       AND e.detail -> 'evidence' ? NEW.name
     ORDER BY e.seq DESC LIMIT 1;
    IF last.sha256 IS DISTINCT FROM (
        SELECT encode(sha256(convert_to(v.value::text, 'UTF8')), 'hex')
          FROM rubicon_ledger.evidence v
         WHERE v.rollout = NEW.rollout AND v.phase = NEW.phase AND v.round = NEW.round AND v.name = NEW.name)
    THEN
        RAISE EXCEPTION 'evidence of a phase that does not run, without its entry in the audit trail: refused'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER approval_entered AFTER INSERT OR UPDATE ON rubicon_ledger.approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rubicon_ledger.approval_has_entry();
CREATE CONSTRAINT TRIGGER sign_off_entered AFTER INSERT ON rubicon_ledger.sign_off
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rubicon_ledger.sign_off_has_entry();
CREATE CONSTRAINT TRIGGER evidence_entered AFTER INSERT OR UPDATE ON rubicon_ledger.evidence
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rubicon_ledger.evidence_has_entry();

-- ALWAYS: session_replication_role = replica does not get past them.
ALTER TABLE rubicon_ledger.approval
    ENABLE ALWAYS TRIGGER approval_stays,
    ENABLE ALWAYS TRIGGER approval_void_only,
    ENABLE ALWAYS TRIGGER approval_entered;
ALTER TABLE rubicon_ledger.sign_off
    ENABLE ALWAYS TRIGGER sign_off_stays,
    ENABLE ALWAYS TRIGGER sign_off_entered;
ALTER TABLE rubicon_ledger.evidence
    ENABLE ALWAYS TRIGGER evidence_stays,
    ENABLE ALWAYS TRIGGER evidence_entered;
ALTER TABLE rubicon_ledger.rollout
    ENABLE ALWAYS TRIGGER rollout_stays,
    ENABLE ALWAYS TRIGGER rollout_says_the_same;
ALTER TABLE rubicon_ledger.contract_execution
    ENABLE ALWAYS TRIGGER contract_execution_says_the_same;
