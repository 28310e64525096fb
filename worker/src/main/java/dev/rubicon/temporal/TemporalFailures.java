package dev.rubicon.temporal;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.workflow.Attributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import java.util.concurrent.CancellationException;

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
        subject + ": an unexpected answer of Temporal",
        "rubicon doctor; RUBICON_DEBUG=1 shows the stack trace",
        thrown);
  }

  /** The same of a call that the server answers by itself: no worker is to blame. */
  public static RubiconException ofServer(Throwable thrown, String subject) {
    return grpc(thrown).filter(TemporalFailures::late).isPresent()
        ? new RubiconException(
            ErrorCode.TEMPORAL_UNREACHABLE,
            "the Temporal server is slow: no answer within "
                + TemporalConnection.ANSWER.toSeconds()
                + " s",
            "see what keeps it busy; then: rubicon doctor",
            thrown)
        : coded(thrown, subject);
  }

  /** Whether the server itself is away, not a worker behind it. */
  public static boolean serverAway(RubiconException e) {
    return grpc(e).filter(rpc -> rpc.getStatus().getCode() == Status.Code.UNAVAILABLE).isPresent();
  }

  /** Why a workflow did not say where it stands, as a clause for people. */
  public static String unasked(Throwable thrown) {
    return switch (grpc(thrown).map(rpc -> rpc.getStatus().getCode()).orElse(Status.Code.UNKNOWN)) {
      case UNAVAILABLE -> "Temporal does not answer";
      case DEADLINE_EXCEEDED, CANCELLED -> "Temporal has no worker that answers for it";
      case NOT_FOUND -> "Temporal does not know its execution any more";
      default -> "Temporal refuses to ask its workflow";
    };
  }

  private static Optional<StatusRuntimeException> grpc(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof StatusRuntimeException rpc) {
        return Optional.of(rpc);
      }
    }
    return Optional.empty();
  }

  private static boolean late(StatusRuntimeException rpc) {
    return rpc.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
  }

  private static RubiconException noWorker(String subject) {
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
      // A server that is shut down breaks off what waits at it.
      case CancellationException brokenOff ->
          Optional.of(
              new RubiconException(
                  ErrorCode.TEMPORAL_UNREACHABLE,
                  "Temporal broke off the call",
                  "rubicon doctor",
                  brokenOff));
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
              missingAttribute(rpc)
                  .map(
                      name ->
                          new RubiconException(
                              ErrorCode.SEARCH_ATTRIBUTE_MISSING,
                              "Temporal does not know the search attribute " + name,
                              "register the search attributes: rubicon setup",
                              rpc))
                  .orElseGet(() -> refused(subject, rpc)));
      case FAILED_PRECONDITION, PERMISSION_DENIED, UNAUTHENTICATED, RESOURCE_EXHAUSTED ->
          Optional.of(refused(subject, rpc));
      default -> Optional.empty();
    };
  }

  /**
   * Which of Rubicon's search attributes the server names; its own message is not shown to users.
   */
  private static Optional<String> missingAttribute(StatusRuntimeException rpc) {
    String said = String.valueOf(rpc.getStatus().getDescription());
    return Attributes.NAMES.stream().filter(said::contains).findFirst();
  }

  private static RubiconException refused(String subject, StatusRuntimeException rpc) {
    String why =
        switch (rpc.getStatus().getCode()) {
          case PERMISSION_DENIED, UNAUTHENTICATED -> "this client may not ask for it";
          case RESOURCE_EXHAUSTED -> "it has too much to do";
          case FAILED_PRECONDITION -> "the execution is in no state for it";
          default -> "it takes the request for malformed";
        };
    return new RubiconException(
        ErrorCode.INTERNAL,
        subject + ": Temporal refuses: " + why,
        "rubicon status; if it stays: rubicon doctor",
        rpc);
  }
}
