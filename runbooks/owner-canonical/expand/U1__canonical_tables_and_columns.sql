DROP TABLE public.legacy_use;
DROP TABLE public.unresolved_asset_paths;
DROP TABLE public.run_log_gaps;
ALTER TABLE public.prompt_templates DROP COLUMN stage, DROP COLUMN version, DROP COLUMN is_active;
ALTER TABLE public.reference_items DROP COLUMN weight;
ALTER TABLE public.reference_sets DROP COLUMN kind;
ALTER TABLE public.characters DROP COLUMN identity_constraints_json;
ALTER TABLE public.style_guides DROP COLUMN rules_json, DROP COLUMN is_default;
ALTER TABLE public.provider_accounts DROP COLUMN is_enabled;
ALTER TABLE public.audit_events DROP COLUMN project_id, DROP COLUMN actor_user_id, DROP COLUMN action,
    DROP COLUMN entity_kind, DROP COLUMN entity_id, DROP COLUMN details_json;
ALTER TABLE public.cost_events DROP COLUMN project_id, DROP COLUMN event_no, DROP COLUMN provider,
    DROP COLUMN model_name, DROP COLUMN cost_usd, DROP COLUMN source;
ALTER TABLE public.quality_reports DROP COLUMN candidate_id, DROP COLUMN stage, DROP COLUMN score,
    DROP COLUMN passed, DROP COLUMN details_json, DROP COLUMN source;
-- What the event tables got has no place in legacy's columns, and nothing filled these tables before.
DELETE FROM public.audit_events WHERE message IS NULL;
DELETE FROM public.cost_events WHERE amount IS NULL AND note IS NULL;
DELETE FROM public.quality_reports WHERE report_text IS NULL;
ALTER TABLE public.project_exports DROP COLUMN export_asset_id;
ALTER TABLE public.run_jobs DROP COLUMN selected_asset_id, DROP COLUMN final_asset_id;
ALTER TABLE public.assets DROP COLUMN metadata_json;
-- Rows that only the policy made: legacy's project_storage has rows for quotas alone.
DELETE FROM public.project_storage WHERE quota_bytes IS NULL AND used_bytes IS NULL;
ALTER TABLE public.project_storage DROP COLUMN storage_mode, DROP COLUMN local_base_dir, DROP COLUMN s3_bucket,
    DROP COLUMN s3_prefix, DROP COLUMN s3_region, DROP COLUMN metadata_json;
DROP TABLE public.run_candidates_next;
DROP TABLE public.app_users_next;
