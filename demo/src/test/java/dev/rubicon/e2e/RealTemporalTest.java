package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.client.Launch;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.Tool;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.DevTemporal;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowExecutionMetadata;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * On the server that people run: histories on disk, lists by search attribute, and a restart of the
 * server itself. The in-process server has none of these.
 */
@Turn
@Tag("kill")
@Timeout(600)
final class RealTemporalTest {
  private static final int ROWS = 20_000;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Each test says for itself that it did not run, and why. */
  @BeforeEach
  void needsTheProgram(TestInfo test) {
    if (DevTemporal.program().isPresent()) {
      return;
    }
    String reason =
        "not run: RealTemporalTest."
            + test.getTestMethod().orElseThrow().getName()
            + ": there is no 'temporal' program on the PATH or in ~/go/bin"
            + " (go install github.com/temporalio/cli/cmd/temporal@v1.5.1)";
    System.out.println(reason);
    assumeTrue(false, reason);
  }

  @Test
  void crossesGoesBackAndCrossesAgainAndIsFoundByItsAttributes() throws Exception {
    try (var site = TestSite.start(ROWS, TemporalChoice.DEV_SERVER);
        var worker = WorkerProcess.start(site.config, false);
        var clients =
            TrafficClients.start(
                new TrafficClients.Settings(
                    site.database,
                    Optional.of(URI.create(site.deployer.appUrl())),
                    20,
                    20,
                    5,
                    300,
                    Optional.empty()))) {
      Launch launched = site.launch(site.checksCanonical("20s"));
      site.signOffAll();
      String digest = site.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
      awaitListed(site, "RubiconDigest = '" + digest + "'");
      awaitListed(site, "RubiconTarget = 'prod' AND RubiconStatus = 'waiting'");
      site.approve(Runbook.Gate.EXPAND);
      site.approve(Runbook.Gate.CUTOVER);
      site.await("watch", PATIENCE, s -> s.phase() == Phase.WATCH);

      site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
      site.awaitGate(Runbook.Gate.CUTOVER);
      assertThat(site.deployer.build()).isEqualTo("old");
      site.approve(Runbook.Gate.CUTOVER);
      completed(site);
      assertThat(site.deployer.build()).isEqualTo("new");

      clients.stop(Side.OLD);
      try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
        site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
      }
      site.signOff(List.of("schema-documented", "fallback-removed"));
      site.approve(Runbook.Gate.CONTRACT);
      completed(site);

      clients.stop();
      Proof proof = clients.prove();
      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(proof.acknowledged()).isGreaterThan(300);
      assertThat(worker.url()).isEmpty();
      var verified = site.verification();
      assertThat(verified.breaks()).isEmpty();
      assertThat(verified.unseen()).isEmpty();

      awaitListed(
          site,
          "RubiconTarget = 'prod' AND RubiconStatus = 'completed' AND WorkflowId = '"
              + RolloutWorkflow.workflowId(TestSite.TARGET)
              + "'");
      assertThat(listed(site, "RubiconTarget = 'prod' AND RubiconStatus = 'aborted'")).isEmpty();
      toldInTheHistory(site, launched, digest);
    }
  }

  /** What only this server keeps: which build of the worker did each task. */
  @SuppressWarnings("deprecation")
  private static void toldInTheHistory(TestSite site, Launch launched, String digest) {
    var story =
        new RecordedStory(
            site.rollouts
                .temporal()
                .client()
                .fetchHistory(launched.workflowId(), launched.runId()));
    assertThat(story.searchAttributes())
        .containsEntry("RubiconRollout", launched.rollout())
        .containsKey("RubiconDigest")
        .doesNotContainKey("RubiconError")
        .doesNotContainValue(digest);
    assertThat(story.events())
        .filteredOn(HistoryEvent::hasWorkflowTaskCompletedEventAttributes)
        .isNotEmpty()
        .extracting(
            event ->
                event.getWorkflowTaskCompletedEventAttributes().getWorkerVersion().getBuildId())
        .containsOnly(Tool.VERSION);
  }

  @Test
  void aWorkerKilledInTheMiddleOfTheBackfillIsReplaced() {
    try (var site = TestSite.start(ROWS, TemporalChoice.DEV_SERVER)) {
      try (var worker = WorkerJvm.start(site)) {
        toTheMiddleOfTheBackfill(site);
        worker.kill();
        assertThat(worker.alive()).isFalse();
      }
      double left = backfilled(site);
      assertThat(left).isStrictlyBetween(0.0, 1.0);
      try (var next = WorkerJvm.start(site)) {
        site.rollouts.throttle(TestSite.TARGET, 0, TestSite.ALICE, "full speed");
        site.approve(Runbook.Gate.CUTOVER);
        RolloutStatus done = completed(site);
        assertThat(next.alive()).isTrue();
        assertThat(done.phases())
            .filteredOn(run -> run.phase() == Phase.BACKFILL)
            .singleElement()
            .satisfies(run -> assertThat(run.outcome()).isEqualTo("done"));
      }
    }
  }

  @Test
  void theServerItselfIsKilledInTheBackfillAndAtAGate() {
    try (var site = TestSite.start(ROWS, TemporalChoice.DEV_SERVER);
        var worker = WorkerProcess.start(site.config, false)) {
      var server = (DevTemporal) site.stack.temporal();
      toTheMiddleOfTheBackfill(site);
      long first = server.pid();
      server.kill();
      assertThat(backfilled(site)).isLessThan(1.0);
      server.restart();
      assertThat(server.pid()).isNotEqualTo(first);

      site.rollouts.throttle(TestSite.TARGET, 0, TestSite.ALICE, "full speed");
      String digest = site.awaitGate(Runbook.Gate.CUTOVER).digest().orElseThrow();
      server.kill();
      server.restart();
      assertThat(site.awaitGate(Runbook.Gate.CUTOVER).digest().orElseThrow()).isEqualTo(digest);
      site.approve(Runbook.Gate.CUTOVER);
      completed(site);
      assertThat(site.deployer.build()).isEqualTo("new");
      assertThat(worker.url()).isEmpty();
    }
  }

  /** The limit is what makes the middle long enough to be hit. */
  private static void toTheMiddleOfTheBackfill(TestSite site) {
    site.launch(site.checksCanonical("3s"));
    site.signOffAll();
    site.awaitGate(Runbook.Gate.EXPAND);
    site.rollouts.throttle(TestSite.TARGET, ROWS / 10, TestSite.ALICE, "its middle is to be hit");
    site.approve(Runbook.Gate.EXPAND);
    site.await(
        "the middle of the backfill",
        PATIENCE,
        s -> s.phase() == Phase.BACKFILL && backfilled(site) > 0.1);
    assertThat(backfilled(site)).isLessThan(1.0);
  }

  /** From the ledger: it answers while neither worker nor server do. */
  private static double backfilled(TestSite site) {
    var ledger = site.rollouts.ledger();
    String rollout = ledger.latestFor(TestSite.TARGET).orElseThrow().id();
    return ledger.phases().progressOf(rollout).stream()
        .filter(p -> p.phase().equals(Phase.BACKFILL.word()) && p.total() > 0)
        .mapToDouble(p -> (double) p.done() / p.total())
        .findFirst()
        .orElse(0);
  }

  /** The workflow says so first, and then writes it into the ledger. */
  private static RolloutStatus completed(TestSite site) {
    return site.await(
        "completion",
        PATIENCE,
        s ->
            s.state() == RolloutStatus.State.COMPLETED
                && site.rollouts
                    .ledger()
                    .latestFor(TestSite.TARGET)
                    .filter(r -> r.state().equals("completed"))
                    .isPresent());
  }

  /** Visibility follows the history, a little later. */
  private static void awaitListed(TestSite site, String query) {
    Instant deadline = Instant.now().plusSeconds(60);
    while (!listed(site, query).equals(List.of(RolloutWorkflow.workflowId(TestSite.TARGET)))) {
      assertThat(Instant.now()).as(query + ": " + listed(site, query)).isBefore(deadline);
      TestSite.pause();
    }
  }

  private static List<String> listed(TestSite site, String query) {
    try (var executions = site.rollouts.temporal().client().listExecutions(query)) {
      return executions.map(RealTemporalTest::id).toList();
    }
  }

  private static String id(WorkflowExecutionMetadata execution) {
    return execution.getExecution().getWorkflowId();
  }
}
