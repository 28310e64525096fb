package dev.rubicon.machine.state;

import dev.rubicon.message.RolloutStatus;
import java.util.Optional;

/**
 * How an execution ends.
 *
 * @param outcome one line for people
 * @param failure why, where it failed
 */
public record End(
    RolloutStatus.State state, String outcome, Optional<RolloutStatus.Failure> failure) {

  public static End completed(String outcome) {
    return new End(RolloutStatus.State.COMPLETED, outcome, Optional.empty());
  }

  public static End aborted(String outcome) {
    return new End(RolloutStatus.State.ABORTED, outcome, Optional.empty());
  }

  public static End failed(RolloutStatus.Failure failure) {
    return new End(
        RolloutStatus.State.FAILED,
        "failed: " + failure.code() + ": " + failure.cause(),
        Optional.of(failure));
  }

  /** The same end; its report could not be written, and can be at any time. */
  public End withoutReport(RolloutStatus.Failure why) {
    return new End(
        state,
        outcome + "; its report is not written (" + why.code() + "), rubicon report writes one",
        failure);
  }
}
