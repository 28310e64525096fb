ALTER TABLE public.prompt_templates DROP COLUMN stage, DROP COLUMN version, DROP COLUMN is_active;
ALTER TABLE public.provider_accounts DROP COLUMN is_enabled;
