ALTER TABLE public.users ALTER COLUMN plan SET DEFAULT 'beta';

ALTER TABLE public.checks
    DROP CONSTRAINT IF EXISTS ck_checks_env,
    DROP COLUMN IF EXISTS pqs_version,
    DROP COLUMN IF EXISTS prompt_char_len_max,
    DROP COLUMN IF EXISTS anon_token,
    DROP COLUMN IF EXISTS env;

DROP TABLE IF EXISTS public.anonymous_usage;
