-- Rows 16 and 17: columns that legacy knows nothing of.
ALTER TABLE public.reference_sets ADD COLUMN kind text NOT NULL DEFAULT 'reference';
ALTER TABLE public.reference_items ADD COLUMN weight numeric(6, 3) NOT NULL DEFAULT 1;
