package dev.rubicon.workflow;

import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.Plan;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How a phase is run: not while paused, not before its manual items are signed off; and what a
 * failure means. Before anything is installed it ends the rollout; later it holds it.
 */
final class PhaseCalls {
  private final PhaseLog log;
  private final Gates gates;
  private final Steering steering;
  private final Crossing crossing;
  private Plan plan;

  PhaseCalls(PhaseLog log, Gates gates, Steering steering, Crossing crossing) {
    this.log = log;
    this.gates = gates;
    this.steering = steering;
    this.crossing = crossing;
  }

  void follow(Plan plan) {
    this.plan = plan;
  }

  <T> T run(Phase phase, Supplier<T> call, Function<T, String> facts) {
    return tryRun(phase, call, facts)
        .orElseThrow(() -> new IllegalStateException("only what follows the crossing leads back"));
  }

  /** Empty when a human, asked what to do about a failure, chose the way back. */
  <T> Optional<T> tryRun(Phase phase, Supplier<T> call, Function<T, String> facts) {
    if (phase != Phase.ABORT && phase != Phase.ROLLBACK) {
      Workflow.await(() -> !steering.paused());
      gates.awaitSignOffs(plan, phase);
    }
    log.started(phase);
    Optional<T> result = attempt(call);
    log.ended(result.isPresent() ? "done" : "failed", result.map(facts).orElse(""));
    return result;
  }

  /** The same for what has no line of its own among the phases. */
  <T> Optional<T> attempt(Supplier<T> call) {
    while (true) {
      try {
        return Optional.of(call.get());
      } catch (ActivityFailure e) {
        boolean installed = log.phase().compareTo(Phase.EXPAND) >= 0;
        if (Failures.cancelled(e) || !installed) {
          throw e;
        }
        if (!hold(Failures.read(e))) {
          return Optional.empty();
        }
      }
    }
  }

  /** Waits for a human; true: try again. */
  boolean hold(RolloutStatus.Failure failure) {
    crossing.ends();
    steering.hold(failure);
    log.become(RolloutStatus.State.HELD);
    Stubs.control("tell that the rollout is held: " + failure.code())
        .stand(
            log.here(),
            RolloutStatus.State.HELD,
            "",
            failure.code() + ": " + failure.cause() + "; next: " + failure.next());
    Workflow.await(() -> steering.held().isEmpty() || crossing.wayBack());
    steering.release();
    log.become(RolloutStatus.State.RUNNING);
    return !crossing.wayBack();
  }

  /** Runs to its end even if the rollout is cancelled meanwhile. */
  static <T> T detached(Supplier<T> call) {
    var result = new AtomicReference<T>();
    Workflow.newDetachedCancellationScope(() -> result.set(call.get())).run();
    return result.get();
  }

  DataPhases data(String summary) {
    return Stubs.data(summary, plan.heartbeatTimeout());
  }

  DdlPhases ddl(String summary) {
    return Stubs.ddl(summary, plan.heartbeatTimeout());
  }
}
