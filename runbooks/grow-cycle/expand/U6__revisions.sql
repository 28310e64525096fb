DROP FUNCTION public.index_of_step(bigint);
DROP FUNCTION public.index_of_phase(bigint);
DROP FUNCTION public.recipe_of(bigint);
DROP FUNCTION public.step_at(bigint, timestamptz, integer, integer);
DROP FUNCTION public.phase_at(bigint, timestamptz, integer);
DROP FUNCTION public.revision_at(bigint, timestamptz);
