package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Turns driver errors into coded ones. Only the SQLSTATE, the primary message and the names of
 * schema objects are kept: DETAIL, HINT and CONTEXT may hold row values, and so may what the
 * message of a data exception quotes.
 */
public final class SqlFailure {
  /** From the first quote to the last, in any language of the server's messages. */
  private static final Pattern QUOTED = Pattern.compile("[\"„“«].*[\"“”»]", Pattern.DOTALL);

  private static final String INTERNAL = "XX000";

  /**
   * Two at once changed a row of the catalog that no lock on a relation keeps apart: a GRANT and a
   * TRUNCATE, say. It has no SQLSTATE of its own either.
   */
  private static final String MET_IN_THE_CATALOG = "tuple concurrently ";

  /** A value or a row beyond 1 GB, which the server has no SQLSTATE for; it is not translated. */
  private static final String TOO_LARGE = "invalid memory alloc request size";

  /** A statement timeout, or somebody's pg_cancel_backend. */
  private static final String CANCELED = "57014";

  /** max_connections, or the limit of a database or a role. */
  private static final String FULL = "53300";

  private static final String READ_ONLY = "25006";

  /** While connecting: the server does not convert the database's encoding. */
  private static final String NOT_SUPPORTED = "0A000";

  /** Invalid authorization: a role, a password, pg_hba.conf. */
  private static final String LOGIN = "28";

  private static final Set<String> GAVE_WAY = Set.of("55P03", "40P01");

  private SqlFailure() {}

  public static RubiconException of(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    ErrorCode code =
        state.equals(INTERNAL)
            ? internal(primary(e))
            : SqlStates.code(state).orElse(ErrorCode.SQL_FAILED);
    // The origin is kept out of the cause chain on purpose: its message may carry values.
    return new SqlException(code, "[" + state + "] " + withoutValues(state, primary(e)), state)
        .asRubicon();
  }

  private static ErrorCode internal(String message) {
    if (message.startsWith(MET_IN_THE_CATALOG)) {
      return ErrorCode.LOCK_NOT_ACQUIRED;
    }
    return message.startsWith(TOO_LARGE) ? ErrorCode.SQL_REFUSED : ErrorCode.SQL_FAILED;
  }

  /**
   * A data exception quotes what it could not read: {@code invalid input syntax for type integer:
   * "…"}. What other messages quote are names.
   */
  private static String withoutValues(String state, String message) {
    return state.startsWith("22") ? QUOTED.matcher(message).replaceAll("\"…\"") : message;
  }

  static RubiconException connecting(Target target, SQLException e) {
    if (FULL.equals(e.getSQLState())) {
      return new RubiconException(
          ErrorCode.TOO_MANY_CONNECTIONS,
          "'" + target.name() + "' gives no more connections: [" + FULL + "] " + primary(e),
          "it is retried; end sessions that nobody needs, or raise the limit that the message"
              + " names",
          new StateHolder(FULL));
    }
    if (NOT_SUPPORTED.equals(e.getSQLState())) {
      return ofEncoding(
          "'" + target.name() + "' gives no connection: [" + NOT_SUPPORTED + "] " + primary(e));
    }
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.startsWith(LOGIN)) {
      return new RubiconException(
          ErrorCode.LOGIN_REFUSED,
          "'" + target.name() + "' refuses the login: [" + state + "] " + primary(e),
          "mend user and password of '"
              + target.name()
              + "' in rubicon.yaml, or the server's pg_hba.conf; then: rubicon doctor",
          new StateHolder(state));
    }
    return new RubiconException(
        ErrorCode.TARGET_UNREACHABLE,
        "cannot connect to '" + target.name() + "': [" + e.getSQLState() + "] " + primary(e),
        "check that the server runs and that rubicon.yaml's URL and secret are right: rubicon"
            + " doctor",
        new StateHolder(state));
  }

  /**
   * What it means in a transaction that was begun so: in one that only reads, it is the statement
   * that may not write, whatever the server takes.
   */
  static RubiconException inside(String begin, RubiconException e) {
    return begin.endsWith(" READ ONLY") && state(e).equals(READ_ONLY)
        ? new RubiconException(
            ErrorCode.SQL_REFUSED,
            e.getMessage(),
            "take what writes out of the query: it is asked in a transaction that only reads",
            new StateHolder(READ_ONLY))
        : e;
  }

  /** The server cannot say in UTF-8 what the database holds. */
  public static RubiconException ofEncoding(String what) {
    return new RubiconException(
        ErrorCode.ENCODING_UNSUPPORTED,
        what,
        "take it over into a database that has an encoding: pg_dump it, say in the dump's SET"
            + " client_encoding what its bytes are (LATIN1, say), and load that into one made by"
            + " CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'");
  }

  /** The SQLSTATE behind an error that this class made; empty when there is none. */
  public static String state(RubiconException e) {
    return e.getCause() instanceof StateHolder holder ? holder.state : "";
  }

  /** What says nothing of the statement: the session is gone, or the disk is full. */
  public static boolean lost(RubiconException e) {
    return e.code() == ErrorCode.CONNECTION_LOST || e.code() == ErrorCode.DISK_FULL;
  }

  /**
   * A lock timeout, a deadlock, a catalog row that somebody else changed: others went first, and
   * the same may pass the next time.
   */
  public static boolean gaveWay(RubiconException e) {
    return gaveWay(state(e))
        || state(e).equals(INTERNAL) && e.code() == ErrorCode.LOCK_NOT_ACQUIRED;
  }

  public static boolean gaveWay(String state) {
    return GAVE_WAY.contains(state);
  }

  private static String primary(SQLException e) {
    if (e instanceof PSQLException p && p.getServerErrorMessage() instanceof ServerErrorMessage m) {
      return String.valueOf(m.getMessage());
    }
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private record SqlException(ErrorCode code, String message, String state) {
    RubiconException asRubicon() {
      String next =
          switch (code) {
            case LOCK_NOT_ACQUIRED ->
                "a rollout tries again by itself, a command when it is typed again; who is in a"
                    + " transaction for long: SELECT pid, xact_start, state, query FROM"
                    + " pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY xact_start";
            case PRIVILEGE_MISSING -> "grant what is missing, as named by: rubicon doctor";
            case DISK_FULL -> "free space on the server, then: rubicon status";
            case CONNECTION_LOST -> "it is retried with a new connection";
            default ->
                state.equals(CANCELED)
                    ? "ask again when the server is less busy, or raise the target's"
                        + " statement-timeout in rubicon.yaml"
                    : "see the phase's evidence: rubicon status";
          };
      return new RubiconException(code, message, next, new StateHolder(state));
    }
  }

  private static final class StateHolder extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String state;

    StateHolder(String state) {
      super("SQLSTATE " + state, null, false, false);
      this.state = state;
    }
  }
}
