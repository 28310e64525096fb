-- Rows 13 and 19: columns that legacy knows nothing of.
ALTER TABLE public.provider_accounts ADD COLUMN is_enabled boolean NOT NULL DEFAULT true;
ALTER TABLE public.prompt_templates
    ADD COLUMN stage text NOT NULL DEFAULT 'generate',
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN is_active boolean NOT NULL DEFAULT true;
