package dev.rubicon.machine;

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

  static End completed(String outcome) {
    return new End(RolloutStatus.State.COMPLETED, outcome, Optional.empty());
  }

  static End aborted(String outcome) {
    return new End(RolloutStatus.State.ABORTED, outcome, Optional.empty());
  }

  static End failed(RolloutStatus.Failure failure) {
    return new End(
        RolloutStatus.State.FAILED,
        "failed: " + failure.code() + ": " + failure.cause(),
        Optional.of(failure));
  }

  /** The same end; its report could not be written, and can be at any time. */
  End withoutReport(RolloutStatus.Failure why) {
    return new End(
        state,
        outcome + "; its report is not written (" + why.code() + "), rubicon report writes one",
        failure);
  }
}
