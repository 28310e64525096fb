package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;

/** Coded failures in workflow code. */
final class Failures {
  private Failures() {}

  /** A business outcome: type = code, details = next command. */
  static ApplicationFailure of(ErrorCode code, String cause, String next) {
    return ApplicationFailure.newNonRetryableFailure(cause, code.name(), next);
  }

  static ApplicationFailure of(RolloutStatus.Failure failure) {
    return ApplicationFailure.newNonRetryableFailure(
        failure.cause(), failure.code(), failure.next());
  }

  static boolean cancelled(ActivityFailure failure) {
    return failure.getCause() instanceof CanceledFailure;
  }

  /** What an activity's failure says to a human. */
  static RolloutStatus.Failure read(ActivityFailure failure) {
    return switch (failure.getCause()) {
      case ApplicationFailure a ->
          new RolloutStatus.Failure(
              a.getType(),
              a.getOriginalMessage(),
              a.getDetails().getSize() > 0
                  ? a.getDetails().get(0, String.class)
                  : "rubicon status");
      case TimeoutFailure t ->
          new RolloutStatus.Failure(
              ErrorCode.INTERNAL.name(),
              "no worker finished it in time (" + t.getTimeoutType() + ")",
              "see that workers run: rubicon worker; then: rubicon resume");
      case null, default ->
          new RolloutStatus.Failure(
              ErrorCode.INTERNAL.name(), String.valueOf(failure.getMessage()), "rubicon resume");
    };
  }
}
