-- What legacy knows nothing of. Constant defaults: the catalog changes, no row is rewritten.
CREATE TABLE public.anonymous_usage (
    token          varchar(64) PRIMARY KEY,
    checks_allowed integer NOT NULL DEFAULT 10,
    checks_used    integer NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_anonymous_usage_checks_used CHECK (checks_used >= 0)
);
CREATE INDEX ix_anonymous_usage_updated_at ON public.anonymous_usage (updated_at);

-- Rubicon's role creates it; the application must be able to use it, so it gets the owner of checks.
DO $$
BEGIN
    EXECUTE format('ALTER TABLE public.anonymous_usage OWNER TO %I',
                   (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.checks'::regclass));
END
$$;

ALTER TABLE public.checks
    ADD COLUMN env varchar(16) NOT NULL DEFAULT 'prod',
    ADD COLUMN anon_token varchar(64),
    ADD COLUMN prompt_char_len_max integer,
    ADD COLUMN pqs_version varchar(16),
    ADD CONSTRAINT ck_checks_env CHECK (env IN ('dev', 'staging', 'prod')) NOT VALID;

ALTER TABLE public.users ALTER COLUMN plan SET DEFAULT 'free';
