ALTER TABLE public.reference_items DROP COLUMN weight;
ALTER TABLE public.reference_sets DROP COLUMN kind;
