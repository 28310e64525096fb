ALTER TABLE public.characters DROP COLUMN identity_constraints_json;
ALTER TABLE public.style_guides DROP COLUMN rules_json, DROP COLUMN is_default;
