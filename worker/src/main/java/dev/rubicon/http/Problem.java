package dev.rubicon.http;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.micronaut.http.HttpStatus;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one shape of errors, as the command line has it. */
public record Problem(String code, String cause, String next) {
  private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

  /** What is wrong with the worker's machine, and not with the call. */
  private static final Set<ErrorCode> OWN =
      Set.of(ErrorCode.CONFIG_INVALID, ErrorCode.SECRET_IN_CONFIG, ErrorCode.INTERNAL);

  static Problem of(RubiconException e) {
    if (OWN.contains(e.code())) {
      // It would tell where things are on this machine.
      LOG.error("not set up for a call: {}: {}", e.code(), e.getMessage());
      return new Problem(
          e.code().name(), "the worker is not set up for this", "see the worker's log");
    }
    return new Problem(e.code().name(), e.getMessage(), e.next());
  }

  static HttpStatus status(ErrorCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN -> HttpStatus.FORBIDDEN;
      case TOO_MANY_LOGINS -> HttpStatus.TOO_MANY_REQUESTS;
      case TOO_LARGE -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
      case USAGE, RUNBOOK_INVALID -> HttpStatus.BAD_REQUEST;
      case TARGET_UNKNOWN, ROLLOUT_UNKNOWN, BUNDLE_MISSING -> HttpStatus.NOT_FOUND;
      case ISSUER_UNREACHABLE,
          TEMPORAL_UNREACHABLE,
          LEDGER_UNREACHABLE,
          LEDGER_BEHIND,
          ROLLOUT_NOT_OPENED,
          OBJECT_STORE_UNREACHABLE,
          DECISION_NOT_TAKEN_UP ->
          HttpStatus.SERVICE_UNAVAILABLE;
      case DECISION_UNDER_WAY -> HttpStatus.ACCEPTED;
      default ->
          code.exit() == ErrorCode.Exit.POLICY
              ? HttpStatus.CONFLICT
              : HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }
}
