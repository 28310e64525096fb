package dev.rubicon.watch;

import dev.rubicon.check.CheckResult;
import dev.rubicon.check.CheckRunner;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetCheck;
import dev.rubicon.installed.TargetState;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.installed.sync.TouchedSync;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.notify.Notification;
import dev.rubicon.notify.Notification.Event;
import dev.rubicon.notify.Notifier;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.preflight.finding.SequenceFindings;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.Check;
import dev.rubicon.sequence.SequenceReader;
import dev.rubicon.sequence.SequenceState;
import dev.rubicon.transition.Transitions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Watches the target after the crossing: one long activity that runs the runbook's checks again and
 * again, notifies the webhook of every change, and ends at a time that was fixed when it first
 * began. It decides nothing: going back is a human's order.
 */
public final class Watch {
  /** What a round is called that could not reach the target. */
  static final String REACHABLE = "target-reachable";

  /** What it is called that a new partition could not be given its trigger. */
  static final String FOLLOWED = "partitions-followed";

  /** Name of the check whether anything that keeps both sides in step was changed. */
  static final String UNTOUCHED = "triggers-untouched";

  /** Name of the check whether any sequence hands out numbers that are in use. */
  static final String AHEAD = "sequences-ahead";

  /** Name of the check whether any of them is about to run out. */
  static final String IN_RANGE = "sequences-in-range";

  private static final LockLadder PATIENCE =
      new LockLadder(
          Duration.ofMillis(50),
          Duration.ofMillis(200),
          Duration.ofSeconds(5),
          ErrorCode.LOCK_NOT_ACQUIRED);

  private static final Set<ErrorCode> ANOTHER =
      EnumSet.of(ErrorCode.TARGET_NOT_THE_SAME, ErrorCode.TARGET_STATE_LOST);

  private static final Duration SLICE = Duration.ofMillis(200);

  private final Target staging;
  private final Notifier notifier;

  public Watch(Target staging, Notifier notifier) {
    this.staging = staging;
    this.notifier = notifier;
  }

  /**
   * @param until when it ends; a watch that never made a round makes one even when that is past
   * @param resume what the evidence {@code watch} of an earlier attempt says
   */
  public Facts.Watch run(PhaseContext context, Instant until, Optional<WatchPosition> resume) {
    WatchPosition position = resume.orElse(WatchPosition.START);
    Duration every = context.runbook().watch().every();
    Instant started = Instant.now();
    try (var runner = new CheckRunner(context, staging, Optional.empty(), position.baselines())) {
      while (position.rounds() == 0 || Instant.now().isBefore(until)) {
        Instant next = Instant.now().plus(every);
        position = round(context, runner, position);
        context.evidence().record(WatchPosition.EVIDENCE, position);
        progress(context, position, started, until);
        await(context.progress(), next.isBefore(until) ? next : until);
      }
      standing(context, every);
    }
    return new Facts.Watch(position.alerts());
  }

  /** A watch does not end while the target cannot be reached: it may have lost what was watched. */
  private static void standing(PhaseContext context, Duration every) {
    while (true) {
      try {
        TargetCheck.require(context);
        return;
      } catch (RubiconException e) {
        context.progress().checkCancelled();
        if (ANOTHER.contains(e.code())) {
          throw e;
        }
        context
            .progress()
            .update("watch", 0, 0, "over, but the target cannot be seen: " + e.code());
        await(context.progress(), Instant.now().plus(every));
      }
    }
  }

  private WatchPosition round(PhaseContext context, CheckRunner runner, WatchPosition before) {
    Looked looked = looked(context, runner);
    var failing = new LinkedHashSet<>(before.failing());
    var alerts = new LinkedHashSet<>(before.alerts());
    var changes = new ArrayList<>(before.changes());
    for (CheckResult result : looked.results()) {
      boolean changed =
          result.passed() ? failing.remove(result.name()) : failing.add(result.name());
      if (changed) {
        if (!result.passed()) {
          alerts.add(result.name());
        }
        changes.add(tell(context, result));
      }
    }
    return new WatchPosition(
        before.rounds() + 1,
        runner.baselines(),
        List.copyOf(failing),
        changes,
        List.copyOf(alerts),
        Series.with(before.figures(), looked.figures(), Instant.now()));
  }

  private record Looked(List<CheckResult> results, Map<String, Double> figures) {}

  private static Looked looked(PhaseContext context, CheckRunner runner) {
    List<Check> checks = context.runbook().watch().checks();
    try {
      TargetCheck.require(context);
      var results = new ArrayList<>(runner.run(checks));
      results.add(new CheckResult(REACHABLE, true, "", 0));
      try (PgSession session = context.open(SessionLimits.SHORT)) {
        results.add(partitions(context, session));
        results.add(triggers(session));
        long began = System.nanoTime();
        List<SequenceState> sequences = SequenceReader.read(session, context.runbook().schemas());
        results.add(sequences(context, AHEAD, "value-drift:sequence:", sequences, began));
        results.add(sequences(context, IN_RANGE, "note:sequence-range:", sequences, began));
        Figures figures = Figures.read(context, session, sequences);
        results.addAll(figures.results());
        return new Looked(results, figures.values());
      }
    } catch (RubiconException e) {
      context.progress().checkCancelled();
      if (ANOTHER.contains(e.code())) {
        // Even if its checks pass: it is not the target that crossed.
        throw e;
      }
      // A watch that ends because the target is down would be silent when it matters most.
      return new Looked(
          List.of(new CheckResult(REACHABLE, false, e.code() + ": " + e.getMessage(), 0)),
          Map.of());
    }
  }

  /** Days may pass until contract: what is created meanwhile is to be followed, too. */
  private static CheckResult partitions(PhaseContext context, PgSession session) {
    long began = System.nanoTime();
    String failure = "";
    try {
      if (TargetState.find(session).isPresent()
          && Transitions.installed(session).anyToFollow(session)) {
        try (TargetLock _ = TargetLock.acquire(context)) {
          Transitions.follow(context, PATIENCE);
        }
      }
    } catch (RubiconException e) {
      context.progress().checkCancelled();
      // The next round tries again.
      failure = e.code() + ": " + e.getMessage();
    }
    return new CheckResult(
        FOLLOWED, failure.isEmpty(), failure, (System.nanoTime() - began) / 1_000_000);
  }

  /** Inserts fail, or soon will; what the runbook accepts is no news. */
  private static CheckResult sequences(
      PhaseContext context, String name, String kind, List<SequenceState> sequences, long began) {
    List<String> open =
        SequenceFindings.of(context.runbook(), sequences)
            .filter(finding -> finding.id().startsWith(kind))
            .map(new Dispositions(context.runbook())::apply)
            .filter(
                finding ->
                    finding.disposition() != Finding.Disposition.ACCEPTED
                        && finding.disposition() != Finding.Disposition.IGNORED)
            .map(Finding::title)
            .toList();
    return new CheckResult(
        name, open.isEmpty(), String.join("; ", open), (System.nanoTime() - began) / 1_000_000);
  }

  /** From then on a rollback compares both sides first, and may lose what was written meanwhile. */
  private static CheckResult triggers(PgSession session) {
    long began = System.nanoTime();
    List<SyncFingerprint.Difference> touched =
        TargetState.find(session).isEmpty()
            ? List.of()
            : SyncFingerprint.seen(session)
                .map(seen -> TouchedSync.touched(SyncFingerprint.read(session).since(seen)))
                .orElse(List.of());
    return new CheckResult(
        UNTOUCHED,
        touched.isEmpty(),
        TouchedSync.described(touched),
        (System.nanoTime() - began) / 1_000_000);
  }

  private WatchPosition.Change tell(PhaseContext context, CheckResult result) {
    String text =
        result.passed()
            ? "check '" + result.name() + "' passes again"
            : "check '" + result.name() + "' fails: " + result.detail();
    Notifier.Delivery delivery =
        notifier.send(
            Notification.now(
                result.passed() ? Event.RECOVERED : Event.ALERT,
                context.input().rollout(),
                context.runbook().name(),
                context.input().target(),
                context.input().phase().word(),
                text,
                List.of(result.name())));
    return new WatchPosition.Change(
        result.name(),
        !result.passed(),
        result.detail(),
        Instant.now().toString(),
        delivery.delivered() ? "delivered" : delivery.reason());
  }

  private static void progress(
      PhaseContext context, WatchPosition position, Instant started, Instant until) {
    long total = Math.max(0, Duration.between(started, until).toSeconds());
    long done = Math.min(total, Duration.between(started, Instant.now()).toSeconds());
    String note =
        position.failing().isEmpty() ? "" : "failing: " + String.join(", ", position.failing());
    context.progress().update("watch", done, total, note);
  }

  private static void await(Progress progress, Instant until) {
    while (Instant.now().isBefore(until)) {
      progress.checkCancelled();
      Duration left = Duration.between(Instant.now(), until);
      try {
        Thread.sleep(left.compareTo(SLICE) < 0 ? left : SLICE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Progress.PhaseCancelled("interrupted while watching");
      }
    }
  }
}
