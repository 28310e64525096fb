package dev.rubicon.http;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.micronaut.http.HttpStatus;

/** The one shape of errors, as the command line has it. */
public record Problem(String code, String cause, String next) {

  static Problem of(RubiconException e) {
    return new Problem(e.code().name(), e.getMessage(), e.next());
  }

  static HttpStatus status(ErrorCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
      case USAGE, RUNBOOK_INVALID -> HttpStatus.BAD_REQUEST;
      case TARGET_UNKNOWN, ROLLOUT_UNKNOWN, BUNDLE_MISSING -> HttpStatus.NOT_FOUND;
      case TEMPORAL_UNREACHABLE,
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
