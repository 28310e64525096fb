package dev.rubicon.demo.owner;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The build before the crossing: legacy names, storage in settings_json, quality in run logs. */
final class OldOwnerBuild implements OwnerBuild {

  @Override
  public String name() {
    return "old";
  }

  @Override
  public OpenApi api() {
    return new OpenApi()
        .schema("Run", Map.of("id", "string", "mode", "string", "model", "string"))
        .operation("post", "/api/projects/{id}/runs", "createRun", "Run")
        .operation("get", "/api/runs/{id}", "getRun", "Run");
  }

  @Override
  public void ingest(Connection connection, Ingest run) throws SQLException {
    Rows.all(
        connection,
        """
        WITH r AS (
          INSERT INTO public.runs (id, project_id, mode, model, settings_json, status, run_log_json)
          VALUES (?, ?, ?, ?, '{"cfg": 7.5}', 'succeeded',
                  jsonb_build_object('quality', jsonb_build_object('score', ?::numeric, 'passed', true), 'costs',
                      jsonb_build_array(jsonb_build_object('provider', 'fixture', 'usd', ?::numeric))))
          RETURNING id, project_id),
        a AS (
          INSERT INTO public.assets (project_id, asset_kind, rel_path)
          SELECT project_id, 'image', 'runs/' || id || '.png' FROM r RETURNING rel_path)
        SELECT jsonb_build_object('id', r.id, 'path', a.rel_path) FROM r, a\
        """,
        run.id(),
        run.project(),
        run.mode(),
        run.model(),
        run.score(),
        run.cost());
    Rows.all(
        connection,
        """
        WITH j AS (
          INSERT INTO public.run_jobs (run_id, job_no, status, selected_path)
          VALUES (?, 1, 'done', 'runs/' || ?::text || '.png') RETURNING id)
        INSERT INTO public.run_job_candidates (job_id, candidate_no, output_path, score)
        SELECT j.id, 1, 'runs/' || ?::text || '.png', 1 FROM j RETURNING jsonb_build_object('id', id)\
        """,
        run.id(),
        run.id(),
        run.id());
  }

  @Override
  public Map<String, Object> run(Connection connection, UUID id) throws SQLException {
    return Rows.one(
        connection,
        "SELECT jsonb_build_object('id', id, 'mode', mode, 'model', model) FROM public.runs WHERE"
            + " id = ?",
        id);
  }

  @Override
  public Map<String, Object> storage(Connection connection, UUID project) throws SQLException {
    return Rows.one(
        connection,
        """
        SELECT jsonb_build_object('storage_mode', settings_json -> 'storage' ->> 'mode',
                                  's3_bucket', settings_json -> 'storage' ->> 'bucket')
          FROM public.projects WHERE id = ?\
        """,
        project);
  }

  @Override
  public void store(Connection connection, UUID project, Map<?, ?> policy) throws SQLException {
    Map<String, String> names =
        Map.of("storage_mode", "mode", "s3_bucket", "bucket", "local_base_dir", "base_dir");
    var storage = new LinkedHashMap<String, Object>();
    names.forEach((name, key) -> storage.put(key, policy.get(name)));
    storage.values().removeIf(java.util.Objects::isNull);
    Rows.one(
        connection,
        """
        UPDATE public.projects SET settings_json = jsonb_set(coalesce(settings_json, '{}'), '{storage}', ?::jsonb)
         WHERE id = ? RETURNING jsonb_build_object('id', id)\
        """,
        dev.rubicon.demo.app.MiniJson.write(storage),
        project);
  }

  @Override
  public UUID secret(Connection connection, UUID project, String provider, String reference)
      throws SQLException {
    return UUID.fromString(
        Rows.one(
                connection,
                """
                INSERT INTO public.project_api_secrets (project_id, provider, key_ref)
                VALUES (?, ?, ?) RETURNING jsonb_build_object('id', id)\
                """,
                project,
                provider,
                reference)
            .get("id")
            .toString());
  }

  @Override
  public UUID export(Connection connection, UUID project, String format) throws SQLException {
    UUID id = UUID.randomUUID();
    Rows.one(
        connection,
        """
        WITH a AS (
          INSERT INTO public.assets (project_id, asset_kind, rel_path)
          VALUES (?, 'export', 'exports/' || ?::text || '.zip') RETURNING project_id, rel_path)
        SELECT to_jsonb(a) FROM a\
        """,
        project,
        id);
    Rows.one(
        connection,
        """
        INSERT INTO public.project_exports (id, project_id, format, export_path)
        VALUES (?, ?, ?, 'exports/' || ?::text || '.zip') RETURNING jsonb_build_object('id', id)\
        """,
        id,
        project,
        format,
        id);
    return id;
  }
}
