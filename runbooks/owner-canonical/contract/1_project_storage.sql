-- settings_json stands in project_storage, exactly: see the precondition storage-holds-all-settings.
DROP TRIGGER storage_to_settings ON public.project_storage;
DROP TRIGGER settings_to_storage ON public.projects;
DROP FUNCTION public.storage_to_settings();
DROP FUNCTION public.settings_to_storage();
DROP FUNCTION public.store_settings(uuid, jsonb);
DROP FUNCTION public.storage_settings(text, text, text, text, text, jsonb);
DROP FUNCTION public.storage_rest(jsonb);
DROP FUNCTION public.storage_text(jsonb, text);
ALTER TABLE public.projects DROP COLUMN settings_json;
