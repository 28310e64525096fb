package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.demo.owner.client.OwnerClients;
import dev.rubicon.demo.owner.client.OwnerProof;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole rollout of owner-canonical under live traffic, there, back and there again. */
@Turn(4)
@Timeout(900)
final class OwnerEndToEndTest {
  private static final String DATABASE = TestSite.Subject.OWNER.database();
  private static final String SMOKE = "00000000-0000-4000-8000-000000000002";

  @Tag("rollout")
  @Test
  void crossesGoesBackCrossesAgainAndLeavesCanonicalBehind() throws Exception {
    try (var site = TestSite.start(TestSite.Subject.OWNER, 4_000, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, false);
        var clients = OwnerClients.ofBoth(site.database, URI.create(site.deployer.appUrl()))) {
      Path runbook = site.quick("owner-canonical", "15s");
      site.launch(runbook);
      site.signOff(List.of("backup-path-documented", "drift-check-in-ci"));
      site.approve(Runbook.Gate.EXPAND);
      site.signOff(List.of("core-paths-use-canonical-names", "roadmap-10-2-reviewed"));
      site.approve(Runbook.Gate.CUTOVER);
      site.await("watch", Duration.ofMinutes(3), s -> s.phase() == Phase.WATCH);
      assertThat(site.deployer.build()).isEqualTo("new");
      thePolicyIsARow(site);
      site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
      RolloutStatus back = site.awaitGate(Runbook.Gate.CUTOVER);

      assertThat(site.deployer.build()).isEqualTo("old");
      assertThat(
              ask(
                  site,
                  "SELECT settings_json -> 'storage' ->> 'bucket' FROM projects WHERE id = '%s'"))
          .as("what the new build wrote to the row, the old build reads in settings_json")
          .isEqualTo("from-the-row");
      OwnerProof between = clients.proveInBetween();
      assertThat(between.problems()).isEmpty();
      assertThat(between.holds()).isTrue();
      coverageIsEvidence(site, back.rollout());

      site.approve(Runbook.Gate.CUTOVER);
      site.await(
          "completion", Duration.ofMinutes(3), s -> s.state() == RolloutStatus.State.COMPLETED);
      eachProjectHasAReference(site);
      responsesAreWhatTheDocumentSays(site);
      clients.stop();
      OwnerProof proof = clients.prove();
      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(proof.acknowledged()).isGreaterThan(500);
      site.planShowsNoDifference(runbook);
      contract(site);
      site.planShowsNoDifference(runbook);
      assertThat(clients.prove().problems()).isEmpty();
      namedItems(site);
      assertThat(worker.url()).isEmpty();
    }
  }

  /** So that what the new build makes has something that it comes of. */
  private static void eachProjectHasAReference(TestSite site) throws SQLException {
    try (var connection = site.superuser(DATABASE);
        var statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO reference_sets (project_id, title)
          SELECT id, 'Board' FROM projects p
           WHERE NOT EXISTS (SELECT FROM reference_sets s WHERE s.project_id = p.id)\
          """);
      statement.execute(
          """
          INSERT INTO reference_items (reference_set_id, asset_id)
          SELECT s.id, a.id FROM reference_sets s
           CROSS JOIN LATERAL (SELECT id FROM assets WHERE project_id = s.project_id LIMIT 1) AS a
           WHERE NOT EXISTS (SELECT FROM reference_items i WHERE i.reference_set_id = s.id)\
          """);
    }
  }

  private static void contract(TestSite site) throws Exception {
    try (var _ = OwnerClients.ofNew(site.database, URI.create(site.deployer.appUrl()));
        ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
      site.signOff(
          List.of("unresolved-paths-reviewed", "provider-keys-in-vault", "legacy-reads-searched"));
      site.approve(Runbook.Gate.CONTRACT);
      site.await(
          "contract",
          Duration.ofMinutes(2),
          s -> s.phase() == Phase.CONTRACT && s.state() == RolloutStatus.State.COMPLETED);
    }
  }

  private static void thePolicyIsARow(TestSite site) throws Exception {
    call(
        site,
        "PUT",
        "/api/projects/" + SMOKE + "/storage",
        "{\"storage_mode\": \"s3\", \"s3_bucket\": \"from-the-row\"}");
  }

  /** Figures, not values; the secrets of the fixture appear in no evidence. */
  private static void coverageIsEvidence(TestSite site, String rollout) {
    var evidence = site.rollouts.ledger().evidenceOf(rollout);
    Map<String, Long> counts =
        evidence.stream()
            .filter(e -> e.phase().equals("verify"))
            .flatMap(e -> e.find(EvidenceNames.COUNTS).stream())
            .findFirst()
            .orElseThrow();
    assertThat(counts.get("quality-from-run-logs")).isGreaterThanOrEqualTo(600);
    assertThat(counts.get("quality-gap-score-unusable")).isEqualTo(200);
    // And the run in which these clients keep their jobs.
    assertThat(counts.get("cost-gap-no-run-log")).isEqualTo(101);
    assertThat(counts.get("job-paths-unresolved")).isEqualTo(450);
    assertThat(evidence)
        .extracting(e -> e.value().toString())
        .noneMatch(text -> text.contains("fixture-not-a-key") || text.contains("vault://"));
  }

  private static void namedItems(TestSite site) {
    assertThat(
            ask(
                site,
                "SELECT to_regclass('users') IS NULL AND to_regclass('run_job_candidates') IS"
                    + " NULL"))
        .isEqualTo("t");
    assertThat(ask(site, "SELECT count(*) FROM pg_namespace WHERE nspname = 'rubicon'"))
        .isEqualTo("0");
    assertThat(ask(site, "SELECT count(*) FROM project_snapshots"))
        .as("an extension that stays")
        .isNotEqualTo("0");
    assertThat(ask(site, "SELECT count(*) FROM unresolved_asset_paths WHERE entity = 'run_jobs'"))
        .isEqualTo("450");
    assertThat(
            ask(
                site,
                """
                SELECT count(*) FROM runs r WHERE status = 'succeeded'
                   AND (NOT EXISTS (SELECT FROM quality_reports q WHERE q.run_id = r.id)
                        OR NOT EXISTS (SELECT FROM cost_events c WHERE c.run_id = r.id))
                   AND NOT EXISTS (SELECT FROM run_log_gaps g WHERE g.run_id = r.id)\
                """))
        .as("every run has quality and cost rows, or a reason")
        .isEqualTo("0");
    assertThat(ask(site, "SELECT count(*) > 0 FROM audit_events WHERE actor_user_id IS NOT NULL"))
        .as("who did it is known of the new build's users")
        .isEqualTo("t");
    assertThat(
            ask(site, "SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_events"))
        .contains("export.create", "instruction.status", "secret.insert", "storage.update");
    assertThat(
            ask(
                site,
                "SELECT string_agg(DISTINCT link_kind, ' ' ORDER BY link_kind) FROM asset_links"))
        .as("lineage of what the new build has made, beside what was there")
        .isEqualTo("derived export reference");
    assertThat(
            ask(
                site,
                """
                SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated
                   AND confrelid = 'app_users'::regclass\
                """))
        .isEqualTo("7");
  }

  /**
   * Read from outside: keys and types of a response against the schema that its operation names.
   */
  private static void responsesAreWhatTheDocumentSays(TestSite site) throws Exception {
    JsonNode api = call(site, "GET", "/openapi.json", null);
    JsonNode made =
        call(
            site,
            "POST",
            "/api/projects/" + SMOKE + "/runs",
            "{\"run_mode\": \"final\", \"model_name\": \"m\", \"score\": 7, \"cost_usd\": 0.5}");
    String run = made.path("id").asText();
    check(api, "/api/runs/{id}", call(site, "GET", "/api/runs/" + run, null));
    for (String items : List.of("/api/runs/{id}/quality", "/api/runs/{id}/cost")) {
      check(api, items, call(site, "GET", items.replace("{id}", run), null).path("items").path(0));
    }
    check(
        api,
        "/api/projects/{id}/storage",
        call(site, "GET", "/api/projects/" + SMOKE + "/storage", null));
    check(
        api,
        "/api/projects/{id}/assets",
        call(site, "GET", "/api/projects/" + SMOKE + "/assets", null).path("items").path(0));
  }

  private static void check(JsonNode api, String path, JsonNode response) {
    String reference =
        api.path("paths")
            .path(path)
            .path("get")
            .path("responses")
            .path("default")
            .path("$ref")
            .asText();
    JsonNode properties = api.at(reference.substring(1)).path("properties");
    assertThat(properties.size()).as(path).isPositive();
    properties
        .properties()
        .forEach(
            property -> {
              JsonNode value = response.path(property.getKey());
              String type = property.getValue().path("type").asText();
              assertThat(value.isMissingNode()).as(path + " " + property.getKey()).isFalse();
              assertThat(value.isNull() || value.getNodeType().name().equalsIgnoreCase(type))
                  .as(path + " " + property.getKey() + " is a " + type)
                  .isTrue();
            });
  }

  private static JsonNode call(TestSite site, String method, String path, String body)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create(site.deployer.appUrl() + path))
                  .method(
                      method,
                      body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(method + " " + path + " " + answer.body()).isLessThan(300);
      return new ObjectMapper().readTree(answer.body());
    }
  }

  private static String ask(TestSite site, String sql) {
    return site.ask(DATABASE, sql.replace("%s", SMOKE));
  }

  @Test
  void everyRowOfThePriorityMatrixHasItsPlaceInTheReadme() throws IOException {
    String readme =
        Files.readString(Path.of("../runbooks/owner-canonical/README.md"), StandardCharsets.UTF_8);
    Matcher row =
        Pattern.compile("(?m)^\\| (\\d+) \\| (.+?) \\| (.+?) \\| (.+?) \\|$").matcher(readme);
    var rows = row.results().toList();
    assertThat(rows).extracting(r -> r.group(2)).containsExactlyElementsOf(MATRIX);
    assertThat(rows)
        .extracting(r -> r.group(3))
        .allMatch(where -> where.matches("(transition|expand|event table|deferred).*"));
  }

  /** The names as the plan's own matrix has them. */
  private static final List<String> MATRIX =
      List.of(
          "`app_users` + FK migration",
          "`projects.owner_user_id`",
          "`project_storage` (policy fields)",
          "`assets` canonical (`kind`, `storage_uri`, `metadata_json`)",
          "`runs` canonical (`run_mode`, `model_name`, `settings_snapshot_json`)",
          "`run_jobs` canonical FK fields",
          "`run_candidates`",
          "`project_api_secrets.kms_key_ref`",
          "`quality_reports`",
          "`cost_events`",
          "`audit_events`",
          "`project_exports` canonical fields",
          "`provider_accounts` canonical config",
          "`style_guides`",
          "`characters`",
          "`reference_sets`",
          "`reference_items`",
          "`asset_links`",
          "`prompt_templates`",
          "`chat_sessions`/`chat_messages`/`agent_*`/`voice_requests`");
}
