package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.e2e.TestSite;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** A rehearsal without a rollout, then a rollout whose sides are compared from outside. */
@Turn(1)
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RehearseAndVerifyTest {
  private static TestSite site;

  @BeforeAll
  static void start() {
    site = TestSite.start(300, TemporalChoice.IN_PROCESS);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  @Test
  @Order(1)
  void aRehearsalAloneTellsWhatItMeasuredAndLeavesNothingBehind() throws SQLException {
    String before = fingerprint();
    String runbook = site.checksCanonical("5s").toString();

    Answer answer = Answer.of(site.configFile, "rehearse", "-o", "json", "--runbook", runbook);

    assertThat(answer.exit()).as(answer.err()).isZero();
    JsonNode told = answer.json();
    assertThat(told.path("rehearsed").asBoolean()).isTrue();
    assertThat(told.path("steps"))
        .extracting(step -> step.path("name").asText())
        .containsExactly(
            "expand",
            "dual-write",
            "backfill",
            "verify",
            "cutover",
            "rollback",
            "verify",
            "cutover",
            "contract");
    assertThat(told.path("contract").isTextual()).isFalse();
    assertThat(told.path("predicted").path("backfill").asDouble()).isPositive();
    assertThat(told.path("checks")).hasSizeGreaterThan(3);
    assertThat(told.path("locks"))
        .extracting(lock -> lock.path("step").asText())
        .contains("cutover 1", "rollback 1", "cutover 2");
    assertThat(answer.err()).contains("preflight", "backup", "clone", "rehearse");

    assertThat(fingerprint()).isEqualTo(before);
    assertThat(databases()).noneMatch(name -> name.matches("rubicon_(golden|clone|scratch).*"));
    assertThat(site.rollouts.list().rollouts()).isEmpty();
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      assertThat(store.keys("backups/")).isEmpty();
    }
  }

  @Test
  @Order(2)
  void withoutARolloutThereIsNothingToVerify() {
    Answer answer = Answer.of(site.configFile, "verify", "-o", "json");

    assertThat(answer.error().path("code").asText()).isEqualTo("ROLLOUT_UNKNOWN");
    assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.ERROR);
  }

  @Test
  @Order(3)
  void verifyComparesBothSidesAndNamesTheRowsThatDiffer() throws SQLException {
    try (var worker = WorkerProcess.start(site.config, true)) {
      assertThat(worker.url()).isPresent();
      String runbook = site.checksCanonical("5s").toString();
      Answer launch = Answer.of(site.configFile, "launch", "--runbook", runbook);
      assertThat(launch.exit()).as(launch.err()).isZero();
      Answer second = Answer.of(site.configFile, "rehearse", "-o", "json", "--runbook", runbook);
      assertThat(second.error().path("code").asText()).isEqualTo("ROLLOUT_ALREADY_RUNNING");
      site.signOff(List.of("mapping-decided", "pqs-backfill-ticket", "stakeholders-informed"));
      String digest = site.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
      site.rollouts.approve(
          TestSite.TARGET, Runbook.Gate.EXPAND, digest, TestSite.BOB, "looked at it");
      site.awaitGate(Runbook.Gate.CUTOVER);

      Answer between = Answer.of(site.configFile, "drift", "-o", "json", "--runbook", runbook);
      assertThat(between.error().path("code").asText()).isEqualTo("ROLLOUT_ALREADY_RUNNING");
      assertThat(between.error().path("cause").asText()).contains("VERIFIED");
      assertThat(between.exit()).isEqualTo(ErrorCode.Exit.POLICY);

      Answer same = Answer.of(site.configFile, "verify", "-o", "json");
      assertThat(same.exit()).as(same.err() + same.out()).isZero();
      assertThat(same.json().path("agrees").asBoolean()).isTrue();
      assertThat(same.json().path("stage").asText()).isEqualTo("verified");
      assertThat(same.json().path("relations"))
          .singleElement()
          .satisfies(
              relation -> {
                assertThat(relation.path("relation").asText()).isEqualTo("public.checks");
                assertThat(relation.path("rows").asLong()).isEqualTo(300);
                assertThat(relation.path("mismatchedRows").asLong()).isZero();
              });

      behindTheTriggers("UPDATE public.checks SET claim = claim || ' ' WHERE id IN (7, 11)");
      Answer json = Answer.of(site.configFile, "verify", "-o", "json");
      assertThat(json.exit()).isEqualTo(ErrorCode.Exit.DIFFERENCES);
      JsonNode relation = json.json().path("relations").path(0);
      assertThat(relation.path("mismatchedRows").asLong()).isEqualTo(2);
      assertThat(relation.path("mismatches").path("claim").asLong()).isEqualTo(2);
      assertThat(relation.path("disagreeing"))
          .extracting(row -> row.path("key").path(0).asText() + row.path("columns"))
          .containsExactly("7[\"claim\"]", "11[\"claim\"]");
      Answer text = Answer.of(site.configFile, "verify");
      assertThat(text.out()).contains("public.checks id = 7: claim", "they differ");
    }
  }

  private static void behindTheTriggers(String sql) throws SQLException {
    var server = site.stack.postgres();
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl("heretix"), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute("ALTER TABLE public.checks DISABLE TRIGGER USER");
      statement.execute(sql);
    }
  }

  private static List<String> databases() throws SQLException {
    var server = site.stack.postgres();
    var names = new ArrayList<String>();
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT datname FROM pg_database")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static String fingerprint() {
    var tag = new SessionTag("test", Phase.PREFLIGHT);
    try (PgSession session =
        PgSession.open(site.config.target(TestSite.TARGET), tag, SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public", "rubicon")).fingerprint();
    }
  }
}
