package dev.rubicon.demo.owner;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The build that expects canonical: every run writes its ledgers, storage is a row. */
final class NewOwnerBuild implements OwnerBuild {

  @Override
  public String name() {
    return "new";
  }

  @Override
  public OpenApi api() {
    var api =
        new OpenApi()
            .schema(
                "Run",
                Map.of(
                    "id", "string",
                    "project_id", "string",
                    "run_mode", "string",
                    "model_name", "string",
                    "status", "string",
                    "settings_snapshot_json", "object"))
            .schema(
                "Asset",
                Map.of(
                    "id", "string",
                    "kind", "string",
                    "storage_uri", "string",
                    "metadata_json", "object"))
            .schema("Quality", Map.of("stage", "string", "score", "number", "passed", "boolean"))
            .schema(
                "Cost",
                Map.of(
                    "event_no", "number",
                    "provider", "string",
                    "model_name", "string",
                    "cost_usd", "number"))
            .schema(
                "Storage",
                Map.of(
                    "storage_mode", "string",
                    "local_base_dir", "string",
                    "s3_bucket", "string",
                    "s3_prefix", "string",
                    "s3_region", "string"))
            .operation("post", "/api/projects/{id}/runs", "createRun", "Run")
            .operation("get", "/api/runs/{id}", "getRun", "Run")
            .operation("get", "/api/projects/{id}/assets", "listAssets", "Asset")
            .operation("get", "/api/runs/{id}/quality", "listQuality", "Quality")
            .operation("get", "/api/runs/{id}/cost", "listCost", "Cost")
            .operation("get", "/api/projects/{id}/storage", "getStorage", "Storage")
            .operation("put", "/api/projects/{id}/storage", "putStorage", "Storage");
    for (Resource resource : Resource.ALL) {
      resource.describe(api);
    }
    return api;
  }

  @Override
  public void ingest(Connection connection, Ingest run) throws SQLException {
    Rows.all(
        connection,
        """
        WITH r AS (
          INSERT INTO public.runs (id, project_id, run_mode, model_name, settings_snapshot_json, status)
          VALUES (?, ?, ?, ?, '{"cfg": 7.5}', 'succeeded') RETURNING id)
        SELECT to_jsonb(r) FROM r\
        """,
        run.id(),
        run.project(),
        run.mode(),
        run.model());
    Rows.all(
        connection,
        """
        WITH a AS (
          INSERT INTO public.assets (id, project_id, kind, storage_uri)
          VALUES (?, ?, 'image', 'project://runs/' || ?::text || '.png') RETURNING id)
        SELECT to_jsonb(a) FROM a\
        """,
        run.id(),
        run.project(),
        run.id());
    // What the project holds up as its references, the image was made after.
    Rows.all(
        connection,
        """
        INSERT INTO public.asset_links (parent_asset_id, child_asset_id, link_kind)
        SELECT DISTINCT i.asset_id, ?::uuid, 'reference'
          FROM public.reference_sets s JOIN public.reference_items i ON i.reference_set_id = s.id
         WHERE s.project_id = ? RETURNING jsonb_build_object('id', id)\
        """,
        run.id(),
        run.project());
    Rows.all(
        connection,
        """
        WITH j AS (
          INSERT INTO public.run_jobs (run_id, job_no, status, selected_asset_id)
          VALUES (?, 1, 'done', ?) RETURNING id)
        INSERT INTO public.run_candidates (run_job_id, candidate_index, output_uri, score)
        SELECT j.id, 1, 'project://runs/' || ?::text || '.png', 1 FROM j RETURNING jsonb_build_object('id', id)\
        """,
        run.id(),
        run.id(),
        run.id());
    Rows.all(
        connection,
        """
        WITH q AS (
          INSERT INTO public.quality_reports (run_id, score, passed) VALUES (?, ?, true)),
        c AS (
          INSERT INTO public.cost_events (run_id, project_id, provider, model_name, cost_usd)
          VALUES (?, ?, 'fixture', ?, ?))
        SELECT '{}'::jsonb\
        """,
        run.id(),
        run.score(),
        run.id(),
        run.project(),
        run.model(),
        run.cost());
  }

  @Override
  public Map<String, Object> run(Connection connection, UUID id) throws SQLException {
    return Rows.one(
        connection,
        """
        SELECT to_jsonb(r) FROM (SELECT id, project_id, run_mode, model_name, status, settings_snapshot_json
                                   FROM public.runs WHERE id = ?) AS r\
        """,
        id);
  }

  @Override
  public Map<String, Object> storage(Connection connection, UUID project) throws SQLException {
    return Rows.one(
        connection,
        """
        SELECT to_jsonb(s) FROM (SELECT storage_mode, local_base_dir, s3_bucket, s3_prefix, s3_region
                                   FROM public.project_storage WHERE project_id = ?) AS s\
        """,
        project);
  }

  @Override
  public void store(Connection connection, UUID project, Map<?, ?> policy) throws SQLException {
    Rows.one(
        connection,
        """
        INSERT INTO public.project_storage AS s (project_id, storage_mode, local_base_dir, s3_bucket)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (project_id) DO UPDATE
           SET storage_mode = EXCLUDED.storage_mode, local_base_dir = EXCLUDED.local_base_dir,
               s3_bucket = EXCLUDED.s3_bucket, updated_at = now()
        RETURNING jsonb_build_object('id', project_id)\
        """,
        project,
        text(policy, "storage_mode"),
        text(policy, "local_base_dir"),
        text(policy, "s3_bucket"));
  }

  private static Optional<String> text(Map<?, ?> policy, String key) {
    return policy.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  @Override
  public UUID secret(Connection connection, UUID project, String provider, String reference)
      throws SQLException {
    return UUID.fromString(
        Rows.one(
                connection,
                """
                INSERT INTO public.project_api_secrets (project_id, provider, kms_key_ref)
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
          INSERT INTO public.assets (id, project_id, kind, storage_uri)
          VALUES (?, ?, 'export', 'project://exports/' || ?::text || '.zip') RETURNING id)
        SELECT to_jsonb(a) FROM a\
        """,
        id,
        project,
        id);
    Rows.one(
        connection,
        """
        INSERT INTO public.project_exports (id, project_id, format, storage_uri, export_asset_id)
        VALUES (?, ?, ?, 'project://exports/' || ?::text || '.zip', ?) RETURNING jsonb_build_object('id', id)\
        """,
        id,
        project,
        format,
        id,
        id);
    // An export is made of the newest images that were selected.
    Rows.all(
        connection,
        """
        INSERT INTO public.asset_links (parent_asset_id, child_asset_id, link_kind)
        SELECT j.selected_asset_id, ?::uuid, 'export'
          FROM public.runs r JOIN public.run_jobs j ON j.run_id = r.id
         WHERE r.project_id = ? AND j.selected_asset_id IS NOT NULL
         ORDER BY r.created_at DESC LIMIT 20 RETURNING jsonb_build_object('id', id)\
        """,
        id,
        project);
    return id;
  }
}
