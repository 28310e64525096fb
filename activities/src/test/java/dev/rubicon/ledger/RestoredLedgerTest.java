package dev.rubicon.ledger;

import static dev.rubicon.ledger.TestLedger.by;
import static dev.rubicon.ledger.TestLedger.evidence;
import static dev.rubicon.ledger.TestLedger.input;
import static dev.rubicon.ledger.TestLedger.launch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import java.sql.SQLException;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A ledger that was restored from an older dump, and executions that have seen more of it. */
class RestoredLedgerTest {
  private static final PhaseInput HERE = input("r1", Phase.VERIFY, 1);

  private static PhaseInput seeing(AuditHead head) {
    return new PhaseInput(
        HERE.rollout(),
        HERE.target(),
        HERE.bundle(),
        HERE.requestedBy(),
        HERE.phase(),
        HERE.round(),
        HERE.footing(),
        head);
  }

  private static void behind(ThrowingCallable what) {
    assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.LEDGER_BEHIND);
              assertThat(e.code().retryable()).isFalse();
              assertThat(e.getMessage()).contains("restored from an older dump");
              assertThat(e.next()).contains("rubicon audit --reconcile");
            });
  }

  @Test
  void anEntryOfWhoHasSeenMoreIsRefusedAndARetryIsNot() throws SQLException {
    try (var first = TestLedger.create()) {
      first.ledger().launch(launch("r1", "prod"));
      AuditHead seen = first.enter(NewAuditEntry.gate("run-1/1", HERE, "cutover", "d"));
      assertThat(seen.run()).isEqualTo("run-1");
      try (var restored = first.dump();
          var now = first.again()) {
        NewAuditEntry pause = NewAuditEntry.pause("run-1/2", HERE, by("bob", "why"));
        AuditHead paused = now.ledger().decisions().enter(pause, seen, "run-1");
        assertThat(now.ledger().decisions().enter(pause, seen, "run-1")).isEqualTo(paused);
        NewAuditEntry resume = NewAuditEntry.resume("run-1/3", HERE, by("bob", "go on"));
        AuditHead resumed = now.ledger().decisions().enter(resume, paused, "run-1");
        assertThat(resumed.sequence()).isEqualTo(paused.sequence() + 1);

        // What was approved there must not be done either.
        behind(() -> restored.ledger().phases().started(seeing(resumed)));
        assertThat(restored.ledger().phases().of("r1")).isEmpty();
        now.ledger().phases().started(seeing(resumed));

        // What was seen before the dump is there.
        NewAuditEntry order = NewAuditEntry.order("run-1/4", HERE, "abort", by("bob", "why"));
        behind(() -> restored.ledger().decisions().enter(order, resumed, "run-1"));
        assertThat(restored.ledger().audit().entries("r1")).hasSize(2);
        assertThat(restored.ledger().decisions().enter(order, seen, "run-1").sequence())
            .isEqualTo(3);
        // Another entry has taken the number of the one that is lost.
        behind(() -> restored.ledger().decisions().enter(pause, paused, "run-1"));
        behind(
            () ->
                restored
                    .ledger()
                    .statuses()
                    .end(
                        "r1",
                        new LedgerRollout.End("aborted", "aborted", 0, ""),
                        TestLedger.status("r1", Phase.ABORT, State.ABORTED),
                        resumed));
        assertThat(restored.ledger().rollout("r1").live()).isTrue();
      }
    }
  }

  @Test
  void aRolloutThatTheLedgerDoesNotKnowIsNoViolatedConstraint() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      behind(() -> ledger.phases().started(HERE));
      behind(() -> ledger.phases().ended(HERE, "done", "", Map.of()));
      behind(() -> ledger.phases().progress(HERE, "rows", 1, 2, ""));
      behind(() -> ledger.evidence(HERE).record(evidence("locks"), Map.of()));
      behind(
          () ->
              ledger
                  .statuses()
                  .contractStarted(TestLedger.contract("r1"), "contract/prod", "run-2"));
      behind(
          () ->
              ledger
                  .statuses()
                  .update("r1", TestLedger.status("r1", Phase.VERIFY, State.WAITING), ""));
      var seen = new AuditHead(1, "h".repeat(64), "run-1");
      NewAuditEntry pause = NewAuditEntry.pause("run-1/2", HERE, by("bob", "why"));
      behind(() -> ledger.decisions().enter(pause, seen, "run-1"));
      assertThat(ledger.audit().chain()).isEmpty();
    }
  }

  @Test
  void whatIsDecidedBeforeTheRolloutIsOpenedIsNoSignOfALoss() {
    try (var test = TestLedger.create()) {
      NewAuditEntry pause = NewAuditEntry.pause("run-1/2", HERE, by("bob", "why"));
      assertThatThrownBy(() -> test.enter(pause))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.ROLLOUT_NOT_OPENED);
                assertThat(e.code().retryable()).isTrue();
              });
      assertThat(
              test.enter(NewAuditEntry.order("run-1/1", HERE, "abort", by("bob", "why")))
                  .sequence())
          .isOne();
      test.ledger().launch(launch("r1", "prod"));
      assertThat(test.enter(pause).sequence()).isEqualTo(3);
    }
  }
}
