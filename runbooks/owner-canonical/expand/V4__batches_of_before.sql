-- The rows of before, through the very functions of V2 and V3; writes since then are served by their triggers. Each
-- row is locked before it is read: what a client writes meanwhile is never overwritten by what was there. A batch
-- commits by itself; rows that a client holds are come back to at the end. Whatever stops it, it is called again,
-- and passes over what is done. V5 takes these procedures away.
CREATE PROCEDURE public.store_settings_of_before(batch integer) LANGUAGE plpgsql AS $$
DECLARE
    follows uuid := '00000000-0000-0000-0000-000000000000';
    ids     uuid[];
    taken   uuid[];
    held    uuid[] := '{}';
    one     record;
    id_     uuid;
BEGIN
    WHILE follows IS NOT NULL LOOP
        ids := ARRAY(SELECT p.id FROM public.projects p WHERE p.id >= follows ORDER BY p.id LIMIT batch + 1);
        follows := ids[batch + 1];
        ids := ARRAY(SELECT p.id FROM public.projects p WHERE p.id = ANY (ids[:batch])
                     AND NOT EXISTS (SELECT FROM public.project_storage s WHERE s.project_id = p.id
                         AND public.storage_settings(s.storage_mode, s.local_base_dir, s.s3_bucket, s.s3_prefix, s.s3_region,
                                                     s.metadata_json) IS NOT DISTINCT FROM p.settings_json));
        taken := '{}';
        FOR one IN SELECT p.id, p.settings_json FROM public.projects p WHERE p.id = ANY (ids)
                   ORDER BY p.id FOR NO KEY UPDATE SKIP LOCKED LOOP
            PERFORM public.store_settings(one.id, one.settings_json);
            taken := taken || one.id;
        END LOOP;
        held := held || ARRAY(SELECT unnest(ids) EXCEPT SELECT unnest(taken));
        COMMIT;
    END LOOP;
    FOREACH id_ IN ARRAY held LOOP
        FOR one IN SELECT p.id, p.settings_json FROM public.projects p WHERE p.id = id_ FOR NO KEY UPDATE LOOP
            PERFORM public.store_settings(one.id, one.settings_json);
        END LOOP;
        COMMIT;
    END LOOP;
END
$$;

-- A run has been read when there is its quality row or the gap that says why not; its costs came with it.
CREATE PROCEDURE public.read_run_logs_of_before(batch integer) LANGUAGE plpgsql AS $$
DECLARE
    follows uuid := '00000000-0000-0000-0000-000000000000';
    ids     uuid[];
    taken   uuid[];
    held    uuid[] := '{}';
    one     record;
    id_     uuid;
BEGIN
    WHILE follows IS NOT NULL LOOP
        ids := ARRAY(SELECT r.id FROM public.runs r WHERE r.id >= follows ORDER BY r.id LIMIT batch + 1);
        follows := ids[batch + 1];
        ids := ARRAY(SELECT r.id FROM public.runs r WHERE r.id = ANY (ids[:batch])
                     AND NOT EXISTS (SELECT FROM public.quality_reports q WHERE q.id = md5('quality ' || r.id)::uuid)
                     AND NOT EXISTS (SELECT FROM public.run_log_gaps g WHERE g.run_id = r.id AND g.ledger = 'quality'));
        taken := '{}';
        FOR one IN SELECT r.id, r.project_id, r.model, r.run_log_json FROM public.runs r WHERE r.id = ANY (ids)
                   ORDER BY r.id FOR NO KEY UPDATE SKIP LOCKED LOOP
            PERFORM public.read_run_log(one.id, one.project_id, one.model, one.run_log_json);
            taken := taken || one.id;
        END LOOP;
        held := held || ARRAY(SELECT unnest(ids) EXCEPT SELECT unnest(taken));
        COMMIT;
    END LOOP;
    FOREACH id_ IN ARRAY held LOOP
        FOR one IN SELECT r.id, r.project_id, r.model, r.run_log_json FROM public.runs r WHERE r.id = id_
                   FOR NO KEY UPDATE LOOP
            PERFORM public.read_run_log(one.id, one.project_id, one.model, one.run_log_json);
        END LOOP;
        COMMIT;
    END LOOP;
END
$$;
