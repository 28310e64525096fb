package dev.rubicon.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.Statuses;
import dev.rubicon.client.status.LiveProgress;
import dev.rubicon.client.status.TargetStatus;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A status as text, whoever told it. */
final class StatusViewTest {
  private static final Instant AT = Instant.parse("2026-11-26T10:00:00Z");

  private static String text(RolloutStatus status) {
    return StatusView.text(status, new Paint(false));
  }

  private static List<String> next(RolloutStatus status) {
    return text(status).lines().filter(line -> line.startsWith("next: ")).toList();
  }

  @Test
  void eachWayIsACompleteCommand() {
    var status =
        Statuses.of(State.WAITING, Way.APPROVE, Way.SIGN_OFF, Way.RESUME, Way.ABORT, Way.ROLLBACK)
            .asking(Runbook.Gate.EXPAND, "told", "decided")
            .noticed("the type of users.id changes")
            .status();

    assertThat(next(status))
        .containsExactly(
            "next: rubicon approve --target prod --gate expand --digest "
                + Statuses.DIGEST
                + " --reason \"…\"",
            "next: rubicon sign-off --target prod --item told --reason \"…\"",
            "next: rubicon sign-off --target prod --item decided --reason \"…\"",
            "next: rubicon resume --target prod --reason \"…\"",
            "next: rubicon abort --target prod --reason \"…\"",
            "next: rubicon rollback --target prod --reason \"…\"");
    assertThat(text(status))
        .contains(
            "waiting for an approval of gate expand\ndigest: "
                + Statuses.DIGEST
                + "\nclients will notice: the type of users.id changes\n")
        .contains("waiting for the sign-off of told");
    assertThat(StatusView.exit(status)).isEqualTo(ErrorCode.Exit.WAITING);
  }

  @Test
  void afterTheEndNothingIsAskedBesidesWhatLeadsOn() {
    assertThat(text(Statuses.of(State.ABORTED).status()))
        .endsWith("aborted")
        .doesNotContain("next")
        .doesNotContain("waiting");
    assertThat(next(Statuses.of(State.COMPLETED, Way.CONTRACT).status()))
        .containsExactly("next: rubicon contract --target prod");
    assertThat(next(Statuses.of(State.FAILED, Way.LAUNCH).status()))
        .containsExactly("next: rubicon launch --target prod --runbook DIR");
  }

  @Test
  void whileItGoesOnNobodyIsUrgedToEndIt() {
    assertThat(next(Statuses.of(State.RUNNING, Way.ABORT).status())).isEmpty();
    assertThat(next(Statuses.of(State.HELD, Way.ABORT).status()))
        .containsExactly("next: rubicon abort --target prod --reason \"…\"");
  }

  @Test
  void aFailuresAdviceIsAHintUnlessItNamesAWayThatIsNone() {
    var held = Statuses.of(State.HELD, Way.RESUME);
    assertThat(text(held.held("EXPAND_FAILED", "no", "mend it; then: rubicon resume").status()))
        .contains(
            "EXPAND_FAILED: no\nhint: mend it; then: rubicon resume\n"
                + "next: rubicon resume --target prod --reason \"…\"");
    assertThat(text(held.held("EXPAND_FAILED", "no", "rubicon resume or rubicon abort").status()))
        .doesNotContain("hint")
        .doesNotContain("abort");
    assertThat(text(held.held("EXPAND_FAILED", "no", "rubicon verify shows the rows").status()))
        .contains("hint: rubicon verify shows the rows");
  }

  @Test
  void aVoidApprovalSaysWhy() {
    var status =
        Statuses.of(State.WAITING, Way.APPROVE)
            .asking(Runbook.Gate.CUTOVER)
            .voided("the window ended before the crossing")
            .status();
    assertThat(text(status)).contains("the approval is void: the window ended before the crossing");
  }

  @Test
  void theLedgersWordIsNamedAsSuch() {
    var ledger = new TargetStatus.LedgerSource(AT, "Temporal does not answer");
    var status = Statuses.of(State.RUNNING).status();
    var targetStatus = new TargetStatus(status, Optional.of(ledger), List.of(), List.of());
    assertThat(StatusView.text(targetStatus, new Rates(), new Paint(false)))
        .startsWith(
            "as the ledger last knew, at 2026-11-26T10:00:00Z: Temporal does not answer\nprod-1");
  }

  @Test
  void anAttemptWhoseWorkerWasGoneIsToldWithoutAnException() {
    var run = new RolloutStatus.PhaseRun(Phase.BACKFILL, 1, "running", AT, Optional.empty(), "");
    var live =
        new LiveProgress(
            "Backfill",
            2,
            "",
            0,
            0,
            "",
            Optional.of("its worker was gone"),
            Optional.empty(),
            Optional.empty());
    assertThat(text(run, live)).contains("attempt 2 after its worker was gone");
  }

  @Test
  void aPhaseThatNoWorkerHasASlotForSaysSo() {
    var run = new RolloutStatus.PhaseRun(Phase.BACKUP, 1, "running", AT, Optional.empty(), "");
    String waits = "waits for a worker with a free slot on queue rubicon-data";
    var live =
        new LiveProgress(
            "Backup", 1, "", 0, 0, "", Optional.empty(), Optional.empty(), Optional.of(waits));
    assertThat(text(run, live)).containsPattern("backup .*\\n      " + waits);
  }

  private static String text(RolloutStatus.PhaseRun run, LiveProgress live) {
    var targetStatus =
        new TargetStatus(
            Statuses.of(State.RUNNING).ran(run).status(),
            Optional.empty(),
            List.of(live),
            List.of());
    return StatusView.text(targetStatus, new Rates(), new Paint(false));
  }
}
