package dev.rubicon.cli.status;

import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.status.LiveProgress;
import dev.rubicon.client.status.NextSteps;
import dev.rubicon.client.status.TargetStatus;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.temporal.TemporalFailures;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** A rollout's status as text: head, phases, and what a human is asked to do next. */
public final class StatusView {
  private StatusView() {}

  static String text(TargetStatus targetStatus, Rates rates, Paint paint) {
    var text = new StringBuilder(text(targetStatus.status(), targetStatus.live(), rates, paint));
    for (String unverified : targetStatus.unverified()) {
      text.append('\n').append(paint.wait("unverified: " + unverified));
    }
    String status = text.toString();
    return targetStatus
        .ledger()
        .map(ledger -> paint.wait(ledger.text()) + "\n" + status)
        .orElse(status);
  }

  public static String text(RolloutStatus status, Paint paint) {
    return text(status, List.of(), new Rates(), paint);
  }

  private static String text(
      RolloutStatus status, List<LiveProgress> live, Rates rates, Paint paint) {
    var text = new StringBuilder();
    text.append(paint.strong(status.rollout()))
        .append("  ")
        .append(status.runbook())
        .append(" on ")
        .append(status.target())
        .append("  ")
        .append(paint.outcome(status.state().word(), status.state().word()));
    if (status.paused()) {
      text.append(paint.wait("  paused"));
    }
    if (status.rowsPerSecond() > 0) {
      text.append("  limited to ").append(status.rowsPerSecond()).append(" rows/s");
    }
    text.append('\n');
    for (var run : status.phases()) {
      text.append(phase(run, paint)).append('\n');
      if (run.outcome().equals("running")) {
        live.stream()
            .filter(l -> l.of(run.phase()))
            .map(rates::describe)
            .filter(said -> !said.isEmpty())
            .forEach(said -> text.append("      ").append(said).append('\n'));
      }
    }
    asked(status, text, paint);
    return text.toString().stripTrailing();
  }

  static String phase(RolloutStatus.PhaseRun run, Paint paint) {
    String mark =
        switch (run.outcome()) {
          case "done" -> paint.good("✓");
          case "failed" -> paint.bad("✗");
          case "running" -> paint.busy("▸");
          default -> paint.dim("·");
        };
    Instant end = run.ended().orElseGet(Instant::now);
    String name = run.phase().word() + (run.round() > 1 ? " (" + run.round() + ")" : "");
    return "  %s %-16s %9s  %s"
        .formatted(mark, name, seconds(Duration.between(run.started(), end)), run.summary())
        .stripTrailing();
  }

  /** What waits for a human, and the commands that lead on. */
  private static void asked(RolloutStatus status, StringBuilder text, Paint paint) {
    status
        .voided()
        .ifPresent(why -> text.append(paint.bad("the approval is void: " + why)).append('\n'));
    status
        .waitingFor()
        .ifPresent(
            gate -> {
              String word = gate.name().toLowerCase(Locale.ROOT);
              text.append(paint.wait("waiting for an approval of gate " + word)).append('\n');
              status
                  .digest()
                  .ifPresent(digest -> text.append("digest: ").append(digest).append('\n'));
            });
    for (String notice : status.clients()) {
      text.append("clients will notice: ").append(notice).append('\n');
    }
    for (String item : status.signOffs()) {
      text.append(paint.wait("waiting for the sign-off of " + item)).append('\n');
    }
    status
        .windowOpens()
        .ifPresent(at -> text.append(paint.wait("the window opens at " + at)).append('\n'));
    status
        .held()
        .ifPresent(
            f -> text.append(paint.bad(f.code())).append(": ").append(f.cause()).append('\n'));
    NextSteps.hint(status).ifPresent(hint -> text.append("hint: ").append(hint).append('\n'));
    for (String command : NextSteps.pressing(status)) {
      text.append("next: ").append(command).append('\n');
    }
  }

  /** The exit code, by which a script knows where the rollout stands. */
  static int exit(RolloutStatus status) {
    return switch (status.state()) {
      case RUNNING, COMPLETED -> ErrorCode.Exit.DONE;
      case WAITING -> ErrorCode.Exit.WAITING;
      case ABORTED -> ErrorCode.Exit.POLICY;
      case FAILED, TERMINATED -> ErrorCode.Exit.ERROR;
      case HELD ->
          status
              .held()
              .map(f -> TemporalFailures.code(f.code()).exit())
              .orElse(ErrorCode.Exit.ERROR);
    };
  }

  static String seconds(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 60_000) {
      return "%.1f s".formatted(millis / 1000.0);
    }
    long seconds = millis / 1000;
    return seconds < 3600
        ? "%d:%02d min".formatted(seconds / 60, seconds % 60)
        : "%d:%02d h".formatted(seconds / 3600, seconds / 60 % 60);
  }

  static boolean running(RolloutStatus status, Phase phase) {
    return !status.phases().isEmpty()
        && status.phases().getLast().phase() == phase
        && status.phases().getLast().outcome().equals("running");
  }
}
