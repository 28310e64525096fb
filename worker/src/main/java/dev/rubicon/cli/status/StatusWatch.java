package dev.rubicon.cli.status;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.LiveScreen;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.client.Json;
import dev.rubicon.client.Rollouts;
import dev.rubicon.client.status.LiveProgress;
import dev.rubicon.client.status.TargetStatus;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Follows a rollout: redraws in place on a terminal, writes one line per change elsewhere. A worker
 * or a server that is away for a while is said once and waited for.
 */
final class StatusWatch {
  private static final Duration REDRAW = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  private final RubiconCommand root;
  private final Rollouts rollouts;
  private final String target;
  private final boolean untilAsked;
  private final Rates rates = new Rates();
  private volatile boolean ended;
  private Instant lastProgress = Instant.EPOCH;
  private String away = "";

  StatusWatch(RubiconCommand root, Rollouts rollouts, String target, boolean untilAsked) {
    this.root = root;
    this.rollouts = rollouts;
    this.target = target;
    this.untilAsked = untilAsked;
  }

  int run() throws InterruptedException {
    var detached = new Thread(this::sayDetached, "detach");
    Runtime.getRuntime().addShutdownHook(detached);
    try {
      return root.console().interactive() && !root.json() ? redraw() : lines();
    } finally {
      ended = true;
    }
  }

  private void sayDetached() {
    if (!ended) {
      root.console()
          .err()
          .println(
              "\ndetached; the rollout goes on. next: rubicon status --watch --target " + target);
    }
  }

  private int redraw() throws InterruptedException {
    var screen = new LiveScreen(root.console().out());
    var paint = Paint.of(root.console());
    while (true) {
      try {
        TargetStatus targetStatus = rollouts.targetStatus(target);
        RolloutStatus status = targetStatus.status();
        screen.show(StatusView.text(targetStatus, rates, paint));
        if (done(status)) {
          return StatusView.exit(status);
        }
      } catch (RubiconException e) {
        screen.note(paint.bad(e.code() + ": " + e.getMessage()) + "  (still watching)");
        rethrowUnlessPassing(e);
      }
      Thread.sleep(REDRAW);
    }
  }

  private int lines() throws InterruptedException {
    var changes = new StatusChanges();
    while (true) {
      try {
        TargetStatus targetStatus = rollouts.targetStatus(target);
        RolloutStatus status = targetStatus.status();
        tellSource(targetStatus);
        for (var change : changes.of(status)) {
          root.console().out().println(root.json() ? Json.line(change) : change.text());
        }
        progress(targetStatus.live());
        if (done(status)) {
          return StatusView.exit(status);
        }
      } catch (RubiconException e) {
        rethrowUnlessPassing(e);
        if (!away.equals(e.code().name())) {
          away = e.code().name();
          root.console().progress(e.code() + ": " + e.getMessage() + " (still watching)");
        }
      }
      Thread.sleep(LOOK);
    }
  }

  /** Once for each reason; not again with each look. */
  private void tellSource(TargetStatus targetStatus) {
    String because = targetStatus.ledger().map(TargetStatus.LedgerSource::because).orElse("");
    if (!because.equals(away)) {
      away = because;
      targetStatus
          .ledger()
          .ifPresent(ledger -> root.console().progress(ledger.text() + " (still watching)"));
    }
  }

  private void progress(List<LiveProgress> live) {
    if (Instant.now().isBefore(lastProgress.plus(PROGRESS))) {
      return;
    }
    for (LiveProgress one : live) {
      String text = rates.describe(one);
      if (!text.isEmpty()) {
        lastProgress = Instant.now();
        root.console().progress(text);
      }
    }
  }

  private boolean done(RolloutStatus status) {
    boolean asked =
        status.state() == RolloutStatus.State.WAITING || status.state() == RolloutStatus.State.HELD;
    return status.state().ended() || (untilAsked && asked);
  }

  private static void rethrowUnlessPassing(RubiconException e) {
    if (e.code() != ErrorCode.TEMPORAL_UNREACHABLE) {
      throw e;
    }
  }
}
