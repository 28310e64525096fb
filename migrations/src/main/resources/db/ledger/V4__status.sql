-- Where an execution stands, whole, as its workflow last told: what status, list and report show
-- where Temporal does not answer, or does not know the execution any more.
ALTER TABLE rubicon_ledger.rollout
    ADD COLUMN status    jsonb,
    ADD COLUMN status_at timestamptz;

ALTER TABLE rubicon_ledger.contract_execution
    ADD COLUMN status    jsonb,
    ADD COLUMN status_at timestamptz;

COMMENT ON COLUMN rubicon_ledger.rollout.status IS
    'as the workflow last told it; absent until it told anything';
COMMENT ON COLUMN rubicon_ledger.contract_execution.status IS
    'as the workflow last told it; absent until it told anything';
