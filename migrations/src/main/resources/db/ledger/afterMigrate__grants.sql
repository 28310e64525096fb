-- What the worker's role may do, when another role owns the ledger. Runs after every migration and
-- gives the same result each time. The audit trail takes inserts of what the writer has to say, and nothing else.
DO $$
DECLARE
    worker CONSTANT text := '${workerRole}';
BEGIN
    IF worker = '' OR worker = current_user THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA rubicon_ledger TO %I', worker);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA rubicon_ledger TO %I', worker);
    EXECUTE format(
        'GRANT INSERT, UPDATE ON rubicon_ledger.rollout, rubicon_ledger.phase_run, rubicon_ledger.control, '
        'rubicon_ledger.progress, rubicon_ledger.contract_execution TO %I', worker);
    -- Of what people decided and what was measured it may only say what V5 lets it say.
    EXECUTE format('REVOKE UPDATE ON rubicon_ledger.approval, rubicon_ledger.sign_off, rubicon_ledger.evidence FROM %I', worker);
    EXECUTE format('GRANT INSERT, UPDATE (voided_at, void_reason) ON rubicon_ledger.approval TO %I', worker);
    EXECUTE format('GRANT INSERT ON rubicon_ledger.sign_off TO %I', worker);
    EXECUTE format('GRANT INSERT, UPDATE (value, recorded_at) ON rubicon_ledger.evidence TO %I', worker);
    EXECUTE format('REVOKE ALL ON rubicon_ledger.audit_entry FROM %I', worker);
    EXECUTE format('GRANT SELECT, INSERT (rollout, actor, action, detail, idempotency_key) ON rubicon_ledger.audit_entry TO %I', worker);
END
$$;
