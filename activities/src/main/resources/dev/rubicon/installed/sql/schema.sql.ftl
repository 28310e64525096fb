CREATE SCHEMA rubicon;
COMMENT ON SCHEMA rubicon IS 'A Rubicon rollout is under way; rubicon abort or rubicon contract removes this schema';
CREATE TABLE rubicon.state (
  only_row             boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  bundle               text NOT NULL,
  rollout              text NOT NULL,
  stage                text NOT NULL,
  baseline_fingerprint text NOT NULL,
  baseline             jsonb NOT NULL,
  backup_manifest      text,
  canonical            jsonb,
  catalog              jsonb NOT NULL,
  catalog_phase        text,
  catalog_before       jsonb NOT NULL DEFAULT '[]',
  catalog_noted        jsonb NOT NULL DEFAULT '[]',
  catalog_others       jsonb NOT NULL DEFAULT '[]',
  catalog_own          xid[] NOT NULL DEFAULT '{}',
  relaxed              jsonb NOT NULL DEFAULT '[]',
  stamped              jsonb NOT NULL DEFAULT '[]',
  turns                integer NOT NULL DEFAULT 0,
  durability           text,
  cut_over_at          timestamptz,
  cutover_blocked      jsonb,
  rollback_blocked     jsonb,
  sync_seen_at         timestamptz,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE rubicon.transition (
  relation     text PRIMARY KEY,
  kind         text NOT NULL,
  plan         jsonb NOT NULL,
  relations    oid[] NOT NULL,
  opened_at    timestamptz,
  installed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE rubicon.backfill_batch (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  relation     text NOT NULL,
  pass         integer NOT NULL,
  after_key    text[],
  upto_key     text[] NOT NULL,
  resume_key   text[],
  rows         bigint NOT NULL,
  milliseconds double precision NOT NULL,
  wal_bytes    bigint NOT NULL,
  at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX backfill_batch_resume ON rubicon.backfill_batch (relation, pass DESC, id DESC);
CREATE TABLE rubicon.backfill_throttle (
  reason   text PRIMARY KEY,
  times    bigint NOT NULL DEFAULT 1,
  seconds  double precision NOT NULL DEFAULT 0,
  first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE rubicon.partition (
  plan text NOT NULL,
  oid  oid NOT NULL,
  name text NOT NULL
);
CREATE TABLE rubicon.verified (
  transition text PRIMARY KEY,
  horizon    xid8 NOT NULL,
  storage    text NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE rubicon.sync_part (
  moment      text NOT NULL,
  kind        text NOT NULL,
  root        oid NOT NULL,
  relation    oid NOT NULL,
  named       text NOT NULL,
  name        text NOT NULL,
  shape       text NOT NULL,
  version     text NOT NULL,
  before_name text,
  after_name  text,
  PRIMARY KEY (moment, kind, relation, name)
);
CREATE TABLE rubicon.hidden_name (
  object oid PRIMARY KEY,
  name   text NOT NULL
);
CREATE TABLE rubicon.archived (
  relation oid PRIMARY KEY
);
CREATE TABLE rubicon.legacy_write (
  at               timestamptz NOT NULL DEFAULT clock_timestamp(),
  relation         text NOT NULL,
  application_name text NOT NULL
);
REVOKE ALL ON ALL TABLES IN SCHEMA rubicon FROM PUBLIC;
GRANT USAGE ON SCHEMA rubicon TO PUBLIC;
