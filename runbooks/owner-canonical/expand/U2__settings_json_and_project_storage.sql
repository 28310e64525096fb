DROP TRIGGER storage_to_settings ON public.project_storage;
DROP TRIGGER settings_to_storage ON public.projects;
DROP FUNCTION public.storage_to_settings();
DROP FUNCTION public.settings_to_storage();
DROP FUNCTION public.store_settings(uuid, jsonb);
DROP FUNCTION public.storage_settings(text, text, text, text, text, jsonb);
DROP FUNCTION public.storage_rest(jsonb);
DROP FUNCTION public.storage_text(jsonb, text);
DROP FUNCTION public.note_legacy_use(text);
