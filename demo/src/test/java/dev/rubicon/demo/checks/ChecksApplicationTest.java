package dev.rubicon.demo.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.demo.app.Database;
import dev.rubicon.demo.app.Deployer;
import dev.rubicon.demo.app.MiniJson;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The fixture behaves as the document's service does, in both builds. */
class ChecksApplicationTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void theOldBuildSavesOnTheLegacySchema() throws Exception {
    Database database = ChecksDatabases.legacy(100);
    try (var app = ChecksApplication.start("old", 0, database, false)) {
      assertThat(get(app.url() + "/api/healthz").body()).containsEntry("status", "ok");
      Answer anonymous = run(app.url(), "X-Anon-Token", "t1");
      assertThat(anonymous.status()).isEqualTo(200);
      assertThat(anonymous.body()).containsEntry("persisted", true).containsEntry("build", "old");
      assertThat(usage(anonymous)).containsEntry("persisted", false);
      Answer known = run(app.url(), "Authorization", "Bearer smoke-session");
      assertThat(usage(known)).containsEntry("persisted", true);
      assertThat(
              text(database, "SELECT claim_text FROM checks WHERE id = " + known.body().get("id")))
          .isEqualTo("A claim");
      assertThat(
              text(
                  database,
                  "SELECT sum(checks_used) FROM usage_ledger WHERE user_id ="
                      + " '00000000-0000-4000-8000-000000000001'"))
          .isEqualTo("1");
    }
  }

  @Test
  void theOldBuildToleratesTheCanonicalSchemaAndCountsUsageAllTheSame() throws Exception {
    Database database = ChecksDatabases.canonical();
    try (var app = ChecksApplication.start("old", 0, database, false)) {
      Answer answer = run(app.url(), "Authorization", "Bearer smoke-session");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).containsEntry("persisted", false);
      assertThat(text(database, "SELECT sum(checks_used) FROM usage_ledger")).isEqualTo("1");
      assertThat(text(database, "SELECT count(*) FROM checks")).isEqualTo("0");
      assertThat(get(app.url() + "/api/metrics").body().get("schema_fallbacks")).hasToString("1");
    }
  }

  @Test
  void theNewBuildSavesOnTheCanonicalSchema() throws Exception {
    Database database = ChecksDatabases.canonical();
    try (var app = ChecksApplication.start("new", 0, database, false)) {
      assertThat(get(app.url() + "/api/me").body()).containsEntry("authenticated", false);
      for (int i = 1; i <= 10; i++) {
        assertThat(run(app.url(), "Cookie", "anon_token=t1").status()).isEqualTo(200);
      }
      assertThat(run(app.url(), "Cookie", "anon_token=t1").status()).isEqualTo(429);
      assertThat(text(database, "SELECT checks_used FROM anonymous_usage WHERE token = 't1'"))
          .isEqualTo("10");
      assertThat(
              text(
                  database,
                  "SELECT count(*) FROM checks WHERE anon_token = 't1' AND gate_compliance_ok AND"
                      + " pqs > 0 AND env = 'prod'"))
          .isEqualTo("10");
      Answer known = run(app.url(), "Authorization", "Bearer smoke-session");
      assertThat(usage(known).get("checks_used")).hasToString("1");
      assertThat(run(app.url(), "Authorization", "Bearer nobody").status()).isEqualTo(401);
    }
  }

  @Test
  void theNewBuildFailsOnTheLegacySchemaAndCountsTheFailure() throws Exception {
    Database database = ChecksDatabases.legacy(100);
    try (var app = ChecksApplication.start("new", 0, database, false)) {
      assertThat(run(app.url(), "Authorization", "Bearer smoke-session").status()).isEqualTo(500);
      assertThat(get(app.url() + "/api/metrics").body().get("insert_failures")).hasToString("1");
      assertThat(
              text(
                  database,
                  "SELECT sum(checks_used) FROM usage_ledger WHERE user_id ="
                      + " '00000000-0000-4000-8000-000000000001'"))
          .as("no usage without a row")
          .isEqualTo("0");
    }
  }

  @Test
  void failuresArePlantedOnlyWhereDebuggingIsOn() throws Exception {
    Database database = ChecksDatabases.canonical();
    try (var app = ChecksApplication.start("new", 0, database, false)) {
      assertThat(post(app.url() + "/api/debug/fail-inserts", "{\"count\": 1}", "X-A", "1").status())
          .isEqualTo(404);
    }
    try (var app = ChecksApplication.start("new", 0, database, true)) {
      assertThat(post(app.url() + "/api/debug/fail-inserts", "{\"count\": 1}", "X-A", "1").status())
          .isEqualTo(200);
      assertThat(run(app.url(), "X-Anon-Token", "t").status()).isEqualTo(500);
      assertThat(run(app.url(), "X-Anon-Token", "t").status()).isEqualTo(200);
      assertThat(get(app.url() + "/api/metrics").body().get("insert_failures")).hasToString("1");
    }
  }

  @Test
  void switchingBackAndForthUnderTrafficFailsNoRequest() throws Exception {
    Database database = ChecksDatabases.legacy(100);
    ChecksDatabases.expand(database);
    try (var deployer = new Deployer(0, 0, database, database, ChecksApplication.services(false));
        var clients =
            TrafficClients.start(
                new TrafficClients.Settings(
                    database,
                    Optional.of(URI.create(deployer.appUrl())),
                    20,
                    20,
                    200,
                    20,
                    Optional.empty()))) {
      for (int i = 0; i < 6; i++) {
        String build = i % 2 == 0 ? "new" : "old";
        long before = clients.journal().acknowledged();
        Answer answer =
            post(
                deployer.url() + "/switch",
                "{\"build\": \"" + build + "\"}",
                "X-Rubicon-Call",
                "r/cutover/" + i);
        assertThat(answer.body()).containsEntry("changed", true);
        assertThat(get(deployer.appUrl() + "/api/healthz").body()).containsEntry("build", build);
        await(() -> clients.journal().acknowledged() > before + 60);
      }
      assertThat(post(deployer.url() + "/switch", "{\"build\": \"old\"}", "X-A", "1").body())
          .containsEntry("changed", false);
      clients.stop();

      assertThat(clients.journal().failures()).isEmpty();
      Proof proof = clients.prove();
      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(clients.journal().attempts())
          .filteredOn(a -> a.via().equals("http") && a.side() == Side.OLD)
          .isNotEmpty();
      assertThat(clients.journal().attempts())
          .filteredOn(a -> a.via().equals("http") && a.side() == Side.NEW)
          .isNotEmpty();
      assertThat(get(deployer.url() + "/state").body().get("calls"))
          .asString()
          .contains("r/cutover/0", "r/cutover/5");
    }
  }

  @Test
  void anInstanceOnACloneIsReachedBelowItsNameUntilItIsUndeployed() throws Exception {
    Database production = ChecksDatabases.legacy(100);
    Database clone = ChecksDatabases.canonical();
    String name = clone.url().substring(clone.url().lastIndexOf('/') + 1);
    try (var deployer =
        new Deployer(0, 0, production, production, ChecksApplication.services(false))) {
      String instance = deployer.url() + "/instances/" + name;
      assertThat(get(instance + "/api/healthz").status()).isEqualTo(404);
      String body = "{\"build\": \"new\", \"database\": \"" + name + "\"}";
      assertThat(post(deployer.url() + "/deploy", body, "X-A", "1").status()).isEqualTo(200);
      assertThat(post(deployer.url() + "/deploy", body, "X-A", "1").status()).isEqualTo(200);
      assertThat(run(instance, "X-Anon-Token", "t").body()).containsEntry("persisted", true);
      assertThat(text(clone, "SELECT count(*) FROM checks")).isEqualTo("1");
      assertThat(get(deployer.appUrl() + "/api/healthz").body()).containsEntry("build", "old");

      assertThat(post(deployer.url() + "/undeploy", body, "X-A", "1").status()).isEqualTo(200);
      assertThat(get(instance + "/api/healthz").status()).isEqualTo(404);
      // A backend is there for a moment after its client has gone.
      String sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name + "'";
      await(
          () -> {
            try {
              return text(production, sessions).equals("0");
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
      assertThat(
              post(
                      deployer.url() + "/deploy",
                      "{\"build\": \"new\", \"database\": \"nowhere\"}",
                      "X-A",
                      "1")
                  .status())
          .isEqualTo(503);
    }
  }

  private record Answer(int status, Map<?, ?> raw) {
    @SuppressWarnings("unchecked")
    Map<String, Object> body() {
      return (Map<String, Object>) raw;
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> usage(Answer answer) {
    return (Map<String, Object>) answer.body().get("usage");
  }

  private Answer get(String url) throws Exception {
    var answer =
        client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    return new Answer(answer.statusCode(), MiniJson.object(answer.body()));
  }

  private Answer run(String base, String header, String value) throws Exception {
    return post(base + "/api/checks/run", "{\"claim\": \"A claim\"}", header, value);
  }

  private Answer post(String url, String body, String header, String value) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header(header, value)
            .POST(BodyPublishers.ofString(body))
            .build();
    var answer = client.send(request, BodyHandlers.ofString());
    return new Answer(answer.statusCode(), MiniJson.object(answer.body()));
  }

  private static String text(Database database, String sql) throws Exception {
    try (Connection connection = database.connect("test");
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("a deadline of 60 s").isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
