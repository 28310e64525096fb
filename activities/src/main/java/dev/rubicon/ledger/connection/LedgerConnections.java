package dev.rubicon.ledger.connection;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.postgres.Target;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Properties;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Log;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.tools.JooqLogger;

/**
 * The few connections that one process keeps to the ledger: a thread takes one for one transaction
 * and puts it back. A connection that the server has dropped meanwhile is replaced.
 */
public final class LedgerConnections implements AutoCloseable {
  private static final int KEPT = 4;
  private static final long TRUSTED_NANOS = 1_000_000_000L;

  static {
    // At DEBUG jOOQ logs statements with their values, and at WARN that it would like a newer
    // server than the PostgreSQL 14 that this SQL needs.
    JooqLogger.globalThreshold(Log.Level.ERROR);
  }

  /** A worker that stands still in a transaction must not keep everybody else's waiting. */
  private static final String SETTINGS =
      """
      SET search_path = pg_catalog;
      SET statement_timeout = '21s';
      SET lock_timeout = '20s';
      SET idle_in_transaction_session_timeout = '10s'
      """;

  private record Idle(Connection connection, long since) {}

  private final Target ledger;
  private final BlockingDeque<Idle> idle = new LinkedBlockingDeque<>(KEPT);
  private volatile boolean closed;

  public LedgerConnections(Target ledger) {
    this.ledger = ledger;
  }

  /** The moment that a row of the ledger is written with. */
  public static OffsetDateTime now() {
    return OffsetDateTime.now(ZoneOffset.UTC);
  }

  /** Runs the work in one READ COMMITTED transaction. */
  public <T> T transact(Function<DSLContext, T> work) {
    Connection connection = take();
    boolean usable = false;
    try {
      // The overloads that name a dialect make javac read jOOQ's JAXB annotations, and warn.
      DSLContext context = DSL.using(connection);
      T result = work.apply(context);
      connection.commit();
      usable = true;
      return result;
    } catch (DataAccessException e) {
      throw failure(e.getCause(SQLException.class), e);
    } catch (SQLException e) {
      throw failure(e, e);
    } finally {
      // After a failure the connection's state is unknown: closing it rolls back.
      if (usable) {
        putBack(connection);
      } else {
        discard(connection);
      }
    }
  }

  private Connection take() {
    if (closed) {
      throw new RubiconException(ErrorCode.INTERNAL, "the ledger is closed", "report it");
    }
    try {
      for (Idle found = idle.pollFirst(); found != null; found = idle.pollFirst()) {
        boolean fresh = System.nanoTime() - found.since < TRUSTED_NANOS;
        if (fresh ? !found.connection.isClosed() : found.connection.isValid(5)) {
          return found.connection;
        }
        discard(found.connection);
        // What has dropped one has dropped all, and asking each takes its time.
        discardIdle();
      }
      return connect();
    } catch (SQLException e) {
      throw failure(e, e);
    }
  }

  private Connection connect() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", ledger.user());
    properties.setProperty("password", ledger.password().reveal());
    properties.setProperty("ApplicationName", "rubicon/ledger");
    // Together less than an attempt to record a decision may take (ActivityStubs.RECORDED), and
    // more than a statement may wait for a lock: so the error names the ledger, not the worker.
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "10");
    properties.setProperty("socketTimeout", "22");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("logServerErrorDetail", "false");
    Connection connection = DriverManager.getConnection(ledger.url(), properties);
    // Not as startup parameters, which PgBouncer refuses.
    try (var statement = connection.createStatement()) {
      statement.execute(SETTINGS);
    } catch (SQLException e) {
      discard(connection);
      throw e;
    }
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    return connection;
  }

  private void putBack(Connection connection) {
    if (closed || !idle.offerFirst(new Idle(connection, System.nanoTime()))) {
      discard(connection);
    } else if (closed) {
      // The pool was closed between the check and the return: this connection must be closed here.
      close();
    }
  }

  private static void discard(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It was on its way out; the server drops it as well.
      org.slf4j.LoggerFactory.getLogger(LedgerConnections.class)
          .debug("closing a ledger connection failed ({})", e.getSQLState());
    }
  }

  /** Without the driver's text beyond the primary message: details hold row values. */
  static RubiconException failure(SQLException sql, Exception origin) {
    if (sql == null) {
      return new RubiconException(
          ErrorCode.INTERNAL,
          "the ledger's query could not be built: " + origin.getClass().getSimpleName(),
          "report it",
          origin);
    }
    RubiconException coded = SqlFailure.of(sql);
    String state = sql.getSQLState() == null ? "" : sql.getSQLState();
    if (state.equals("23503")) {
      // All that refers to another row here refers to the rollout's.
      return Continuity.unknown(coded);
    }
    boolean unreachable =
        coded.code() == ErrorCode.CONNECTION_LOST
            || state.startsWith("28")
            || state.equals("3D000")
            || state.startsWith("53");
    return new RubiconException(
        unreachable ? ErrorCode.LEDGER_UNREACHABLE : coded.code(),
        "the ledger: " + coded.getMessage(),
        unreachable
            ? "check that the ledger's server runs and that rubicon.yaml is right: rubicon doctor"
            : coded.next(),
        coded.getCause());
  }

  @Override
  public void close() {
    closed = true;
    discardIdle();
  }

  private void discardIdle() {
    for (Idle found = idle.pollFirst(); found != null; found = idle.pollFirst()) {
      discard(found.connection);
    }
  }
}
