package dev.rubicon.workflow;

import dev.rubicon.machine.state.Story;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import io.temporal.failure.ActivityFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Publishes to ledger, search attributes and subscribers when it changes whether the rollout runs,
 * waits or is held. A ledger that is away does not hold up a rollout: it gets the next change.
 */
final class StatusPublisher {
  private final PhaseLog log;
  private Published last =
      new Published(
          RolloutStatus.State.RUNNING,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          false);

  /** What of a status is worth publishing when it changes. */
  private record Published(
      RolloutStatus.State state,
      Optional<Runbook.Gate> gate,
      Optional<String> digest,
      List<String> signOffs,
      Optional<Instant> windowOpens,
      Optional<RolloutStatus.Failure> held,
      boolean paused) {
    static Published of(RolloutStatus s) {
      return new Published(
          s.state(),
          s.waitingFor(),
          s.digest(),
          s.signOffs(),
          s.windowOpens(),
          s.held(),
          s.paused());
    }
  }

  StatusPublisher(PhaseLog log) {
    this.log = log;
  }

  void publish(Story story, RolloutStatus now) {
    Published next = Published.of(now);
    if (next.equals(last)) {
      return;
    }
    last = next;
    log.become(now);
    try {
      ActivityStubs.aside(summary(now)).stand(log.here(story), now);
      log.unpublished(Optional.empty());
    } catch (ActivityFailure e) {
      log.unpublished(Optional.of(Failures.read(e)));
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
