-- Row 3: the policy. NULL means that nobody ever said; what no column takes stays in metadata_json.
ALTER TABLE public.project_storage
    ADD COLUMN storage_mode text,
    ADD COLUMN local_base_dir text,
    ADD COLUMN s3_bucket text,
    ADD COLUMN s3_prefix text,
    ADD COLUMN s3_region text,
    ADD COLUMN metadata_json jsonb,
    ADD CONSTRAINT ck_project_storage_mode CHECK (storage_mode IN ('local', 's3')) NOT VALID;
