package dev.rubicon.client;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;

/** Turns what Temporal's client throws into the one shape of errors that users see. */
public final class TemporalFailures {
  private static final String NO_WORKER_NEXT = "start one: rubicon worker; then run this again";

  private TemporalFailures() {}

  /**
   * @param subject what was asked for, e.g. {@code the rollout of prod}
   */
  public static RubiconException coded(Throwable thrown, String subject) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      Optional<RubiconException> known = known(t, subject);
      if (known.isPresent()) {
        return known.get();
      }
    }
    return new RubiconException(
        ErrorCode.INTERNAL,
        subject + ": " + thrown.getClass().getSimpleName(),
        "rubicon doctor; RUBICON_DEBUG=1 shows the stack trace",
        thrown);
  }

  /** What to say when nobody polls the task queue. */
  public static RubiconException noWorker(String subject) {
    return new RubiconException(
        ErrorCode.TEMPORAL_UNREACHABLE, "no worker answers for " + subject, NO_WORKER_NEXT);
  }

  private static Optional<RubiconException> known(Throwable t, String subject) {
    return switch (t) {
      case RubiconException coded -> Optional.of(coded);
      case ApplicationFailure failure -> Optional.of(business(failure));
      case WorkflowExecutionAlreadyStarted started ->
          Optional.of(
              new RubiconException(
                  ErrorCode.ROLLOUT_ALREADY_RUNNING,
                  subject + " is already running (" + started.getExecution().getWorkflowId() + ")",
                  "rubicon status; end it with rubicon abort, or wait until it is done",
                  started));
      case WorkflowNotFoundException none ->
          Optional.of(
              new RubiconException(
                  ErrorCode.ROLLOUT_UNKNOWN,
                  subject + " is not running, or Temporal does not know of it",
                  "rubicon list; launch one: rubicon launch --target T --runbook DIR",
                  none));
      case StatusRuntimeException rpc -> rpc(rpc, subject);
      default -> Optional.empty();
    };
  }

  private static RubiconException business(ApplicationFailure failure) {
    String next =
        failure.getDetails().getSize() > 0
            ? failure.getDetails().get(0, String.class)
            : "rubicon status";
    return new RubiconException(
        code(failure.getType()), failure.getOriginalMessage(), next, failure);
  }

  /** A code of a newer worker than this client is still an error, not a crash. */
  public static ErrorCode code(String type) {
    try {
      return ErrorCode.valueOf(type);
    } catch (IllegalArgumentException newer) {
      return ErrorCode.INTERNAL;
    }
  }

  private static Optional<RubiconException> rpc(StatusRuntimeException rpc, String subject) {
    Status.Code code = rpc.getStatus().getCode();
    return switch (code) {
      case UNAVAILABLE ->
          Optional.of(
              new RubiconException(
                  ErrorCode.TEMPORAL_UNREACHABLE,
                  "Temporal does not answer",
                  "rubicon doctor",
                  rpc));
      case DEADLINE_EXCEEDED, CANCELLED -> Optional.of(noWorker(subject));
      case NOT_FOUND ->
          Optional.of(
              new RubiconException(
                  ErrorCode.ROLLOUT_UNKNOWN,
                  "Temporal does not know " + subject,
                  "rubicon list",
                  rpc));
      case INVALID_ARGUMENT ->
          Optional.of(
              new RubiconException(
                  ErrorCode.SEARCH_ATTRIBUTE_MISSING,
                  "Temporal refused the launch: " + rpc.getStatus().getDescription(),
                  "register the search attributes: rubicon setup",
                  rpc));
      default -> Optional.empty();
    };
  }
}
