-- Rows for the legacy schema: as many samples as the setting grow.rows says (default 60,000), the rest in proportion.
-- What the plan speaks of is there: a zone with two nodes and nodes without a zone, zones with two active cycles, an
-- instance that never became a cycle, a revision that came after its cycle began.
INSERT INTO public.migrations (migration, batch) VALUES
    ('2024_11_01_000001_create_zones_and_nodes', 1),
    ('2024_11_01_000002_create_telemetry_tables', 1),
    ('2024_11_01_000003_create_commands_table', 1),
    ('2025_02_10_000001_create_zone_events', 2),
    ('2025_03_05_000001_create_recipes', 3),
    ('2025_12_20_000001_create_grow_cycles', 4);

INSERT INTO public.zones (name) SELECT 'zone ' || i FROM generate_series(1, 40) AS i;
-- Nodes 41 to 44 are spare, node 45 is the second one of zone 7.
INSERT INTO public.nodes (uid, zone_id, type, last_seen_at)
SELECT 'nd-' || i, CASE WHEN i <= 40 THEN i WHEN i = 45 THEN 7 END, (ARRAY['ph', 'ec', 'climate'])[1 + i % 3],
       CASE WHEN i % 5 <> 0 THEN now() - make_interval(mins => i) END
  FROM generate_series(1, 45) AS i;
UPDATE public.zones SET node_id = id WHERE id <= 38;

INSERT INTO public.telemetry_samples (zone_id, node_id, metric_type, channel, value, raw, ts)
SELECT 1 + i % 40, CASE WHEN i % 9 <> 0 THEN 1 + i % 40 END, (ARRAY['PH', 'EC', 'TEMP_AIR', 'HUMIDITY'])[1 + i / 40 % 4],
       CASE WHEN i % 9 <> 0 THEN (ARRAY['a', 'b'])[1 + i / 160 % 2] END, (i % 1000) / 10.0,
       CASE WHEN i % 4 = 0 THEN jsonb_build_object('rssi', -(i % 90)) END,
       date_trunc('second', now() AT TIME ZONE 'UTC') - (n - i) * (interval '60 days' / n)
  FROM (SELECT greatest(1000, coalesce(nullif(current_setting('grow.rows', true), ''), '60000')::integer) AS n) AS rows,
       generate_series(1, greatest(1000, coalesce(nullif(current_setting('grow.rows', true), ''), '60000')::integer)) AS i;

INSERT INTO public.telemetry_last (zone_id, node_id, metric_type, channel, value, updated_at)
SELECT DISTINCT ON (zone_id, node_id, metric_type, channel) zone_id, coalesce(node_id, 0), metric_type, coalesce(channel, ''), value, ts
  FROM public.telemetry_samples ORDER BY zone_id, node_id, metric_type, channel, ts DESC;

INSERT INTO public.telemetry_agg_1m (zone_id, node_id, metric_type, channel, value_avg, value_min, value_max, sample_count, ts)
SELECT zone_id, node_id, metric_type, channel, avg(value), min(value), max(value), count(*),
       date_trunc('minute', ts) AT TIME ZONE 'UTC'
  FROM public.telemetry_samples WHERE id % 5 = 0 GROUP BY zone_id, node_id, metric_type, channel, date_trunc('minute', ts);
INSERT INTO public.telemetry_agg_1h (zone_id, node_id, metric_type, channel, value_avg, value_min, value_max, sample_count, ts)
SELECT zone_id, node_id, metric_type, channel, avg(value), min(value), max(value), count(*),
       date_trunc('hour', ts) AT TIME ZONE 'UTC'
  FROM public.telemetry_samples WHERE id % 5 = 1 GROUP BY zone_id, node_id, metric_type, channel, date_trunc('hour', ts);
INSERT INTO public.telemetry_agg_daily (zone_id, node_id, metric_type, channel, value_avg, value_min, value_max, sample_count, date)
SELECT zone_id, node_id, metric_type, channel, avg(value), min(value), max(value), count(*), ts::date
  FROM public.telemetry_samples GROUP BY zone_id, node_id, metric_type, channel, ts::date;

INSERT INTO public.commands (zone_id, node_id, channel, cmd, params, status, cmd_id, sent_at, created_at)
SELECT zone_id, node_id, channel, (ARRAY['dose', 'light_on', 'light_off', 'irrigate'])[1 + id % 4],
       CASE WHEN id % 5 <> 0 THEN jsonb_build_object('ml', id % 50) END,
       (ARRAY['SENT', 'ACK', 'DONE', 'FAILED'])[1 + id % 4], 'cmd-' || id, ts AT TIME ZONE 'UTC', ts AT TIME ZONE 'UTC'
  FROM public.telemetry_samples WHERE id % 3 = 0;
INSERT INTO public.zone_events (zone_id, type, details, created_at)
SELECT zone_id, (ARRAY['ALERT_CREATED', 'CYCLE_STARTED', 'PHASE_TRANSITION'])[1 + id % 3],
       jsonb_build_object('sample', id), ts AT TIME ZONE 'UTC'
  FROM public.telemetry_samples WHERE id % 3 = 1;

INSERT INTO public.recipes (name) SELECT 'recipe ' || i FROM generate_series(1, 8) AS i;
-- Two revisions of each; the second came 30 days ago.
INSERT INTO public.recipe_revisions (recipe_id, revision_number, published_at)
SELECT r, n, now() - CASE n WHEN 1 THEN interval '400 days' ELSE interval '30 days' END
  FROM generate_series(1, 8) AS r, generate_series(1, 2) AS n;
INSERT INTO public.phases (recipe_revision_id, phase_index, name)
SELECT r.id, p, (ARRAY['seedling', 'vegetative', 'flowering'])[1 + p] FROM public.recipe_revisions r, generate_series(0, 2) AS p;
INSERT INTO public.steps (phase_id, step_index, action)
SELECT p.id, s, 'step ' || s FROM public.phases p, generate_series(0, 1) AS s;

INSERT INTO public.zone_recipe_instances (zone_id, recipe_id, current_phase_index, started_at)
SELECT i, 1 + i % 8, i % 3, now() - make_interval(days => 10 + i) FROM generate_series(1, 40) AS i;
-- Zone 40 has an instance and no cycle; zones 3 and 11 have two that are active; the rest of the cycles are of the past.
INSERT INTO public.grow_cycles (zone_id, recipe_id, zone_recipe_instance_id, status, current_phase_index, current_step_index, started_at)
SELECT zone_id, recipe_id, id, 'RUNNING', current_phase_index, zone_id % 2, started_at
  FROM public.zone_recipe_instances WHERE zone_id < 40;
INSERT INTO public.grow_cycles (zone_id, recipe_id, status, current_phase_index, started_at)
SELECT zone_id, recipe_id, 'PAUSED', 0, started_at - interval '20 days'
  FROM public.zone_recipe_instances WHERE zone_id IN (3, 11);
INSERT INTO public.grow_cycles (zone_id, recipe_id, status, current_phase_index, current_step_index, notes, started_at)
SELECT 1 + i % 40, 1 + i % 8, (ARRAY['HARVESTED', 'ABORTED'])[1 + i % 2], i % 3, i % 2,
       CASE WHEN i % 3 = 0 THEN 'batch ' || i END, now() - make_interval(days => 60 + i % 300)
  FROM generate_series(1, greatest(200, coalesce(nullif(current_setting('grow.rows', true), ''), '60000')::integer / 20)) AS i;

ANALYZE;
