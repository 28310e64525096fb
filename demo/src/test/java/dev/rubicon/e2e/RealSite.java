package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.DevTemporal;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.TestInfo;

/** A site on the server that people run, with a worker, and a runbook that takes seconds. */
final class RealSite implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ROWS = 1_000;

  final TestSite site;
  final Path runbook;
  final String baseline;
  private Optional<WorkerProcess> worker = Optional.empty();

  private RealSite(TestSite site) {
    this.site = site;
    this.runbook = site.brief();
    this.baseline = site.fingerprint();
  }

  static RealSite start() {
    var real = new RealSite(TestSite.start(ROWS, TemporalChoice.DEV_SERVER));
    real.work();
    return real;
  }

  /** Each test says for itself that it did not run, and why. */
  static void need(TestInfo test) {
    if (DevTemporal.program().isPresent()) {
      return;
    }
    String reason =
        "not run: "
            + test.getTestClass().orElseThrow().getSimpleName()
            + "."
            + test.getTestMethod().orElseThrow().getName()
            + ": there is no 'temporal' program on the PATH or in ~/go/bin"
            + " (go install github.com/temporalio/cli/cmd/temporal@v1.5.1)";
    System.out.println(reason);
    assumeTrue(false, reason);
  }

  /** A worker in this JVM, unless one runs. */
  void work() {
    if (worker.isEmpty()) {
      worker = Optional.of(WorkerProcess.start(site.config, false));
    }
  }

  /** From now on nobody works. */
  void rest() {
    worker.ifPresent(WorkerProcess::close);
    worker = Optional.empty();
  }

  RolloutStatus status() {
    return site.rollouts.status(TestSite.TARGET);
  }

  WorkflowStub workflow() {
    return site.rollouts
        .temporal()
        .client()
        .newUntypedWorkflowStub(RolloutWorkflow.workflowId(TestSite.TARGET));
  }

  /** What a test that failed has left. */
  void begin() {
    work();
    if (running()) {
      workflow().terminate("its test has failed");
    }
    if (!stage().equals("NOTHING")) {
      launch();
      site.await("its plan", PATIENCE, s -> s.phase() != Phase.PREFLIGHT);
      clear();
    }
  }

  private boolean running() {
    try {
      return workflow().describe().getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException none) {
      return false;
    }
  }

  String launch() {
    String rollout = site.launch(runbook).rollout();
    site.await("its start", PATIENCE, s -> s.rollout().equals(rollout));
    return rollout;
  }

  RolloutStatus launchToTheFirstGate() {
    launch();
    return site.awaitGate(Runbook.Gate.EXPAND);
  }

  RolloutStatus launchToTheCutoverGate() {
    launchToTheFirstGate();
    site.signOffAll();
    site.approve(Runbook.Gate.EXPAND);
    return site.awaitGate(Runbook.Gate.CUTOVER);
  }

  /** Approves the crossing and waits for the watch. */
  RolloutStatus cross() {
    site.approve(Runbook.Gate.CUTOVER);
    return awaitWatch();
  }

  RolloutStatus awaitWatch() {
    return site.await("the watch", PATIENCE, s -> s.phase() == Phase.WATCH);
  }

  /** Ends whatever rollout there is so that nothing of it is left. */
  void clear() {
    if (stage().equals("CUT_OVER")) {
      site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "the test is over");
      site.awaitGate(Runbook.Gate.CUTOVER);
    }
    site.rollouts.abort(TestSite.TARGET, TestSite.BOB, "the test is over");
    site.awaitOutcome(RolloutStatus.State.ABORTED, PATIENCE);
    nothingIsLeft();
  }

  void nothingIsLeft() {
    assertThat(stage()).isEqualTo("NOTHING");
    assertThat(site.fingerprint()).isEqualTo(baseline);
  }

  /** How far the target itself says that it is. */
  String stage() {
    return site.ask("heretix", "SELECT to_regclass('rubicon.state') IS NULL").equals("t")
        ? "NOTHING"
        : site.ask("heretix", "SELECT stage FROM rubicon.state");
  }

  /** What a client of the legacy side writes is there on the canonical side, too. */
  void bothSidesAreInStep() {
    execute("heretix", "UPDATE public.checks SET claim_text = claim_text || '!' WHERE id < 100");
    assertThat(
            site.ask(
                "heretix",
                "SELECT count(*) FROM public.checks WHERE id < 100 AND claim IS DISTINCT FROM"
                    + " claim_text"))
        .isEqualTo("0");
  }

  void execute(String database, String sql) {
    try (var connection = site.superuser(database);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void await(String what, BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now())
          .as("waited in vain for " + what + ": " + status())
          .isBefore(deadline);
      TestSite.pause();
    }
  }

  /** Names the granted approvals, also those that have become void. */
  List<String> granted(String rollout) {
    return site.rollouts.ledger().decisions().approvals(rollout).stream()
        .filter(approval -> approval.granted())
        .map(approval -> approval.gate())
        .toList();
  }

  static RubiconException refused(ErrorCode code, ThrowingCallable what) {
    RubiconException refusal = catchThrowableOfType(RubiconException.class, what);
    assertThat(refusal).as("a refusal with " + code).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    return refusal;
  }

  @Override
  public void close() {
    rest();
    site.close();
  }
}
