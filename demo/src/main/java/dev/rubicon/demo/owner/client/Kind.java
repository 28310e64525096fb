package dev.rubicon.demo.owner.client;

import dev.rubicon.demo.app.client.Side;
import java.util.List;

/**
 * Something that both versions write, each under its own names: a row with one value that shows
 * which write it holds. Statements read {@code v (id, value, project)}.
 *
 * @param ready {@code relation.column} that must be there before the new version may write: it
 *     comes last
 */
record Kind(String name, Names old, Names canonical, String ready) {

  /**
   * @param at {@code relation.column} that is there where these names are
   * @param read id and value of the rows with these ids
   */
  record Names(String at, String insert, String update, String read) {}

  Names of(Side side) {
    return side == Side.OLD ? old : canonical;
  }

  static final Kind RUN =
      new Kind(
          "run",
          new Names(
              "runs.model",
              """
              INSERT INTO public.runs (id, project_id, mode, model, status, run_log_json)
              SELECT id, project, 'final', value, 'succeeded',
                     '{"quality": {"score": 50}, "costs": [{"provider": "fixture", "usd": 0.01}]}' FROM v\
              """,
              "UPDATE public.runs t SET model = v.value FROM v WHERE t.id = v.id",
              "SELECT id, model FROM public.runs WHERE id = ANY (?)"),
          new Names(
              "runs.model_name",
              """
              , r AS (INSERT INTO public.runs (id, project_id, run_mode, model_name, status)
                      SELECT id, project, 'final', value, 'succeeded' FROM v),
              q AS (INSERT INTO public.quality_reports (run_id, score) SELECT id, 50 FROM v)
              INSERT INTO public.cost_events (run_id, project_id, provider, cost_usd)
              SELECT id, project, 'fixture', 0.01 FROM v\
              """,
              "UPDATE public.runs t SET model_name = v.value FROM v WHERE t.id = v.id",
              "SELECT id, model_name FROM public.runs WHERE id = ANY (?)"),
          "runs.model_name");

  static final Kind PROJECT =
      new Kind(
          "project",
          new Names(
              "projects.settings_json",
              """
              INSERT INTO public.projects (id, user_id, slug, name, settings_json)
              SELECT id, project, id::text, 'client',
                     jsonb_build_object('storage', jsonb_build_object('mode', 'local', 'base_dir', value)) FROM v\
              """,
              """
              UPDATE public.projects t
                 SET settings_json = jsonb_set(t.settings_json, '{storage,base_dir}', to_jsonb(v.value))
                FROM v WHERE t.id = v.id\
              """,
              "SELECT id, settings_json -> 'storage' ->> 'base_dir' FROM public.projects WHERE id ="
                  + " ANY (?)"),
          new Names(
              "project_storage.local_base_dir",
              """
              , p AS (INSERT INTO public.projects (id, owner_user_id, slug, name)
                      SELECT id, project, id::text, 'client' FROM v)
              INSERT INTO public.project_storage (project_id, storage_mode, local_base_dir)
              SELECT id, 'local', value FROM v\
              """,
              "UPDATE public.project_storage t SET local_base_dir = v.value FROM v WHERE"
                  + " t.project_id = v.id",
              "SELECT project_id, local_base_dir FROM public.project_storage WHERE project_id = ANY"
                  + " (?)"),
          "project_storage.quota_json");

  static final Kind SECRET =
      new Kind(
          "secret",
          new Names(
              "project_api_secrets.key_ref",
              """
              INSERT INTO public.project_api_secrets (id, project_id, provider, key_ref)
              SELECT id, project, id::text, value FROM v\
              """,
              "UPDATE public.project_api_secrets t SET key_ref = v.value FROM v WHERE t.id = v.id",
              "SELECT id, key_ref FROM public.project_api_secrets WHERE id = ANY (?)"),
          new Names(
              "project_api_secrets.kms_key_ref",
              """
              INSERT INTO public.project_api_secrets (id, project_id, provider, kms_key_ref)
              SELECT id, project, id::text, value FROM v\
              """,
              "UPDATE public.project_api_secrets t SET kms_key_ref = v.value FROM v WHERE t.id ="
                  + " v.id",
              "SELECT id, kms_key_ref FROM public.project_api_secrets WHERE id = ANY (?)"),
          "project_api_secrets.kms_key_ref");

  private static final Kind USER =
      new Kind(
          "user",
          new Names(
              "users.name",
              "INSERT INTO public.users (id, email, name) SELECT id, id || '@client.example', value"
                  + " FROM v",
              "UPDATE public.users t SET name = v.value FROM v WHERE t.id = v.id",
              "SELECT id, name FROM public.users WHERE id = ANY (?)"),
          new Names(
              "app_users.display_name",
              """
              INSERT INTO public.app_users (id, email, display_name)
              SELECT id, id || '@client.example', value FROM v\
              """,
              "UPDATE public.app_users t SET display_name = v.value FROM v WHERE t.id = v.id",
              "SELECT id, display_name FROM public.app_users WHERE id = ANY (?)"),
          "app_users.display_name");

  private static final Kind ASSET =
      new Kind(
          "asset",
          new Names(
              "assets.rel_path",
              """
              INSERT INTO public.assets (id, project_id, asset_kind, rel_path)
              SELECT id, project, 'image', value FROM v\
              """,
              "UPDATE public.assets t SET rel_path = v.value FROM v WHERE t.id = v.id",
              "SELECT id, rel_path FROM public.assets WHERE id = ANY (?)"),
          new Names(
              "assets.storage_uri",
              """
              INSERT INTO public.assets (id, project_id, kind, storage_uri)
              SELECT id, project, 'image', 'project://' || value FROM v\
              """,
              "UPDATE public.assets t SET storage_uri = 'project://' || v.value FROM v WHERE t.id ="
                  + " v.id",
              "SELECT id, substr(storage_uri, 11) FROM public.assets WHERE id = ANY (?)"),
          "assets.storage_uri");

  private static final Kind CANDIDATE =
      new Kind(
          "candidate",
          new Names(
              "run_job_candidates.output_path",
              """
              INSERT INTO public.run_job_candidates (id, job_id, candidate_no, output_path)
              SELECT id, project, hashtext(id::text), value FROM v\
              """,
              "UPDATE public.run_job_candidates t SET output_path = v.value FROM v WHERE t.id ="
                  + " v.id",
              "SELECT id, output_path FROM public.run_job_candidates WHERE id = ANY (?)"),
          new Names(
              "run_candidates.output_uri",
              """
              INSERT INTO public.run_candidates (id, run_job_id, candidate_index, output_uri)
              SELECT id, project, hashtext(id::text), 'project://' || value FROM v\
              """,
              "UPDATE public.run_candidates t SET output_uri = 'project://' || v.value FROM v WHERE"
                  + " t.id = v.id",
              "SELECT id, substr(output_uri, 11) FROM public.run_candidates WHERE id = ANY (?)"),
          "run_candidates.output_uri");

  /** Its values are paths of assets that are there. */
  static final Kind JOB =
      new Kind(
          "job",
          new Names(
              "run_jobs.selected_path",
              """
              INSERT INTO public.run_jobs (id, run_id, job_no, selected_path)
              SELECT id, project, hashtext(id::text), value FROM v\
              """,
              "UPDATE public.run_jobs t SET selected_path = v.value FROM v WHERE t.id = v.id",
              "SELECT id, selected_path FROM public.run_jobs WHERE id = ANY (?)"),
          new Names(
              "run_jobs.selected_asset_id",
              """
              INSERT INTO public.run_jobs (id, run_id, job_no, selected_asset_id)
              SELECT id, project, hashtext(id::text), md5(project || value)::uuid FROM v\
              """,
              """
              UPDATE public.run_jobs t SET selected_asset_id = md5(v.project || v.value)::uuid
                FROM v WHERE t.id = v.id\
              """,
              """
              SELECT t.id, substr(a.storage_uri, 11) FROM public.run_jobs t
                LEFT JOIN public.assets a ON a.id = t.selected_asset_id WHERE t.id = ANY (?)\
              """),
          "assets.storage_uri");

  static final List<Kind> ALL = List.of(USER, PROJECT, ASSET, RUN, JOB, CANDIDATE, SECRET);
}
