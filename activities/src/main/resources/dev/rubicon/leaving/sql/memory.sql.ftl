CREATE TABLE IF NOT EXISTS rubicon.leaving_read (relation text PRIMARY KEY, scans bigint NOT NULL, since timestamptz NOT NULL)
REVOKE ALL ON rubicon.leaving_read FROM PUBLIC
