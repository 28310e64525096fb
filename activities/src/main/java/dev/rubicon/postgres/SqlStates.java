package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import java.util.Map;
import java.util.Optional;

/**
 * What an SQLSTATE says of a statement that failed: whether the same may work the next time.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL
 *     documentation, Appendix A</a>
 */
final class SqlStates {
  private static final Map<String, ErrorCode> STATES =
      Map.ofEntries(
          Map.entry("55P03", ErrorCode.LOCK_NOT_ACQUIRED),
          Map.entry("40P01", ErrorCode.LOCK_NOT_ACQUIRED),
          Map.entry("42501", ErrorCode.PRIVILEGE_MISSING),
          Map.entry("53100", ErrorCode.DISK_FULL),
          // A transaction that sat idle for too long: the server ended its session.
          Map.entry("25P03", ErrorCode.CONNECTION_LOST),
          // The server has become a standby; where it is the role's setting, Primary says so.
          Map.entry("25006", ErrorCode.TARGET_READ_ONLY),
          // Inside a transaction what cannot be there, and the other way round.
          Map.entry("25001", ErrorCode.SQL_REFUSED),
          Map.entry("25P01", ErrorCode.SQL_REFUSED),
          // A new value of an enum in the transaction that added it.
          Map.entry("55P04", ErrorCode.SQL_REFUSED));

  /** By the first two characters. */
  private static final Map<String, ErrorCode> CLASSES =
      Map.ofEntries(
          Map.entry("08", ErrorCode.CONNECTION_LOST),
          // The driver's own: several results where one was asked for, and none.
          Map.entry("01", ErrorCode.SQL_REFUSED),
          Map.entry("02", ErrorCode.SQL_REFUSED),
          Map.entry("0A", ErrorCode.SQL_REFUSED),
          Map.entry("0P", ErrorCode.SQL_REFUSED),
          Map.entry("21", ErrorCode.SQL_REFUSED),
          Map.entry("22", ErrorCode.SQL_REFUSED),
          Map.entry("23", ErrorCode.SQL_REFUSED),
          Map.entry("27", ErrorCode.SQL_REFUSED),
          Map.entry("2B", ErrorCode.SQL_REFUSED),
          Map.entry("2D", ErrorCode.SQL_REFUSED),
          Map.entry("2F", ErrorCode.SQL_REFUSED),
          Map.entry("38", ErrorCode.SQL_REFUSED),
          Map.entry("39", ErrorCode.SQL_REFUSED),
          Map.entry("3F", ErrorCode.SQL_REFUSED),
          Map.entry("42", ErrorCode.SQL_REFUSED),
          Map.entry("44", ErrorCode.SQL_REFUSED),
          Map.entry("54", ErrorCode.SQL_REFUSED));

  private SqlStates() {}

  /** Empty where nothing is known of it: then it is tried again. */
  static Optional<ErrorCode> code(String state) {
    if (STATES.containsKey(state)) {
      return Optional.of(STATES.get(state));
    }
    if (state.startsWith("57P")) {
      return Optional.of(ErrorCode.CONNECTION_LOST);
    }
    return Optional.ofNullable(CLASSES.get(state.substring(0, Math.min(2, state.length()))));
  }
}
