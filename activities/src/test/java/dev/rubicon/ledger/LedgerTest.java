package dev.rubicon.ledger;

import static dev.rubicon.ledger.TestLedger.by;
import static dev.rubicon.ledger.TestLedger.evidence;
import static dev.rubicon.ledger.TestLedger.input;
import static dev.rubicon.ledger.TestLedger.launch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.entry.SignOffEntry;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void aLaunchRepeatedByARetryIsOneRolloutAndOneEntry() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger.launch(launch("r1", "prod"));

      assertThat(ledger.rollouts()).extracting(LedgerRollout::id).containsExactly("r1");
      assertThat(ledger.audit().entries("r1"))
          .extracting(AuditEntry::action)
          .containsExactly("launched");
    }
  }

  @Test
  void aRelaunchSupersedesTheRolloutThatNeverEndedButNoOtherTargets() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("old", "prod"));
      ledger.launch(launch("other", "eu"));

      assertThat(ledger.launch(launch("new", "prod"))).containsExactly("old");
      // A retry of the old launch, late, must not take the place of the new one.
      ledger.launch(launch("old", "prod"));

      assertThat(ledger.rollout("old").state()).isEqualTo("superseded");
      assertThat(ledger.rollout("old").supersededBy()).contains("new");
      assertThat(ledger.rollout("old").live()).isFalse();
      assertThat(ledger.rollout("new").state()).isEqualTo("running");
      assertThat(ledger.rollout("other").state()).isEqualTo("running");
      assertThat(ledger.latestFor("prod")).get().extracting(LedgerRollout::id).isEqualTo("new");
      assertThat(ledger.audit().entries("old"))
          .extracting(AuditEntry::action)
          .containsExactly("launched", "superseded");
    }
  }

  @Test
  void aPhaseTriedAgainAfterAFailureIsASecondAttemptAndARetriedCallIsNot() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      var verify = input("r1", Phase.VERIFY, 1);
      ledger.phases().started(verify);
      ledger.phases().started(verify);
      ledger.phases().ended(verify, "failed", "2 rows differ", Map.of());
      ledger.phases().ended(verify, "failed", "2 rows differ", Map.of());
      ledger.phases().started(verify);
      var facts =
          new Facts.Verify(Map.of("public.checks", 10L), 0, List.of("no orphan"), "f", List.of());
      ledger.phases().ended(verify, "done", "all agree", facts);
      ledger.phases().ended(verify, "done", "said again", facts);

      var phase = ledger.phases().of("r1").getFirst();
      assertThat(phase.attempt()).isEqualTo(2);
      assertThat(phase.outcome()).isEqualTo("done");
      assertThat(phase.summary()).isEqualTo("all agree");
      assertThat(phase.facts().at("/rows/public.checks").asLong()).isEqualTo(10);
      assertThat(phase.ended()).isPresent();
      assertThat(ledger.rollout("r1").phase()).isEqualTo("verify");
      assertThat(ledger.audit().entries("r1"))
          .extracting(AuditEntry::action)
          .containsExactly(
              "launched", "phase-started", "phase-failed", "phase-started", "phase-done");
    }
  }

  @Test
  void aPhaseThatWasLeftOutHasAnEndWithoutAStart() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger
          .phases()
          .ended(input("r1", Phase.BACKUP, 1), "skipped", "backed up elsewhere", Map.of());

      assertThat(ledger.phases().of("r1").getFirst().outcome()).isEqualTo("skipped");
    }
  }

  @Test
  void evidenceIsReplacedWithinARoundAndKeptAcrossRounds() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      ledger
          .evidence(input("r1", Phase.CUTOVER, 1))
          .record(evidence("locks"), Map.of("stallMs", 80));
      ledger
          .evidence(input("r1", Phase.CUTOVER, 1))
          .record(evidence("locks"), Map.of("stallMs", 90));
      ledger
          .evidence(input("r1", Phase.CUTOVER, 2))
          .record(
              evidence("locks"),
              Map.of("stallMs", 40, "at", Instant.EPOCH, "took", Duration.ofMillis(5)));

      assertThat(ledger.evidenceOf("r1"))
          .extracting(e -> e.round() + ":" + e.value().path("stallMs").asInt())
          .containsExactly("1:90", "2:40");
      var latest = ledger.evidenceOf("r1", Phase.CUTOVER, evidence("locks")).orElseThrow();
      assertThat(latest.get("at")).isEqualTo("1970-01-01T00:00:00Z");
      assertThat(latest.get("took")).isEqualTo("PT0.005S");
    }
  }

  @Test
  void decisionsAndRefusalsAreKeptWithTheirReasons() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      var decisions = ledger.decisions();
      var expand = input("r1", Phase.EXPAND, 1);
      test.enter(
          NewAuditEntry.refusal(
              "run/1",
              expand,
              "approve expand",
              "wrong",
              by("alice", "looks fine"),
              new RolloutStatus.Failure(
                  "DIGEST_MISMATCH", "not what was shown", "rubicon status")));
      var approval = new Decision.Approve(Runbook.Gate.EXPAND, "d1", by("bob", "read the plan"));
      test.enter(NewAuditEntry.approval("run/2", expand, approval));
      test.enter(NewAuditEntry.approval("run/2", expand, approval));
      var gates = List.of(Runbook.Gate.EXPAND);
      var isVoid =
          test.enter(NewAuditEntry.approvalsVoid("run/3", expand, gates, "target changed"));
      test.enter(NewAuditEntry.approval("run/4", expand, approval));
      // A late retry of the voiding leaves the approval given since alone.
      assertThat(test.enter(NewAuditEntry.approvalsVoid("run/3", expand, gates, "target changed")))
          .isEqualTo(isVoid);
      assertThat(
              test.enter(
                  NewAuditEntry.approvalsVoid(
                      "run/9", expand, List.of(Runbook.Gate.CUTOVER), "nothing")))
          .isEqualTo(AuditHead.NONE);
      var signOff = new Decision.SignOff("stakeholders", by("carol", "mailed"));
      test.enter(NewAuditEntry.signOff("run/5", expand, signOff));
      test.enter(NewAuditEntry.signOff("run/5", expand, signOff));

      assertThat(decisions.approvals("r1"))
          .extracting(a -> a.granted() + " " + a.code() + " " + a.voidedAt().isPresent())
          .containsExactly("false DIGEST_MISMATCH false", "true  true", "true  false");
      assertThat(decisions.signOffs("r1"))
          .extracting(SignOffEntry::principal)
          .containsExactly("carol");
      assertThat(ledger.audit().entries("r1"))
          .extracting(AuditEntry::action)
          .containsExactly(
              "launched", "refused", "approved", "approvals-void", "approved", "signed-off");
    }
  }

  @Test
  void aLateRetryOfAPauseDoesNotUndoTheResume() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      var decisions = ledger.decisions();
      assertThat(decisions.control("r1")).isEqualTo(Progress.Control.NONE);
      var backfill = input("r1", Phase.BACKFILL, 1);
      test.enter(
          NewAuditEntry.throttle("run/1", backfill, new Decision.Throttle(500, by("bob", "peak"))));
      test.enter(NewAuditEntry.pause("run/2", backfill, by("bob", "incident")));
      assertThat(decisions.control("r1")).isEqualTo(new Progress.Control(true, 500));
      test.enter(NewAuditEntry.resume("run/3", backfill, by("bob", "over")));
      test.enter(NewAuditEntry.pause("run/2", backfill, by("bob", "incident")));

      assertThat(decisions.control("r1")).isEqualTo(new Progress.Control(false, 500));
    }
  }

  @Test
  void progressIsWrittenAtMostEachSecondButTheLastWordCounts() {
    try (var test = TestLedger.create()) {
      var ledger = test.ledger();
      ledger.launch(launch("r1", "prod"));
      var backfill = input("r1", Phase.BACKFILL, 1);
      for (int i = 0; i < 50; i++) {
        ledger.phases().progress(backfill, "public.checks", i, 100, "");
      }
      var early = ledger.phases().progressOf("r1").getFirst();
      assertThat(early.done()).isLessThan(49);
      ledger.phases().progress(backfill, "public.checks", 100, 100, "");

      var last = ledger.phases().progressOf("r1").getFirst();
      assertThat(last.done()).isEqualTo(100);
      assertThat(last.rate()).isPositive();
      assertThat(last.left()).isEmpty();
    }
  }

  @Test
  void anUnknownRolloutAndAnUnreachableLedgerHaveTheirCodes() {
    try (var test = TestLedger.create()) {
      assertThatThrownBy(() -> test.ledger().rollout("nope"))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.ROLLOUT_UNKNOWN));
      var wrong =
          new Target(
              "ledger", test.target().url(), "nobody-here", new Secret("s3cret-word"), Map.of());
      try (var ledger = Ledger.open(wrong)) {
        assertThatThrownBy(ledger::rollouts)
            .isInstanceOfSatisfying(
                RubiconException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNREACHABLE))
            .hasMessageNotContaining("s3cret-word");
        assertThatThrownBy(ledger::migrate)
            .isInstanceOfSatisfying(
                RubiconException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNREACHABLE));
      }
    }
  }

  @Test
  void aConnectionThatTheServerDroppedIsReplaced() throws Exception {
    try (var test = TestLedger.create()) {
      test.ledger().launch(launch("r1", "prod"));
      try (var connection = test.superuser();
          var statement = connection.createStatement()) {
        statement.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'rubicon/ledger'");
      }
      // One call may meet the dead connection; its retry gets a new one.
      try {
        test.ledger().rollouts();
      } catch (RubiconException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNREACHABLE);
        assertThat(e.code().retryable()).isTrue();
      }
      assertThat(test.ledger().rollouts()).hasSize(1);
    }
  }
}
