package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.rollout.Plan;
import io.temporal.workflow.CancellationScope;
import java.util.Optional;

/** What humans order while a rollout runs; one at a time, each recorded, accepted or refused. */
final class Orders {
  private final PhaseLog log;
  private final Gates gates;
  private final Steering steering;
  private final Crossing crossing;

  Orders(PhaseLog log, Gates gates, Steering steering, Crossing crossing) {
    this.log = log;
    this.gates = gates;
    this.steering = steering;
    this.crossing = crossing;
  }

  /** Validators refuse only what is malformed; it leaves no trace in the history. */
  static void requireWellFormed(Decision.Approval approval) {
    if (approval == null
        || approval.gate() == null
        || approval.principal() == null
        || approval.digest() == null) {
      throw Failures.of(
          ErrorCode.USAGE,
          "an approval names gate, digest and principal",
          "rubicon approve --help");
    }
  }

  void approve(Plan plan, Decision.Approval approval, Gates.Check unchanged) {
    steering.alone(() -> gates.approve(plan, approval, unchanged));
  }

  void signOff(Plan plan, Decision.SignOff signOff) {
    steering.alone(() -> gates.signOff(plan, signOff));
  }

  void pause(Decision.Order order) {
    steering.alone(
        () -> {
          Stubs.control(order.principal() + ": pause").pause(log.here(), order);
          steering.pause(true);
        });
  }

  /** Ends a pause, and a hold. */
  void resume(Decision.Order order) {
    steering.alone(
        () -> {
          Stubs.control(order.principal() + ": resume").resume(log.here(), order);
          steering.pause(false);
          steering.release();
        });
  }

  void throttle(Decision.Throttle throttle) {
    steering.alone(
        () -> {
          Stubs.control(
                  throttle.principal() + ": throttle to " + throttle.rowsPerSecond() + " rows/s")
              .throttle(log.here(), throttle);
          steering.limit(throttle.rowsPerSecond());
        });
  }

  void abort(Decision.Order order, CancellationScope work) {
    steering.alone(
        () -> {
          if (crossing.crossed() || crossing.underway()) {
            throw gates.refuse(
                order.principal(),
                "abort",
                "",
                ErrorCode.ABORT_IMPOSSIBLE,
                "the cutover has begun; abort is for before",
                "go back first: rubicon rollback; then: rubicon abort");
          }
          gates.order("abort", order);
          steering.orderAbort();
          work.cancel("abort ordered by " + order.principal());
        });
  }

  void rollback(Decision.Order order, Optional<CancellationScope> watch) {
    steering.alone(
        () -> {
          if (!crossing.crossed()) {
            throw gates.refuse(
                order.principal(),
                "rollback",
                "",
                ErrorCode.ROLLBACK_IMPOSSIBLE,
                "the rollout has not crossed; there is nothing to roll back",
                "to give up before the cutover: rubicon abort");
          }
          gates.order("rollback", order);
          crossing.goBack();
          watch.ifPresent(scope -> scope.cancel("rollback ordered by " + order.principal()));
        });
  }

  void extendWatch(Decision.Extension extension) {
    steering.alone(
        () -> {
          gates.order(
              "extend the watch by " + extension.by(),
              new Decision.Order(extension.principal(), extension.reason()));
          steering.extend(extension.by());
        });
  }
}
