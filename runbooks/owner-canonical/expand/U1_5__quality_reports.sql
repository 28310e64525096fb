ALTER TABLE public.quality_reports DROP COLUMN candidate_id, DROP COLUMN stage, DROP COLUMN score,
    DROP COLUMN passed, DROP COLUMN details_json, DROP COLUMN source;
-- What it got has no place in legacy's columns, and nothing filled this table before.
DELETE FROM public.quality_reports WHERE report_text IS NULL;
