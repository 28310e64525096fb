-- What clients have changed since stays as it is.
DELETE FROM public.grow_cycles c USING public.grow_cycle_repairs r
 WHERE r.relation = 'grow_cycles' AND r.row_id = c.id AND c.status = r.became;
UPDATE public.grow_cycles c SET status = r.was FROM public.grow_cycle_repairs r
 WHERE r.relation = 'grow_cycles.status' AND r.row_id = c.id AND c.status = r.became;
UPDATE public.nodes n SET zone_id = r.was::bigint FROM public.grow_cycle_repairs r
 WHERE r.relation = 'nodes.zone_id' AND r.row_id = n.id AND n.zone_id IS NULL;
DROP TABLE public.grow_cycle_repairs;
