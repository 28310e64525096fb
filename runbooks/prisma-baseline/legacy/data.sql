-- Rows for the legacy schema: as many users as the setting chat.rows says (default 60,000), the rest in proportion.
-- Ids are written as a restore writes them, so users_id_seq and call_logs_id_seq stay where they began.
INSERT INTO public.users (id, username, email, is_active, created_at)
SELECT i, 'user' || i, 'user' || i || '@chat.example', i % 9 <> 0, now() - make_interval(days => i % 700)
  FROM generate_series(1, greatest(100, coalesce(nullif(current_setting('chat.rows', true), ''), '60000')::integer)) AS i;

INSERT INTO public.threads (title, created_by)
SELECT CASE WHEN i % 5 <> 0 THEN 'thread ' || i END, i FROM generate_series(1, 100) AS i;

INSERT INTO public.messages (thread_id, sender_id, body)
SELECT 1 + id % 100, id, 'message of user ' || id FROM public.users;

INSERT INTO public.call_logs (id, caller_id, callee_id, duration_seconds, status)
SELECT id, id, 1 + id % 100, CASE WHEN id % 4 <> 0 THEN id % 3600 END, CASE id % 4 WHEN 0 THEN 'missed' ELSE 'ended' END
  FROM public.users WHERE id % 2 = 0;

INSERT INTO public.session_store VALUES ('fixture', '{"cookie": {}}', now() + interval '30 days');
