-- Rows for the legacy schema: as many checks as the setting checks.rows says (default 200,000),
-- the other tables in proportion. Deterministic but for the clock. No client-side placeholders:
--   SELECT set_config('checks.rows', '1000000', false);  -- then this file, in the same session

INSERT INTO public.alembic_version (version_num) VALUES ('9e15719c5c3c');

-- The one who runs the smoke checks, with a session whose token is 'smoke-session'.
INSERT INTO public.users (id, email, display_name, plan, created_at)
VALUES ('00000000-0000-4000-8000-000000000001', 'smoke@heretix.example', 'Smoke check', 'staff', now() - interval '400 days');
INSERT INTO public.sessions (user_id, token_hash, user_agent, expires_at)
VALUES ('00000000-0000-4000-8000-000000000001',
        encode(sha256(convert_to('smoke-session', 'UTF8')), 'hex'), 'rubicon', now() + interval '365 days');
INSERT INTO public.usage_ledger (user_id, period_start, checks_allowed)
VALUES ('00000000-0000-4000-8000-000000000001', date_trunc('month', now() AT TIME ZONE 'UTC')::date, 1000000);

INSERT INTO public.users (id, email, display_name, plan, created_at, last_login_at)
SELECT ('00000000-0000-4000-9000-' || lpad(to_hex(i), 12, '0'))::uuid,
       'user' || i || '@example.org',
       CASE i % 7
           WHEN 0 THEN NULL
           WHEN 1 THEN 'Zoë Müller-Łukasiewicz'
           WHEN 2 THEN 'O''Brien "Bob" \ Jr.'
           WHEN 3 THEN '王小明'
           ELSE 'User ' || i
       END,
       (ARRAY['beta', 'free', 'pro'])[1 + i % 3],
       now() - make_interval(days => 30 + i % 700),
       CASE WHEN i % 4 <> 0 THEN now() - make_interval(hours => i % 2000) END
FROM generate_series(1, greatest(50, least(20000,
         coalesce(nullif(current_setting('checks.rows', true), ''), '200000')::integer / 100))) AS i;

INSERT INTO public.sessions (user_id, token_hash, user_agent, ip, created_at, expires_at, revoked_at)
SELECT id,
       encode(sha256(convert_to('session-' || email, 'UTF8')), 'hex'),
       CASE WHEN hashtext(email) % 5 <> 0 THEN 'Mozilla/5.0 (X11; Linux x86_64)' END,
       ('10.0.' || abs(hashtext(email) % 250) || '.' || abs(hashtext(email) / 250 % 250))::inet,
       created_at, now() + interval '30 days',
       CASE WHEN hashtext(email) % 9 = 0 THEN now() END
FROM public.users
WHERE id <> '00000000-0000-4000-8000-000000000001';

INSERT INTO public.email_tokens (user_id, purpose, token_hash, expires_at, consumed_at)
SELECT id, CASE WHEN hashtext(email) % 2 = 0 THEN 'verify' ELSE 'login' END,
       md5('email-token-' || email), created_at + interval '1 day',
       CASE WHEN hashtext(email) % 3 <> 0 THEN created_at + interval '1 hour' END
FROM public.users;

INSERT INTO public.usage_ledger (user_id, period_start, checks_allowed, checks_used)
SELECT u.id, (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => m))::date,
       CASE u.plan WHEN 'pro' THEN 500 ELSE 20 END, abs(hashtext(u.email || m)) % 20
FROM public.users u CROSS JOIN generate_series(0, 2) AS m
WHERE u.id <> '00000000-0000-4000-8000-000000000001';

INSERT INTO public.result_cache (cache_key, payload, hits, expires_at)
SELECT md5('cache-' || i), jsonb_build_object('p', (i % 1000) / 1000.0, 'model', 'gpt-5'), i % 13,
       CASE WHEN i % 6 <> 0 THEN now() + make_interval(hours => i % 72) END
FROM generate_series(1, greatest(50, coalesce(nullif(current_setting('checks.rows', true), ''), '200000')::integer / 50)) AS i;

-- Checks of two years. Every shape that was seen: anonymous ones (user_id NULL), early ones without
-- aggregation or diagnostics, JSON null, gates missing or written as text, PQS out of range, claims
-- with quotes, tabs, line breaks, backslashes, right-to-left and astral characters.
INSERT INTO public.checks
    (run_id, user_id, claim_text, model, prompt_version, prob_true_rpl, ci_lo, ci_hi, aggregation, diagnostics, created_at)
SELECT 'heretix-rpl-' || lpad(to_hex(i), 10, '0'),
       CASE WHEN i % 3 <> 0
            THEN ('00000000-0000-4000-9000-' || lpad(to_hex(1 + i % users.n), 12, '0'))::uuid END,
       CASE i % 11
           WHEN 0 THEN 'La dette publique dépasse 110 % du PIB – cas nᵒ ' || i
           WHEN 1 THEN E'Tabs\tand\nline breaks and a backslash \\ in claim ' || i
           WHEN 2 THEN 'هل الأرض كروية؟ ' || i
           WHEN 3 THEN 'She said "it''s 1.0, not 1.00" in ' || i
           WHEN 4 THEN '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🜲 e' || U&'\0301' || ' claim ' || i
           WHEN 5 THEN ''
           ELSE 'Tariffs do not cause inflation, variant ' || i
       END,
       CASE i % 4 WHEN 0 THEN 'gpt-4o' ELSE 'gpt-5' END,
       'rpl_g5_v' || 1 + i % 5,
       CASE WHEN i % 17 <> 0 THEN (i % 1000) / 1000.0 END,
       CASE WHEN i % 17 <> 0 THEN (i % 1000) / 1000.0 - 0.04 END,
       CASE WHEN i % 17 <> 0 THEN (i % 1000) / 1000.0 + 0.04 END,
       CASE
           WHEN i % 23 = 0 THEN NULL
           WHEN i % 23 = 1 THEN 'null'::jsonb
           ELSE jsonb_build_object('K', 8 + i % 9, 'seed', i, 'w', jsonb_build_array(0.250, NULL))
       END,
       CASE
           WHEN i % 19 = 0 THEN NULL
           WHEN i % 19 = 1 THEN '{}'::jsonb
           WHEN i % 19 = 2 THEN jsonb_build_object('gates', jsonb_build_object('compliance_ok', 'yes'), 'pqs', 1e9)
           ELSE jsonb_build_object(
                    'counts_by_template', jsonb_build_object('t' || i % 16, 3),
                    'gates', jsonb_build_object('compliance_ok', i % 10 <> 0, 'stability_ok', i % 6 <> 0, 'precision_ok', i % 4 <> 0))
                || CASE WHEN i % 5 = 0 THEN jsonb_build_object('pqs', i % 101) ELSE '{}'::jsonb END
       END,
       now() - make_interval(secs => (rows.n - i) * 300.0)
FROM (SELECT coalesce(nullif(current_setting('checks.rows', true), ''), '200000')::integer AS n) AS rows,
     (SELECT count(*)::integer - 1 AS n FROM public.users) AS users,
     generate_series(1, (SELECT coalesce(nullif(current_setting('checks.rows', true), ''), '200000')::integer)) AS i;

ANALYZE public.alembic_version, public.users, public.sessions, public.email_tokens, public.checks,
    public.usage_ledger, public.result_cache;
