-- The audit trail: append-only by construction. One chain for the whole ledger; each entry carries
-- the hash of the one before. docs/ledger.md says what this proves and what it cannot.

CREATE TABLE rubicon_ledger.audit_entry (
    seq             bigint      PRIMARY KEY,
    at              timestamptz NOT NULL,
    rollout         text        NOT NULL,
    actor           text        NOT NULL,
    action          text        NOT NULL,
    detail          jsonb       NOT NULL,
    idempotency_key text        NOT NULL,
    prev_hash       text        NOT NULL,
    hash            text        NOT NULL,
    CONSTRAINT audit_entry_once UNIQUE (idempotency_key)
);

CREATE INDEX audit_entry_of_rollout ON rubicon_ledger.audit_entry (rollout, seq);

COMMENT ON COLUMN rubicon_ledger.audit_entry.seq IS 'without gaps, from 1: a removed entry leaves one';
COMMENT ON COLUMN rubicon_ledger.audit_entry.idempotency_key IS
    'same for each attempt of the activity that appends the entry: a retry appends nothing';

-- Each field is preceded by its length in bytes, so that no two entries share an encoding.
-- dev.rubicon.ledger.AuditEntry computes the same in Java; a test compares the two.
CREATE FUNCTION rubicon_ledger.audit_hash(
    seq bigint, at timestamptz, rollout text, actor text, action text, detail jsonb, idempotency_key text, prev_hash text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
    SELECT encode(sha256(convert_to(string_agg(octet_length(convert_to(f.field, 'UTF8')) || ':' || f.field, ',' ORDER BY f.n), 'UTF8')), 'hex')
    FROM unnest(ARRAY[
        seq::text,
        to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        rollout, actor, action, detail::text, idempotency_key, prev_hash
    ]) WITH ORDINALITY AS f(field, n)
$$;

CREATE FUNCTION rubicon_ledger.audit_chain() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    head record;
BEGIN
    -- Writers queue here until the one before has committed: no gap, no fork.
    PERFORM pg_advisory_xact_lock(hashtextextended('rubicon_ledger.audit_entry', 0));
    SELECT e.seq, e.hash INTO head FROM rubicon_ledger.audit_entry e ORDER BY e.seq DESC LIMIT 1;
    -- What the client says of these columns does not count.
    NEW.seq := coalesce(head.seq, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.prev_hash := coalesce(head.hash, repeat('0', 64));
    NEW.hash := rubicon_ledger.audit_hash(
        NEW.seq, NEW.at, NEW.rollout, NEW.actor, NEW.action, NEW.detail, NEW.idempotency_key, NEW.prev_hash);
    RETURN NEW;
END
$$;

CREATE FUNCTION rubicon_ledger.audit_refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_entry_chain
    BEFORE INSERT ON rubicon_ledger.audit_entry
    FOR EACH ROW EXECUTE FUNCTION rubicon_ledger.audit_chain();

CREATE TRIGGER audit_entry_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON rubicon_ledger.audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION rubicon_ledger.audit_refuse();

-- ALWAYS: session_replication_role = replica does not get past them.
ALTER TABLE rubicon_ledger.audit_entry ENABLE ALWAYS TRIGGER audit_entry_chain;
ALTER TABLE rubicon_ledger.audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only;

REVOKE ALL ON TABLE rubicon_ledger.audit_entry FROM PUBLIC;
