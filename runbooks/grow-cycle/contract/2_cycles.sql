-- What pointed at zone_recipe_instances, and the other half of "one zone, one node".
DROP VIEW IF EXISTS public.zone_active_recipes;
ALTER TABLE public.grow_cycles DROP COLUMN zone_recipe_instance_id;
ALTER TABLE public.zones DROP COLUMN node_id;
