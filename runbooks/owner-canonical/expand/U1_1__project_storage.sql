-- Rows that only the policy made: legacy's project_storage has rows for quotas alone.
DELETE FROM public.project_storage WHERE quota_bytes IS NULL AND used_bytes IS NULL;
ALTER TABLE public.project_storage DROP COLUMN storage_mode, DROP COLUMN local_base_dir, DROP COLUMN s3_bucket,
    DROP COLUMN s3_prefix, DROP COLUMN s3_region, DROP COLUMN metadata_json;
