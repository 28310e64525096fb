package dev.rubicon.ledger;

import static dev.rubicon.ledger.TestLedger.input;
import static dev.rubicon.ledger.TestLedger.launch;
import static dev.rubicon.ledger.TestLedger.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.message.RolloutStatus.PhaseRun;
import dev.rubicon.message.RolloutStatus.Source;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where a rollout stands, kept whole and read back. */
class ExecutionStatusesTest {
  private static final Instant BEGAN = Instant.parse("2026-11-26T10:00:00Z");

  /** Everything that a status can say. */
  private static RolloutStatus full(State state, List<PhaseRun> phases) {
    return new RolloutStatus(
        "r1",
        "run-after-reset",
        "prod",
        "checks-canonical",
        "alice",
        Phase.VERIFY,
        state,
        2,
        Optional.of("d".repeat(64)),
        Optional.of(Runbook.Gate.CUTOVER),
        List.of("users.id changes its type"),
        List.of("stakeholders"),
        Optional.of(BEGAN.plusSeconds(60)),
        Optional.of(new Failure("VERIFY_MISMATCH", "2 rows differ", "rubicon verify")),
        Optional.of("the target changed"),
        true,
        500,
        List.of(Way.APPROVE, Way.SIGN_OFF, Way.ABORT),
        phases,
        Source.TEMPORAL);
  }

  private static PhaseRun run(Phase phase, String outcome) {
    return new PhaseRun(
        phase,
        2,
        outcome,
        BEGAN,
        outcome.equals("running") ? Optional.empty() : Optional.of(BEGAN.plusSeconds(5)),
        "");
  }

  private static RolloutStatus read(Ledger ledger) {
    return LedgerStatus.of(
        ledger.rollout("r1"), ledger.phases().of("r1"), ledger.decisions().control("r1"));
  }

  @Test
  void theWholeStatusIsKeptAndReadBack() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      var told = full(State.WAITING, List.of(run(Phase.VERIFY, "done")));
      assertThat(ledger.statuses().update("r1", told, "approval of cutover")).isTrue();
      assertThat(ledger.statuses().update("r1", told, "approval of cutover")).isFalse();

      var entry = ledger.rollout("r1");
      assertThat(entry.told().orElseThrow().status()).isEqualTo(told);
      assertThat(entry.state()).isEqualTo("waiting");
      assertThat(entry.phase()).isEqualTo("verify");
      assertThat(entry.round()).isEqualTo(2);
      assertThat(entry.note()).isEqualTo("approval of cutover");
      assertThat(entry.runId()).as("a Reset begins another run").isEqualTo("run-after-reset");
      assertThat(read(ledger)).usingRecursiveComparison().ignoringFields("source").isEqualTo(told);
      assertThat(read(ledger).source()).isEqualTo(Source.LEDGER);
    }
  }

  @Test
  void aPhaseThatBeganSinceEndsTheWaitAndOneThatEndedSinceHasItsOutcome() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger.statuses().update("r1", full(State.HELD, List.of(run(Phase.VERIFY, "running"))), "");
      var verify = input("r1", Phase.VERIFY, 2);
      ledger.phases().started(verify);
      ledger.phases().ended(verify, "done", "all agree", Map.of());
      ledger.phases().started(input("r1", Phase.CUTOVER, 2));

      var status = read(ledger);
      assertThat(status.state()).isEqualTo(State.RUNNING);
      assertThat(status.phase()).isEqualTo(Phase.CUTOVER);
      assertThat(status.held()).isEmpty();
      assertThat(status.waitingFor()).isEmpty();
      assertThat(status.voided()).isEmpty();
      assertThat(status.ways()).containsExactly(Way.ABORT);
      assertThat(status.phases())
          .extracting(run -> run.phase().word() + " " + run.outcome() + " " + run.summary())
          .containsExactly("verify done all agree", "cutover running ");
    }
  }

  @Test
  void aPhaseTriedAgainAfterItFailedIsARunOfItsOwn() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger.statuses().update("r1", full(State.RUNNING, List.of(run(Phase.VERIFY, "failed"))), "");
      ledger.phases().started(input("r1", Phase.VERIFY, 2));

      assertThat(read(ledger).phases())
          .extracting(PhaseRun::outcome)
          .containsExactly("failed", "running");
    }
  }

  @Test
  void theEndOfARolloutStaysAndItsReportComesLater() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      var statuses = ledger.statuses();
      statuses.update("r1", status("r1", Phase.REHEARSE, State.WAITING), "approval of expand");
      assertThat(ledger.rollout("r1").note()).isEqualTo("approval of expand");
      var end = new LedgerRollout.End("completed", "crossed twice", 2, "f");
      var completed = status("r1", Phase.WATCH, State.COMPLETED);
      statuses.end("r1", end, completed, AuditHead.NONE);
      statuses.end("r1", end, completed, AuditHead.NONE);
      statuses.reported("r1", "reports/r1");
      assertThat(statuses.update("r1", status("r1", Phase.EXPAND, State.RUNNING), "")).isFalse();

      var rollout = ledger.rollout("r1");
      assertThat(rollout.state()).isEqualTo("completed");
      assertThat(rollout.note()).isEmpty();
      assertThat(rollout.report()).isEqualTo("reports/r1");
      assertThat(rollout.told().orElseThrow().status()).isEqualTo(completed);
      assertThat(ledger.audit().entries("r1"))
          .extracting(AuditEntry::action)
          .containsExactly("launched", "completed");
      // A rollout that has ended makes room for the next without being superseded.
      assertThat(ledger.launch(launch("r2", "prod"))).isEmpty();
    }
  }

  @Test
  void aContractExecutionHasItsOwnStatusWhicheverRunTellsIt() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      var statuses = ledger.statuses();
      statuses.contractStarted(TestLedger.contract("r1"), "contract/prod", "run-c1");
      assertThat(statuses.ofContract("r1")).isEmpty();
      var held = full(State.HELD, List.of());
      assertThat(statuses.updateContract("r1", "contract/prod", held)).isTrue();
      assertThat(statuses.updateContract("r1", "contract/prod", held)).isFalse();
      assertThat(statuses.ofContract("r1").orElseThrow().status()).isEqualTo(held);
      assertThat(ledger.rollout("r1").told()).isEmpty();

      var completed = full(State.COMPLETED, List.of());
      statuses.contractEnded("r1", completed, AuditHead.NONE);
      assertThat(statuses.ofContract("r1").orElseThrow().status()).isEqualTo(completed);
      assertThat(ledger.ending("run-after-reset")).isTrue();
    }
  }

  @Test
  void whatANewerVersionAddsIsNoObstacle() throws SQLException {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger.statuses().update("r1", status("r1", Phase.EXPAND, State.RUNNING), "");
      try (var connection = test.superuser();
          var statement = connection.createStatement()) {
        statement.execute(
            "UPDATE rubicon_ledger.rollout SET status = status || '{\"mood\": \"good\"}'");
      }
      assertThat(read(ledger).phase()).isEqualTo(Phase.EXPAND);
    }
  }

  @Test
  void aRolloutThatToldNothingIsReadFromItsColumns() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger.phases().started(input("r1", Phase.PREFLIGHT, 1));

      var status = read(ledger);
      assertThat(status.state()).isEqualTo(State.RUNNING);
      assertThat(status.digest()).isEmpty();
      assertThat(status.phases()).extracting(PhaseRun::outcome).containsExactly("running");

      ledger.launch(launch("r2", "prod"));
      var superseded = read(ledger);
      assertThat(superseded.state()).isEqualTo(State.TERMINATED);
      assertThat(superseded.held().orElseThrow().cause()).contains("r2");
    }
  }
}
