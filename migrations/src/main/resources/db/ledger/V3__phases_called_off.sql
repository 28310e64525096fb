-- A phase that was told to stop (a watch that a rollback ends, a backfill that an abort ends) has neither failed nor finished.
ALTER TABLE rubicon_ledger.phase_run
    DROP CONSTRAINT phase_run_outcome_known,
    ADD CONSTRAINT phase_run_outcome_known
        CHECK (outcome IN ('running', 'done', 'failed', 'skipped', 'stopped'));
