-- Rows 14 and 15: columns that legacy knows nothing of.
ALTER TABLE public.style_guides
    ADD COLUMN rules_json jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN is_default boolean NOT NULL DEFAULT false;
ALTER TABLE public.characters ADD COLUMN identity_constraints_json jsonb NOT NULL DEFAULT '{}';
