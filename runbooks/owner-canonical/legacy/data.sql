-- Rows for the legacy schema: as many candidates as the setting owner.rows says (default 50,000), the
-- other tables in proportion. Deterministic but for the clock. Every credential is invented.
--   SELECT set_config('owner.rows', '100000', false);  -- then this file, in the same session

CREATE FUNCTION pg_temp.rows() RETURNS integer LANGUAGE sql
    AS $$ SELECT coalesce(nullif(current_setting('owner.rows', true), ''), '50000')::integer $$;
CREATE FUNCTION pg_temp.id(kind text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT md5(kind || ' ' || i::text)::uuid $$;
CREATE FUNCTION pg_temp.projects() RETURNS integer LANGUAGE sql AS $$ SELECT greatest(20, pg_temp.rows() / 100) $$;

INSERT INTO public.users (id, email, name, created_at)
SELECT pg_temp.id('user', i), 'user' || i || '@example.org',
       CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'Zoë Łukasiewicz' WHEN 2 THEN '王小明' ELSE 'User ' || i END,
       now() - make_interval(days => 30 + i % 700)
FROM generate_series(1, greatest(20, pg_temp.rows() / 200)) AS i;
-- The one who runs the smoke checks.
INSERT INTO public.users (id, email, name)
VALUES ('00000000-0000-4000-8000-000000000001', 'smoke@owner.example', 'Smoke check');

-- Storage stands in settings_json in every shape that was seen: local, S3, none at all, NULL, keys
-- that nobody knows, and a mode that is no mode.
INSERT INTO public.projects (id, user_id, slug, name, settings_json, created_at)
SELECT pg_temp.id('project', i), pg_temp.id('user', 1 + i % greatest(20, pg_temp.rows() / 200)),
       'project-' || i, 'Project ' || i,
       CASE i % 7
           WHEN 0 THEN NULL
           WHEN 1 THEN '{}'::jsonb
           WHEN 2 THEN jsonb_build_object('storage', jsonb_build_object('mode', 's3', 'bucket', 'bucket-' || i, 'prefix', 'p/' || i, 'region', 'eu-central-1'))
           WHEN 3 THEN jsonb_build_object('storage', jsonb_build_object('mode', 'local', 'base_dir', '/srv/p' || i, 'colour', 'teal'), 'theme', 'dark')
           WHEN 4 THEN jsonb_build_object('storage', 'somewhere', 'theme', 'light')
           ELSE jsonb_build_object('storage', jsonb_build_object('mode', 'local', 'base_dir', '/srv/p' || i))
       END,
       now() - make_interval(hours => i % 9000)
FROM generate_series(1, pg_temp.projects()) AS i;
INSERT INTO public.projects (id, user_id, slug, name, settings_json)
VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'smoke', 'Smoke',
        '{"storage": {"mode": "local", "base_dir": "/srv/smoke"}}');

INSERT INTO public.project_storage (project_id, quota_bytes, used_bytes)
SELECT id, 10000000000 + hashtext(slug), CASE WHEN hashtext(slug) % 3 <> 0 THEN abs(hashtext(slug)) END
FROM public.projects WHERE hashtext(slug) % 2 = 0;

INSERT INTO public.assets (id, project_id, asset_kind, rel_path, sha256, created_at)
SELECT pg_temp.id('asset', i), pg_temp.id('project', 1 + i % pg_temp.projects()),
       (ARRAY['image', 'video', 'prompt', 'export'])[1 + i % 4], 'out/' || i % 100 || '/file ' || i || CASE WHEN i % 9 = 0 THEN '-ü' ELSE '' END || '.png',
       CASE WHEN i % 10 <> 0 THEN md5('a' || i) || md5('b' || i) END, now() - make_interval(mins => i % 500000)
FROM generate_series(1, greatest(100, pg_temp.rows() / 2)) AS i;

-- Run logs as the ingest wrote them over time: complete; without scores; scores as text; costs as text,
-- negative, not at all; no log.
INSERT INTO public.runs (id, project_id, mode, model, settings_json, status, run_log_json, created_at)
SELECT pg_temp.id('run', i), pg_temp.id('project', 1 + i % pg_temp.projects()),
       (ARRAY['draft', 'final', 'batch'])[1 + i % 3], CASE WHEN i % 8 <> 0 THEN 'image-model-' || i % 3 END,
       CASE WHEN i % 6 <> 0 THEN jsonb_build_object('seed', i, 'cfg', 7.50) END,
       CASE WHEN i % 20 = 0 THEN 'failed' ELSE 'succeeded' END,
       CASE i % 10
           WHEN 0 THEN NULL
           WHEN 1 THEN '{"quality": {"score": "n/a"}, "costs": []}'::jsonb
           WHEN 2 THEN jsonb_build_object('quality', jsonb_build_object('score', 140, 'passed', true),
                                          'costs', jsonb_build_array(jsonb_build_object('provider', 'openai', 'usd', '0.04')))
           WHEN 3 THEN jsonb_build_object('costs', jsonb_build_array(jsonb_build_object('provider', 'fal', 'usd', -1)))
           ELSE jsonb_build_object('quality', jsonb_build_object('score', i % 101, 'passed', i % 3 <> 0, 'notes', 'n' || i),
                                   'costs', jsonb_build_array(
                                       jsonb_build_object('provider', 'openai', 'model', 'image-model-' || i % 3, 'usd', (i % 90) / 1000.0),
                                       jsonb_build_object('provider', 'fal', 'usd', 0.002)))
       END,
       now() - make_interval(mins => i % 500000)
FROM generate_series(1, greatest(50, pg_temp.rows() / 4)) AS i;

-- Every tenth path is of no asset: the file was moved, or never registered.
INSERT INTO public.run_jobs (id, run_id, job_no, status, selected_path, final_path)
SELECT pg_temp.id('job', i), r.id, 1 + i / greatest(50, pg_temp.rows() / 4),
       CASE WHEN i % 4 = 0 THEN 'queued' ELSE 'done' END,
       CASE WHEN i % 4 = 0 THEN NULL WHEN i % 10 = 1 THEN 'gone/' || i || '.png' ELSE a.rel_path END,
       CASE WHEN i % 8 = 1 THEN 'missing/final-' || i || '.png' WHEN i % 4 = 2 THEN a.rel_path END
FROM generate_series(1, greatest(100, pg_temp.rows() / 2)) AS i
JOIN public.runs r ON r.id = pg_temp.id('run', 1 + i % greatest(50, pg_temp.rows() / 4))
LEFT JOIN (SELECT project_id, min(rel_path) AS rel_path FROM public.assets GROUP BY project_id) AS a ON a.project_id = r.project_id;

INSERT INTO public.run_job_candidates (id, job_id, candidate_no, output_path, score)
SELECT pg_temp.id('candidate', i), pg_temp.id('job', 1 + i % greatest(100, pg_temp.rows() / 2)),
       1 + i / greatest(100, pg_temp.rows() / 2), 'cand/' || i || '.png', CASE WHEN i % 11 <> 0 THEN (i % 1000) / 10.0 END
FROM generate_series(1, pg_temp.rows()) AS i;

INSERT INTO public.project_api_secrets (project_id, provider, key_ref)
SELECT id, 'openai', 'vault://fixture/' || slug FROM public.projects WHERE hashtext(slug) % 2 = 0;

INSERT INTO public.project_exports (project_id, format, export_path)
SELECT a.project_id, 'zip', CASE WHEN hashtext(a.rel_path) % 5 = 0 THEN 'exports/lost-' || a.id || '.zip' ELSE a.rel_path END
FROM public.assets a WHERE a.asset_kind = 'export' AND hashtext(a.rel_path) % 4 = 0;

INSERT INTO public.provider_accounts (provider, api_key, meta_json)
VALUES ('openai', 'fixture-not-a-key-openai', '{"org": "fixture", "limits": {"rpm": 60}}'),
       ('fal', 'fixture-not-a-key-fal', NULL), ('local', NULL, '{}');

INSERT INTO public.style_guides (project_id, name) SELECT id, 'House style' FROM public.projects;
INSERT INTO public.characters (project_id, name, description) SELECT id, 'Ada', 'Curly hair, blue coat' FROM public.projects;
INSERT INTO public.reference_sets (id, project_id, title, notes)
SELECT pg_temp.id('set', row_number() OVER (ORDER BY slug)), id, 'Board of ' || slug, CASE WHEN hashtext(slug) % 3 <> 0 THEN 'Notes on ' || slug END
FROM public.projects;
INSERT INTO public.reference_items (reference_set_id, asset_id)
SELECT s.id, a.id FROM public.reference_sets s JOIN public.assets a USING (project_id) WHERE hashtext(a.rel_path) % 20 = 0;
INSERT INTO public.asset_links (parent_asset_id, child_asset_id, link_kind)
SELECT pg_temp.id('asset', i), pg_temp.id('asset', i + 1), 'derived' FROM generate_series(1, 40) AS i;
INSERT INTO public.prompt_templates (project_id, name, body) SELECT id, 'portrait', 'A portrait of {name}' FROM public.projects;

INSERT INTO public.chat_sessions (id, project_id, user_id)
SELECT pg_temp.id('session', i), pg_temp.id('project', i), p.user_id
FROM generate_series(1, 20) AS i JOIN public.projects p ON p.id = pg_temp.id('project', i);
INSERT INTO public.chat_messages (session_id, user_id, body)
SELECT s.id, CASE WHEN i % 2 = 0 THEN s.user_id END, 'Message ' || i FROM public.chat_sessions s, generate_series(1, 5) AS i;
INSERT INTO public.agent_instructions (id, project_id, user_id, body, status)
SELECT md5(id::text)::uuid, project_id, user_id, 'Make it blue', (ARRAY['draft', 'confirmed', 'done'])[1 + abs(hashtext(id::text)) % 3] FROM public.chat_sessions;
INSERT INTO public.agent_events (instruction_id, actor_user_id, event) SELECT id, user_id, 'created' FROM public.agent_instructions;
INSERT INTO public.voice_requests (session_id, user_id, transcript) SELECT id, user_id, 'Make it blue' FROM public.chat_sessions;
INSERT INTO public.project_snapshots (project_id, snapshot_json) SELECT id, jsonb_build_object('slug', slug) FROM public.projects WHERE hashtext(slug) % 4 = 0;

DROP FUNCTION pg_temp.projects(), pg_temp.id(text, bigint), pg_temp.rows();
ANALYZE;
