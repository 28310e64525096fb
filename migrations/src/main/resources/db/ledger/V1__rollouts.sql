-- The control database: what was launched, what each phase did and measured, who decided what.
-- Current state is updated in place; what must never change stands in the audit trail (V2).

CREATE TABLE rubicon_ledger.rollout (
    id             text        PRIMARY KEY,
    target         text        NOT NULL,
    bundle         text        NOT NULL,
    runbook        text        NOT NULL,
    title          text        NOT NULL,
    requested_by   text        NOT NULL,
    state          text        NOT NULL DEFAULT 'running'
        CONSTRAINT rollout_state_known
        CHECK (state IN ('running', 'waiting', 'held', 'completed', 'aborted', 'failed', 'superseded')),
    phase          text        NOT NULL DEFAULT 'preflight',
    round          integer     NOT NULL DEFAULT 1,
    note           text        NOT NULL DEFAULT '',
    digest         text        NOT NULL DEFAULT '',
    workflow_id    text        NOT NULL,
    run_id         text        NOT NULL,
    launched_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at       timestamptz,
    outcome        text        NOT NULL DEFAULT '',
    crossings      integer     NOT NULL DEFAULT 0,
    fingerprint    text        NOT NULL DEFAULT '',
    report         text        NOT NULL DEFAULT '',
    -- Deferred: the old one steps aside before the new one can stand.
    superseded_by  text        REFERENCES rubicon_ledger.rollout (id) DEFERRABLE INITIALLY DEFERRED
);

COMMENT ON COLUMN rubicon_ledger.rollout.note IS 'what it waits for, or code and cause of what holds it';
COMMENT ON COLUMN rubicon_ledger.rollout.digest IS 'the digest of the current dossier';
COMMENT ON COLUMN rubicon_ledger.rollout.superseded_by IS 'set when a relaunch found this one without an end';

-- Temporal refuses a second rollout of a target while the first runs; this holds where its history was lost.
CREATE UNIQUE INDEX one_live_rollout_per_target
    ON rubicon_ledger.rollout (target)
    WHERE state IN ('running', 'waiting', 'held');

CREATE INDEX rollout_newest_first ON rubicon_ledger.rollout (target, launched_at DESC);

CREATE TABLE rubicon_ledger.phase_run (
    rollout    text        NOT NULL REFERENCES rubicon_ledger.rollout (id),
    phase      text        NOT NULL,
    round      integer     NOT NULL,
    attempt    integer     NOT NULL DEFAULT 1,
    outcome    text        NOT NULL DEFAULT 'running'
        CONSTRAINT phase_run_outcome_known
        CHECK (outcome IN ('running', 'done', 'failed', 'skipped')),
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at   timestamptz,
    summary    text        NOT NULL DEFAULT '',
    facts      jsonb       NOT NULL DEFAULT '{}',
    PRIMARY KEY (rollout, phase, round)
);

COMMENT ON COLUMN rubicon_ledger.phase_run.attempt IS
    'one more each time the phase starts again after it had ended, e.g. after it held the rollout; a retried activity is no new attempt';

CREATE TABLE rubicon_ledger.evidence (
    rollout     text        NOT NULL REFERENCES rubicon_ledger.rollout (id),
    phase       text        NOT NULL,
    round       integer     NOT NULL,
    name        text        NOT NULL,
    value       jsonb       NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rollout, phase, round, name)
);

CREATE TABLE rubicon_ledger.approval (
    key         text        PRIMARY KEY,
    rollout     text        NOT NULL REFERENCES rubicon_ledger.rollout (id),
    gate        text        NOT NULL,
    round       integer     NOT NULL,
    digest      text        NOT NULL,
    principal   text        NOT NULL,
    reason      text        NOT NULL,
    granted     boolean     NOT NULL,
    code        text        NOT NULL DEFAULT '',
    cause       text        NOT NULL DEFAULT '',
    decided_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    voided_at   timestamptz,
    void_reason text        NOT NULL DEFAULT '',
    CONSTRAINT refusal_names_its_code CHECK (granted OR code <> '')
);

COMMENT ON COLUMN rubicon_ledger.approval.key IS 'same for each attempt of the activity that records it';
COMMENT ON COLUMN rubicon_ledger.approval.gate IS 'expand, cutover or contract; for a refused sign-off or order, its name';

CREATE INDEX approval_of_rollout ON rubicon_ledger.approval (rollout, decided_at);

CREATE TABLE rubicon_ledger.sign_off (
    rollout   text        NOT NULL REFERENCES rubicon_ledger.rollout (id),
    item      text        NOT NULL,
    principal text        NOT NULL,
    reason    text        NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rollout, item)
);

CREATE TABLE rubicon_ledger.control (
    rollout         text        PRIMARY KEY REFERENCES rubicon_ledger.rollout (id),
    paused          boolean     NOT NULL DEFAULT false,
    rows_per_second bigint      NOT NULL DEFAULT 0
        CONSTRAINT rows_per_second_not_negative CHECK (rows_per_second >= 0),
    set_by          text        NOT NULL DEFAULT '',
    reason          text        NOT NULL DEFAULT '',
    set_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON COLUMN rubicon_ledger.control.rows_per_second IS '0: no limit';

CREATE TABLE rubicon_ledger.progress (
    rollout    text        NOT NULL REFERENCES rubicon_ledger.rollout (id),
    phase      text        NOT NULL,
    what       text        NOT NULL,
    done       bigint      NOT NULL,
    total      bigint      NOT NULL,
    note       text        NOT NULL DEFAULT '',
    rate       double precision NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rollout, phase)
);

COMMENT ON COLUMN rubicon_ledger.progress.total IS '0: unknown';
COMMENT ON COLUMN rubicon_ledger.progress.rate IS 'units per second between the last two updates about the same thing';

CREATE TABLE rubicon_ledger.contract_execution (
    rollout      text        NOT NULL REFERENCES rubicon_ledger.rollout (id),
    run_id       text        NOT NULL,
    workflow_id  text        NOT NULL,
    requested_by text        NOT NULL,
    state        text        NOT NULL DEFAULT 'running'
        CONSTRAINT contract_execution_state_known
        CHECK (state IN ('running', 'completed', 'aborted', 'failed')),
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at     timestamptz,
    PRIMARY KEY (rollout, run_id)
);
