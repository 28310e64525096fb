-- What legacy's recipe, start and indexes say of revision, phase and step, and back. A cycle follows the newest revision
-- that was published when it began, or the first one: one that is published later changes no cycle under way.
CREATE FUNCTION public.revision_at(recipe bigint, began timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.id FROM public.recipe_revisions r WHERE r.recipe_id = $1
     ORDER BY r.published_at <= $2 DESC, CASE WHEN r.published_at <= $2 THEN -r.revision_number ELSE r.revision_number END LIMIT 1
$$;
CREATE FUNCTION public.phase_at(recipe bigint, began timestamptz, phase integer) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.id FROM public.phases p WHERE p.recipe_revision_id = public.revision_at($1, $2) AND p.phase_index = $3
$$;
CREATE FUNCTION public.step_at(recipe bigint, began timestamptz, phase integer, step integer) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.id FROM public.steps s WHERE s.phase_id = public.phase_at($1, $2, $3) AND s.step_index = $4
$$;
CREATE FUNCTION public.recipe_of(revision bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT r.recipe_id FROM public.recipe_revisions r WHERE r.id = $1';
CREATE FUNCTION public.index_of_phase(phase bigint) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT p.phase_index FROM public.phases p WHERE p.id = $1';
CREATE FUNCTION public.index_of_step(step bigint) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT s.step_index FROM public.steps s WHERE s.id = $1';
