-- The rows that no invariant may meet, as README.md says: each change is written down, and U7 takes it back.
CREATE TABLE public.grow_cycle_repairs (
    id       bigserial PRIMARY KEY,
    relation text NOT NULL,
    row_id   bigint NOT NULL,
    was      text,
    became   text,
    reason   text NOT NULL,
    made_at  timestamptz NOT NULL DEFAULT now()
);
-- A zone has one node: the one that came first stays, the others are spare.
WITH spare AS (
    SELECT n.id, n.zone_id FROM public.nodes n
     WHERE EXISTS (SELECT FROM public.nodes o WHERE o.zone_id = n.zone_id AND o.id < n.id)
), changed AS (
    UPDATE public.nodes n SET zone_id = NULL FROM spare s WHERE n.id = s.id RETURNING n.id, s.zone_id
)
INSERT INTO public.grow_cycle_repairs (relation, row_id, was, became, reason)
SELECT 'nodes.zone_id', id, zone_id::text, NULL, 'its zone has another node' FROM changed;
-- A zone has one active cycle: the one that began last.
WITH older AS (
    SELECT c.id, c.status FROM public.grow_cycles c
     WHERE c.status IN ('PLANNED', 'RUNNING', 'PAUSED')
       AND EXISTS (SELECT FROM public.grow_cycles o WHERE o.zone_id = c.zone_id AND o.status IN ('PLANNED', 'RUNNING', 'PAUSED')
                      AND (o.started_at, o.id) > (c.started_at, c.id))
), changed AS (
    UPDATE public.grow_cycles c SET status = 'ABORTED' FROM older o WHERE c.id = o.id RETURNING c.id, o.status
)
INSERT INTO public.grow_cycle_repairs (relation, row_id, was, became, reason)
SELECT 'grow_cycles.status', id, status, 'ABORTED', 'its zone has an active cycle that began later' FROM changed;
-- An instance whose zone has no active cycle becomes one: nothing that runs may be in zone_recipe_instances alone.
WITH made AS (
    INSERT INTO public.grow_cycles (zone_id, recipe_id, zone_recipe_instance_id, status, current_phase_index, started_at)
    SELECT DISTINCT ON (i.zone_id) i.zone_id, i.recipe_id, i.id, 'RUNNING', i.current_phase_index, i.started_at
      FROM public.zone_recipe_instances i
     WHERE NOT EXISTS (SELECT FROM public.grow_cycles c WHERE c.zone_id = i.zone_id AND c.status IN ('PLANNED', 'RUNNING', 'PAUSED'))
     ORDER BY i.zone_id, i.started_at DESC
    RETURNING id
)
INSERT INTO public.grow_cycle_repairs (relation, row_id, was, became, reason)
SELECT 'grow_cycles', id, NULL, 'RUNNING', 'made of its zone''s instance' FROM made;
DO $$
BEGIN
    EXECUTE format('ALTER TABLE public.grow_cycle_repairs OWNER TO %I',
                   (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.zones'::regclass));
END
$$;
