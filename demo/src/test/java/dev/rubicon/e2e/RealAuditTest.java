package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.cli.Answer;
import dev.rubicon.client.Json;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DeleteWorkflowExecutionRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * The audit trail on the server that people run: a history that is deleted, an anchor that is
 * broken, a ledger that is restored from an older dump while a rollout waits at its gate.
 */
@Turn(3)
@Timeout(200)
@Tag("rollout")
final class RealAuditTest {
  private static RealSite real;

  @BeforeEach
  void start(TestInfo test) {
    RealSite.need(test);
    if (real == null) {
      real = RealSite.start();
    }
    real.begin();
  }

  @AfterAll
  static void end() {
    if (real != null) {
      real.close();
    }
  }

  private static JsonNode audit(int exit, String option) {
    Answer answer = Answer.of(real.site.configFile, "audit", option, "-o", "json");
    assertThat(answer.exit()).as(answer.out() + answer.err()).isEqualTo(exit);
    try {
      return Json.mapper().readTree(answer.out());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> kinds(JsonNode result) {
    return result.path("breaks").findValuesAsText("kind");
  }

  @Test
  void aDeletedHistoryIsNamedAndABrokenAnchorIsFound() {
    String rollout = real.launchToTheFirstGate().rollout();
    real.site.rollouts.pause(TestSite.TARGET, TestSite.BOB, "to be in the history");
    String run = real.workflow().describe().getExecution().getRunId();
    real.site.rollouts.abort(TestSite.TARGET, TestSite.BOB, "that was all");
    real.site.awaitOutcome(State.ABORTED, RealSite.PATIENCE);
    JsonNode intact = audit(0, "--verify");
    assertThat(kinds(intact)).isEmpty();
    assertThat(intact.path("unseen")).isEmpty();

    try (var store = ObjectStore.open(real.site.config.objectStore())) {
      String key = store.keys("audit/" + rollout + "/").getFirst();
      byte[] anchor = store.read(key);
      store.put(key, "{}".getBytes(StandardCharsets.UTF_8), "application/json");
      assertThat(kinds(audit(1, "--verify"))).containsExactly("anchor-unreadable");
      store.delete(key);
      assertThat(kinds(audit(1, "--verify"))).containsExactly("anchor-missing");
      store.put(key, anchor, "application/json");
    }

    // Another namespace knows none of them.
    Answer elsewhere = Answer.of(inAnotherNamespace(), "audit", "--verify");
    assertThat(elsewhere.exit()).as(elsewhere.err()).isZero();
    assertThat(elsewhere.out()).contains("intact", "not compared: " + rollout);

    delete(run);
    real.await("the history to be gone", () -> !audit(0, "--verify").path("unseen").isEmpty());
    JsonNode unseen = audit(0, "--verify");
    assertThat(unseen.path("breaks")).isEmpty();
    assertThat(unseen.path("unseen")).hasSize(1);
    assertThat(unseen.path("unseen").get(0).path("rollout").asText()).isEqualTo(rollout);
    assertThat(Answer.of(real.site.configFile, "audit", "--verify").out())
        .contains("intact", "not compared: " + rollout, run);
  }

  private static Path inAnotherNamespace() {
    try {
      String config = Files.readString(real.site.configFile);
      assertThat(config).contains("namespace: default");
      return Files.writeString(
          real.site.folder.resolve("elsewhere.yaml"),
          config.replace("namespace: default", "namespace: elsewhere"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(String run) {
    var temporal = real.site.rollouts.temporal();
    temporal
        .service()
        .blockingStub()
        .deleteWorkflowExecution(
            DeleteWorkflowExecutionRequest.newBuilder()
                .setNamespace(temporal.client().getOptions().getNamespace())
                .setWorkflowExecution(
                    WorkflowExecution.newBuilder()
                        .setWorkflowId("rollout/" + TestSite.TARGET)
                        .setRunId(run))
                .build());
  }

  @Test
  void aLedgerThatWasRestoredRefusesDecisionsUntilItIsReconciled() {
    dump();
    RolloutStatus waiting = real.launchToTheFirstGate();
    String rollout = waiting.rollout();
    real.site.signOffAll();
    RealSite.refused(
        ErrorCode.DIGEST_MISMATCH,
        () ->
            real.site.rollouts.approve(
                TestSite.TARGET,
                Runbook.Gate.EXPAND,
                "0".repeat(64),
                TestSite.BOB,
                "not looked at"));
    real.site.rollouts.throttle(TestSite.TARGET, 5_000, TestSite.BOB, "not too fast");
    assertThat(kinds(audit(0, "--verify"))).isEmpty();

    restore();
    assertThat(real.site.rollouts.ledger().find(rollout)).isEmpty();
    var behind =
        RealSite.refused(ErrorCode.LEDGER_BEHIND, () -> real.site.approve(Runbook.Gate.EXPAND));
    assertThat(behind.next()).contains("rubicon audit --reconcile");
    assertThat(real.status().waitingFor()).contains(Runbook.Gate.EXPAND);
    assertThat(kinds(audit(1, "--verify"))).contains("missing", "tail-removed");

    JsonNode back = audit(0, "--reconcile");
    assertThat(back.path("reconciled").findValuesAsText("action"))
        .containsExactly(
            "launched",
            "gate-expand",
            "signed-off",
            "signed-off",
            "signed-off",
            "refused",
            "throttled");
    assertThat(kinds(back.path("result"))).isEmpty();
    assertThat(audit(0, "--reconcile").path("reconciled")).isEmpty();
    var ledger = real.site.rollouts.ledger();
    assertThat(ledger.decisions().control(rollout).rowsPerSecond()).isEqualTo(5_000);
    assertThat(real.site.rollouts.list().rollouts())
        .filteredOn(entry -> entry.id().equals(rollout))
        .extracting(entry -> entry.state() + ": " + entry.note())
        .containsExactly("waiting: approval of expand");

    real.site.approve(Runbook.Gate.EXPAND);
    real.site.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(kinds(audit(0, "--verify"))).isEmpty();
    real.clear();
    JsonNode last = audit(0, "--verify");
    assertThat(kinds(last)).isEmpty();
    assertThat(last.path("reconciled")).hasSize(7);
    assertThat(Answer.of(real.site.configFile, "audit", "--verify").out())
        .contains("intact, 7 of them brought back", "RECONCILED by ");
  }

  /** The ledger as it is now. */
  private static void dump() {
    disconnect();
    real.execute("postgres", "CREATE DATABASE ledger_dump TEMPLATE rubicon_ledger");
    real.execute("postgres", "ALTER DATABASE rubicon_ledger ALLOW_CONNECTIONS true");
  }

  /** In its place. */
  private static void restore() {
    disconnect();
    real.execute("postgres", "ALTER DATABASE rubicon_ledger RENAME TO ledger_lost");
    real.execute("postgres", "ALTER DATABASE ledger_dump RENAME TO rubicon_ledger");
    real.execute("postgres", "ALTER DATABASE rubicon_ledger ALLOW_CONNECTIONS true");
  }

  private static void disconnect() {
    real.execute("postgres", "ALTER DATABASE rubicon_ledger ALLOW_CONNECTIONS false");
    real.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            + " WHERE datname = 'rubicon_ledger'");
  }
}
