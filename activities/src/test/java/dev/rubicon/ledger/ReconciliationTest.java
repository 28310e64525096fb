package dev.rubicon.ledger;

import static dev.rubicon.ledger.TestLedger.by;
import static dev.rubicon.ledger.TestLedger.input;
import static dev.rubicon.ledger.TestLedger.launch;
import static dev.rubicon.ledger.TestLedger.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.engine.Progress;
import dev.rubicon.ledger.audit.AnchorCheck;
import dev.rubicon.ledger.audit.AuditBooks;
import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.ledger.audit.AuditVerifier.Reconciled;
import dev.rubicon.ledger.audit.Histories;
import dev.rubicon.ledger.audit.HistoryEvent;
import dev.rubicon.ledger.audit.HistoryStatus;
import dev.rubicon.ledger.audit.LedgerChange;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.audit.StoredAnchor;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.entry.SignOffEntry;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Temporal's histories have is brought back into a ledger that has lost it. */
class ReconciliationTest {
  private static final String RUN = "0199f1c2-6d2e-7a51-8000-000000000001";
  private static final PhaseInput HERE = input("r1", Phase.EXPAND, 1);
  private static final Instant THEN = Instant.parse("2026-11-26T12:00:00Z");

  private final List<HistoryEvent> events = new ArrayList<>();
  private final List<StoredAnchor> anchors = new ArrayList<>();

  private static NewAuditEntry approval(String key, String digest) {
    return NewAuditEntry.approval(
        RUN + "/" + key,
        HERE,
        new Decision.Approve(Runbook.Gate.EXPAND, digest, by("bob", "read it")));
  }

  /** Entered, and in Temporal's history. */
  private void happens(TestLedger ledger, NewAuditEntry newEntry) {
    AuditHead head = ledger.ledger().decisions().enter(newEntry, AuditHead.NONE, RUN);
    event(new LedgerChange.Entered(newEntry), Optional.of(head));
    if (newEntry.action().startsWith("gate-")) {
      store(AnchorCheck.anchor(ledger.ledger().audit().chain().getLast()));
    }
  }

  private void store(AuditTrail.Anchor anchor) {
    anchors.add(new StoredAnchor(anchor.key(), Optional.of(anchor.json())));
  }

  private void event(LedgerChange change, Optional<AuditHead> head) {
    Instant at = THEN.plusSeconds(events.size());
    events.add(new HistoryEvent(change, at, events.size(), change.newEntry().key(), head, true));
  }

  private Histories histories() {
    return new Histories(events, Set.of(RUN), Set.of("r1"), List.of(), List.of());
  }

  private AuditVerifier.Result verify(Ledger ledger) {
    AuditBooks books = ledger.audit().books();
    return AuditVerifier.verify(books, books, anchors, histories());
  }

  private int reconcile(Ledger ledger) {
    var missing = AuditVerifier.missing(ledger.audit().books(), histories());
    missing.forEach(event -> ledger.reconciliation().bringBack(event, "carol", this::store));
    return missing.size();
  }

  @Test
  void decisionsComeBackInTheirOrderWithTheirRowsAndWhoHasSeenThemGoesOn() throws SQLException {
    try (var first = TestLedger.create()) {
      first.ledger().launch(launch("r1", "prod"));
      event(new LedgerChange.Launched(launch("r1", "prod")), Optional.empty());
      happens(first, NewAuditEntry.gate(RUN + "/1", HERE, "expand", "d1"));
      happens(first, approval("2", "d1"));
      try (var restored = first.dump();
          var now = first.again()) {
        happens(
            now,
            NewAuditEntry.approvalsVoid(
                RUN + "/3", HERE, List.of(Runbook.Gate.EXPAND), "it changed"));
        happens(now, NewAuditEntry.gate(RUN + "/4", HERE, "expand", "d2"));
        happens(now, approval("5", "d2"));
        happens(
            now,
            NewAuditEntry.signOff(
                RUN + "/6", HERE, new Decision.SignOff("told", by("dave", "mail"))));
        happens(
            now,
            NewAuditEntry.throttle(RUN + "/7", HERE, new Decision.Throttle(9, by("bob", "peak"))));
        happens(now, NewAuditEntry.pause(RUN + "/8", HERE, by("bob", "wait")));
        happens(now, NewAuditEntry.resume(RUN + "/9", HERE, by("bob", "go")));
        assertThat(verify(now.ledger()).breaks()).isEmpty();
        Ledger ledger = restored.ledger();
        assertThat(verify(ledger).intact()).isFalse();
        // What goes on there meanwhile takes the numbers of what is lost.
        ledger.launch(launch("other", "eu"));

        assertThat(reconcile(ledger)).isEqualTo(7);

        AuditVerifier.Result result = verify(ledger);
        assertThat(result.breaks()).isEmpty();
        // That an entry stands for another is believed where it has an anchor of its own.
        StoredAnchor own = anchors.removeLast();
        assertThat(verify(ledger).breaks())
            .extracting(AuditVerifier.Break::kind)
            .contains(AuditVerifier.Kind.REWRITTEN, AuditVerifier.Kind.ANCHOR_MISSING);
        anchors.add(own);
        assertThat(result.reconciled())
            .extracting(Reconciled::action)
            .containsExactly(
                "approvals-void",
                "gate-expand",
                "approved",
                "signed-off",
                "throttled",
                "paused",
                "resumed");
        assertThat(result.reconciled().get(2).was())
            .isEqualTo(
                new AuditEntry.Reconciled(
                    6,
                    now.ledger().audit().chain().get(5).hash(),
                    RUN + "/5",
                    THEN.plusSeconds(5).toString(),
                    "carol"));
        assertThat(ledger.decisions().approvals("r1"))
            .extracting(a -> a.digest() + " " + a.voidReason() + " " + a.decidedAt())
            .contains("d2  " + THEN.plusSeconds(5))
            .anyMatch(text -> text.startsWith("d1 it changed"));
        assertThat(ledger.decisions().signOffs("r1"))
            .containsExactly(new SignOffEntry("told", "dave", "mail", THEN.plusSeconds(6)));
        assertThat(ledger.decisions().control("r1")).isEqualTo(new Progress.Control(false, 9));

        // Once more changes nothing, and the activity's own late retry appends nothing.
        assertThat(reconcile(ledger)).isZero();
        AuditHead seen = events.getLast().head().orElseThrow();
        NewAuditEntry next = NewAuditEntry.order(RUN + "/10", HERE, "abort", by("bob", "enough"));
        AuditHead back = ledger.decisions().enter(approval("5", "d2"), seen, RUN);
        assertThat(ledger.decisions().enter(next, seen, RUN).sequence())
            .isEqualTo(result.headSeq() + 1);
        assertThat(ledger.decisions().enter(next, back, RUN).sequence())
            .isEqualTo(result.headSeq() + 1);
      }
    }
  }

  @Test
  void rolloutsThatTheLedgerDoesNotKnowComeBackAsTheyStand() throws SQLException {
    try (var first = TestLedger.create()) {
      Ledger ledger = first.ledger();
      ledger.launch(launch("old", "prod"));
      ledger.statuses().update("old", status("old", Phase.WATCH, State.RUNNING), "");

      var end = new LedgerRollout.End("completed", "completed", 1, "f");
      event(
          new LedgerChange.Ended("old", end, status("old", Phase.WATCH, State.COMPLETED)),
          Optional.empty());
      event(new LedgerChange.Launched(launch("r0", "prod")), Optional.empty());
      var aborted = new LedgerRollout.End("aborted", "aborted", 0, "");
      event(
          new LedgerChange.Ended("r0", aborted, status("r0", Phase.ABORT, State.ABORTED)),
          Optional.empty());
      event(new LedgerChange.Launched(launch("r1", "prod")), Optional.empty());
      event(
          new LedgerChange.Entered(NewAuditEntry.gate(RUN + "/1", HERE, "expand", "d")),
          Optional.empty());
      var contract = status("old", Phase.CONTRACT, State.RUNNING);
      event(
          new LedgerChange.ContractStarted(
              TestLedger.contract("old"), "contract/prod", contract.run()),
          Optional.empty());
      assertThat(reconcile(ledger)).isEqualTo(6);
      var waiting = status("r1", Phase.REHEARSE, State.WAITING);
      var told =
          new HistoryStatus("r1", "rollout/prod", false, waiting, "approval of expand", THEN);
      ledger.reconciliation().catchUp(told, true);
      ledger
          .reconciliation()
          .catchUp(new HistoryStatus("old", "contract/prod", true, contract, "", THEN), true);

      assertThat(ledger.rollouts())
          .extracting(r -> r.id() + " " + r.state() + " " + r.note())
          .containsExactlyInAnyOrder(
              "r1 waiting approval of expand", "r0 aborted ", "old completed ");
      assertThat(ledger.rollout("r1").told().orElseThrow().status()).isEqualTo(waiting);
      assertThat(ledger.statuses().ofContract("old").orElseThrow().status()).isEqualTo(contract);
      // It goes on: what it enters has a rollout to refer to.
      ledger.phases().started(HERE);

      // What the ledger was told since counts.
      ledger.statuses().update("r1", status("r1", Phase.EXPAND, State.RUNNING), "");
      ledger.reconciliation().catchUp(told, true);
      assertThat(ledger.rollout("r1").state()).isEqualTo("running");
    }
  }

  @Test
  void aLaunchThatNeverEndedComesBackBeforeWhatRefersToIt() throws SQLException {
    try (var first = TestLedger.create()) {
      first.ledger().launch(launch("r1", "prod"));
      events.add(
          new HistoryEvent(
              new LedgerChange.Launched(launch("r1", "prod")),
              THEN,
              1,
              RUN + "/0",
              Optional.empty(),
              false));
      happens(first, NewAuditEntry.pause(RUN + "/1", HERE, by("bob", "wait")));
      assertThat(verify(first.ledger()).breaks()).isEmpty();
      try (var lost = TestLedger.create()) {
        assertThat(verify(lost.ledger()).breaks())
            .extracting(AuditVerifier.Break::kind)
            .containsExactly(AuditVerifier.Kind.MISSING);
        assertThat(reconcile(lost.ledger())).isEqualTo(2);
        assertThat(lost.ledger().decisions().control("r1").paused()).isTrue();
        assertThat(verify(lost.ledger()).breaks()).isEmpty();
        assertThat(reconcile(lost.ledger())).isZero();
      }
    }
  }

  @Test
  void anEndOfApprovalsThatFindsNoneComesBackAllTheSame() throws SQLException {
    try (var test = TestLedger.create()) {
      test.ledger().launch(launch("r1", "prod"));
      try (var restored = test.dump();
          var now = test.again()) {
        happens(now, approval("1", "d1"));
        happens(
            now,
            NewAuditEntry.approvalsVoid(RUN + "/2", HERE, List.of(Runbook.Gate.EXPAND), "changed"));
        AuditHead seen = events.getLast().head().orElseThrow();
        events.removeFirst();
        assertThat(reconcile(restored.ledger())).isOne();
        NewAuditEntry next = NewAuditEntry.order(RUN + "/3", HERE, "abort", by("bob", "enough"));
        assertThat(restored.ledger().decisions().enter(next, seen, RUN).sequence()).isEqualTo(3);
      }
    }
  }

  @Test
  void aLedgerThatHasLostNothingIsLeftAsItIs() {
    try (var test = TestLedger.create()) {
      Ledger ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      Instant later = Instant.now().plusSeconds(60);
      var waiting = status("r1", Phase.REHEARSE, State.WAITING);
      var told = new HistoryStatus("r1", "rollout/prod", false, waiting, "approval", later);
      // It was never told; but not behind a phase that has begun.
      ledger.reconciliation().catchUp(told, false);
      assertThat(ledger.rollout("r1").phase()).isEqualTo("rehearse");
      ledger.phases().started(HERE);
      // Temporal notes the same a moment later than the ledger.
      ledger
          .reconciliation()
          .catchUp(
              new HistoryStatus(
                  "r1", "rollout/prod", false, waiting, "approval", later.plusSeconds(1)),
              false);
      assertThat(ledger.rollout("r1").phase()).isEqualTo("expand");
      ledger.phases().ended(HERE, "done", "", java.util.Map.of());
    }
    try (var test = TestLedger.create()) {
      Ledger ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger.phases().started(HERE);
      var waiting = status("r1", Phase.REHEARSE, State.WAITING);
      ledger
          .reconciliation()
          .catchUp(new HistoryStatus("r1", "rollout/prod", false, waiting, "approval", THEN), true);
      assertThat(ledger.rollout("r1").state()).isEqualTo("waiting");
      assertThat(ledger.rollout("r1").phase()).isEqualTo("expand");
    }
  }

  @Test
  void aContractBringsItsRolloutWithItWhoseHistoryIsGone() {
    try (var test = TestLedger.create()) {
      Ledger ledger = test.ledger();
      event(
          new LedgerChange.ContractStarted(TestLedger.contract("r1"), "contract/prod", RUN),
          Optional.empty());
      event(
          new LedgerChange.Entered(NewAuditEntry.gate(RUN + "/1", HERE, "contract", "d")),
          Optional.empty());
      assertThat(reconcile(ledger)).isEqualTo(2);
      assertThat(ledger.rollout("r1").state()).isEqualTo("completed");
      assertThat(ledger.rollout("r1").outcome()).contains("only its contract's history is known");
      assertThat(ledger.statuses().contracts())
          .extracting(contract -> contract.rollout() + " " + contract.runId())
          .containsExactly("r1 " + RUN);
    }
  }

  @Test
  void aRolloutThatWasTakenForLostHadEndedAfterAll() {
    try (var test = TestLedger.create()) {
      Ledger ledger = test.ledger();
      ledger.launch(launch("new", "prod"));
      event(new LedgerChange.Launched(launch("r1", "prod")), Optional.empty());
      assertThat(reconcile(ledger)).isOne();
      assertThat(ledger.rollout("r1").supersededBy()).contains("new");
      assertThat(ledger.rollout("new").live()).isTrue();

      var end = new LedgerRollout.End("completed", "completed", 1, "f");
      event(
          new LedgerChange.Ended("r1", end, status("r1", Phase.WATCH, State.COMPLETED)),
          Optional.empty());
      assertThat(reconcile(ledger)).isOne();
      assertThat(ledger.rollout("r1").state()).isEqualTo("completed");
      assertThat(ledger.latestFor("prod").orElseThrow().id()).isEqualTo("new");
    }
  }
}
