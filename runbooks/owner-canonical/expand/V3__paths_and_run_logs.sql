-- Path strings lead to assets, run logs to quality and cost rows, for as long as the old build writes
-- them. contract/2_paths_and_run_logs.sql takes this away again.

-- The asset of a path; a path of no asset is listed, and the path stays where it is.
CREATE FUNCTION public.resolve_path(what text, row_id uuid, what_field text, project uuid, given text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    asset uuid := (SELECT a.id FROM public.assets a WHERE a.project_id = project AND a.rel_path = given);
BEGIN
    IF given IS NOT NULL AND asset IS NULL THEN
        INSERT INTO public.unresolved_asset_paths AS u (entity, entity_id, field, path)
        VALUES (what, row_id, what_field, given)
        ON CONFLICT ON CONSTRAINT unresolved_asset_paths_pkey DO UPDATE
           SET path = EXCLUDED.path, noted_at = now() WHERE u.path <> EXCLUDED.path;
    ELSE
        DELETE FROM public.unresolved_asset_paths u
         WHERE u.entity = what AND u.entity_id = row_id AND u.field = what_field;
    END IF;
    RETURN asset;
END
$$;

CREATE FUNCTION public.job_paths() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project uuid := (SELECT r.project_id FROM public.runs r WHERE r.id = NEW.run_id);
    fresh   boolean := TG_OP = 'INSERT';
BEGIN
    IF (CASE WHEN fresh THEN NEW.selected_asset_id IS NOT NULL ELSE NEW.selected_asset_id IS DISTINCT FROM OLD.selected_asset_id END) THEN
        -- An asset that is deleted takes its key away, never the path.
        IF NEW.selected_asset_id IS NOT NULL OR pg_trigger_depth() = 1 THEN
            NEW.selected_path := (SELECT a.rel_path FROM public.assets a WHERE a.id = NEW.selected_asset_id);
        END IF;
        PERFORM public.resolve_path('run_jobs', NEW.id, 'selected', project, NEW.selected_path);
    ELSIF (CASE WHEN fresh THEN NEW.selected_path IS NOT NULL ELSE NEW.selected_path IS DISTINCT FROM OLD.selected_path END) THEN
        NEW.selected_asset_id := public.resolve_path('run_jobs', NEW.id, 'selected', project, NEW.selected_path);
        PERFORM public.note_legacy_use('run_jobs.selected_path');
    END IF;
    IF (CASE WHEN fresh THEN NEW.final_asset_id IS NOT NULL ELSE NEW.final_asset_id IS DISTINCT FROM OLD.final_asset_id END) THEN
        -- An asset that is deleted takes its key away, never the path.
        IF NEW.final_asset_id IS NOT NULL OR pg_trigger_depth() = 1 THEN
            NEW.final_path := (SELECT a.rel_path FROM public.assets a WHERE a.id = NEW.final_asset_id);
        END IF;
        PERFORM public.resolve_path('run_jobs', NEW.id, 'final', project, NEW.final_path);
    ELSIF (CASE WHEN fresh THEN NEW.final_path IS NOT NULL ELSE NEW.final_path IS DISTINCT FROM OLD.final_path END) THEN
        NEW.final_asset_id := public.resolve_path('run_jobs', NEW.id, 'final', project, NEW.final_path);
        PERFORM public.note_legacy_use('run_jobs.final_path');
    END IF;
    RETURN NEW;
END
$$;
-- V5 has looked up what it writes.
CREATE TRIGGER job_paths BEFORE INSERT OR UPDATE ON public.run_jobs
    FOR EACH ROW WHEN (current_setting('owner.backfill', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION public.job_paths();

-- export_path becomes storage_uri by a transition; here only its asset. The new build gives both itself.
CREATE FUNCTION public.export_asset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.export_asset_id IS NULL AND NEW.export_path IS NOT NULL
       AND (TG_OP = 'INSERT' OR (NEW.export_path, NEW.export_asset_id) IS DISTINCT FROM (OLD.export_path, OLD.export_asset_id)) THEN
        NEW.export_asset_id := public.resolve_path('project_exports', NEW.id, 'export', NEW.project_id, NEW.export_path);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER export_asset BEFORE INSERT OR UPDATE ON public.project_exports
    FOR EACH ROW EXECUTE FUNCTION public.export_asset();

-- What one run's log says of quality and cost; what it does not say is a gap with its reason. Twice is as
-- good as once: rows from logs have ids of their own making.
CREATE FUNCTION public.read_run_log(run uuid, project uuid, model text, log jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    quality jsonb := log -> 'quality';
    costs   jsonb := CASE WHEN jsonb_typeof(log -> 'costs') = 'array' THEN log -> 'costs' ELSE '[]' END;
    events  bigint;
    gap     text;
BEGIN
    gap := CASE WHEN log IS NULL THEN 'no run log'
                WHEN quality IS NULL THEN 'no quality in the log'
                WHEN jsonb_typeof(quality -> 'score') IS DISTINCT FROM 'number' THEN 'score is no number'
                WHEN NOT (quality ->> 'score')::numeric BETWEEN 0 AND 100 THEN 'score out of range' END;
    IF gap IS NULL THEN
        INSERT INTO public.quality_reports (id, run_id, stage, score, passed, details_json, source)
        VALUES (md5('quality ' || run)::uuid, run, 'final', (quality ->> 'score')::numeric,
                CASE WHEN jsonb_typeof(quality -> 'passed') = 'boolean' THEN (quality ->> 'passed')::boolean END,
                quality - 'score' - 'passed', 'run_log')
        ON CONFLICT (id) DO NOTHING;
    ELSE
        INSERT INTO public.run_log_gaps (run_id, ledger, reason) VALUES (run, 'quality', gap)
        ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO public.cost_events (id, run_id, project_id, event_no, provider, model_name, cost_usd, source)
    SELECT md5('cost ' || run || ' ' || no)::uuid, run, project, no, e ->> 'provider', coalesce(e ->> 'model', model), (e ->> 'usd')::numeric, 'run_log'
      FROM jsonb_array_elements(costs) WITH ORDINALITY AS c (e, no)
     WHERE e ->> 'provider' IS NOT NULL AND e ->> 'usd' ~ '^[0-9]{1,6}(\.[0-9]{1,6})?$'
    ON CONFLICT (id) DO UPDATE SET source = EXCLUDED.source; -- so that it is counted
    GET DIAGNOSTICS events = ROW_COUNT;
    IF events = 0 THEN
        INSERT INTO public.run_log_gaps (run_id, ledger, reason)
        VALUES (run, 'cost', CASE WHEN log IS NULL THEN 'no run log'
                                  WHEN jsonb_array_length(costs) = 0 THEN 'no costs in the log'
                                  ELSE 'no cost that is a provider and an amount' END)
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;
-- The old build knows no ledgers: its log is read as it comes. The new build writes rows, and no log.
CREATE FUNCTION public.run_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.quality_reports WHERE run_id = NEW.id AND source = 'run_log';
        DELETE FROM public.cost_events WHERE run_id = NEW.id AND source = 'run_log';
        DELETE FROM public.run_log_gaps WHERE run_id = NEW.id;
    END IF;
    PERFORM public.read_run_log(NEW.id, NEW.project_id, NEW.model, NEW.run_log_json);
    RETURN NULL;
END
$$;
CREATE TRIGGER run_log_inserted AFTER INSERT ON public.runs
    FOR EACH ROW WHEN (NEW.run_log_json IS NOT NULL) EXECUTE FUNCTION public.run_log();
CREATE TRIGGER run_log_changed AFTER UPDATE OF run_log_json ON public.runs
    FOR EACH ROW WHEN (NEW.run_log_json IS DISTINCT FROM OLD.run_log_json) EXECUTE FUNCTION public.run_log();
