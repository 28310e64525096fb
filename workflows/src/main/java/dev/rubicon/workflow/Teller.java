package dev.rubicon.workflow;

import dev.rubicon.machine.Story;
import dev.rubicon.runbook.Runbook;
import io.temporal.failure.ActivityFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Tells ledger, search attributes and subscribers when it changes whether the rollout runs, waits
 * or is held. A ledger that is away does not hold up a rollout: it is told of the next change.
 */
final class Teller {
  private final PhaseLog log;
  private Told last =
      new Told(
          RolloutStatus.State.RUNNING,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          false);

  /** What makes a difference to who is told. */
  private record Told(
      RolloutStatus.State state,
      Optional<Runbook.Gate> gate,
      Optional<String> digest,
      List<String> signOffs,
      Optional<Instant> windowOpens,
      Optional<RolloutStatus.Failure> held,
      boolean paused) {
    static Told of(RolloutStatus s) {
      return new Told(
          s.state(),
          s.waitingFor(),
          s.digest(),
          s.signOffs(),
          s.windowOpens(),
          s.held(),
          s.paused());
    }
  }

  Teller(PhaseLog log) {
    this.log = log;
  }

  void tell(Story story, RolloutStatus now) {
    Told next = Told.of(now);
    if (next.equals(last)) {
      return;
    }
    last = next;
    log.become(now);
    try {
      ActivityStubs.aside(summary(now)).stand(log.here(story), now);
      log.untold(Optional.empty());
    } catch (ActivityFailure e) {
      log.untold(Optional.of(Failures.read(e)));
    }
  }

  private static String summary(RolloutStatus s) {
    return switch (s.state()) {
      case HELD -> "tell that the rollout is held: " + s.held().map(f -> f.code()).orElse("");
      case WAITING ->
          "tell that the rollout waits for "
              + s.waitingFor()
                  .map(gate -> "gate " + gate.name().toLowerCase(java.util.Locale.ROOT))
                  .orElse(s.signOffs().isEmpty() ? "its window" : "sign-offs");
      case RUNNING -> s.paused() ? "tell that the rollout is paused" : "tell that it goes on";
      case COMPLETED, ABORTED, FAILED, TERMINATED -> "tell how it ended";
    };
  }
}
