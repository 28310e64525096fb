package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One connection to a PostgreSQL database: limits set, named, every statement commented, every
 * failure a coded error without row values. Not thread-safe, except {@link #cancelRunning}.
 */
public final class PgSession implements AutoCloseable {
  /** The longest that a transaction sits idle, unless its session gives a reason. */
  public static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(10);

  private static final int OLDEST = 14;

  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("rubicon-commits").unstarted(task));

  /** Open sessions of this process, by database and backend. */
  private static final Set<Backend> OURS = ConcurrentHashMap.newKeySet();

  private final Connection connection;
  private final SessionTag tag;
  private final Backend backend;
  private final Allowance allowance;
  private final Allowance.Place place;
  private volatile Statement running;
  private Optional<Duration> commitPatience = Optional.empty();
  private boolean commitWarned;

  private record Backend(String url, int pid) {}

  private PgSession(
      Connection connection,
      SessionTag tag,
      Backend backend,
      Allowance allowance,
      Allowance.Place place) {
    this.connection = connection;
    this.tag = tag;
    this.backend = backend;
    this.allowance = allowance;
    this.place = place;
    OURS.add(backend);
  }

  /**
   * Opens in autocommit mode with an empty-but-{@code pg_catalog} search path: names in Rubicon's
   * SQL are qualified, so that nothing in the owner's path can catch them.
   */
  public static PgSession open(Target target, SessionTag tag, SessionLimits limits) {
    var properties = new Properties();
    properties.setProperty("user", target.user());
    properties.setProperty("password", target.password().reveal());
    properties.setProperty("ApplicationName", tag.applicationName());
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    // Details of errors hold row values ("Key (email)=(…)"); they must not reach a message.
    properties.setProperty("logServerErrorDetail", "false");
    Allowance.Place place = target.allowance().take(target);
    boolean open = false;
    try {
      var connection = DriverManager.getConnection(target.url(), properties);
      requireSupported(target, connection);
      var backend =
          new Backend(target.url(), settled(connection, tag, within(target.allowance(), limits)));
      open = true;
      return new PgSession(connection, tag, backend, target.allowance(), place);
    } catch (SQLException e) {
      throw SqlFailure.connecting(target, e);
    } finally {
      if (!open) {
        place.giveBack();
      }
    }
  }

  private static SessionLimits within(Allowance allowance, SessionLimits limits) {
    return new SessionLimits(limits.lockTimeout(), allowance.within(limits.statementTimeout()));
  }

  /** Sets what every session has; returns the process id of its backend. */
  private static int settled(Connection connection, SessionTag tag, SessionLimits limits)
      throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(tag.comment() + settings(limits))) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      connection.close();
      // The server answered: it is not out of reach.
      throw SqlFailure.of(e);
    }
  }

  /**
   * The transaction of a worker that stands still ends soon, because clients may wait for the rows
   * that it has locked. So does a killed worker's statement, instead of running on without a
   * client. Queries of the catalog look expensive to the planner and are not, so none is compiled
   * (PostgreSQL documentation, "When to JIT?").
   */
  private static String settings(SessionLimits limits) {
    return """
    SELECT pg_catalog.pg_backend_pid(),
           pg_catalog.set_config('search_path', 'pg_catalog', false),
           pg_catalog.set_config('lock_timeout', '%d', false),
           pg_catalog.set_config('statement_timeout', '%d', false),
           pg_catalog.set_config('idle_in_transaction_session_timeout', '%d', false),
           pg_catalog.set_config('client_connection_check_interval', '1s', false),
           pg_catalog.set_config('jit', 'off', false)
    """
        .formatted(
            limits.lockTimeout().toMillis(),
            limits.statementTimeout().toMillis(),
            IDLE_IN_TRANSACTION.toMillis());
  }

  /** Older servers do not know the settings below, and would say only that. */
  private static void requireSupported(Target target, Connection connection) throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    if (major < OLDEST) {
      connection.close();
      throw new RubiconException(
          ErrorCode.SERVER_VERSION_UNSUPPORTED,
          "'" + target.name() + "' is PostgreSQL " + major + "; 14 to 18 are supported",
          "upgrade the server to PostgreSQL 14 or newer");
    }
  }

  /** Backends of this database whose sessions this process holds open. */
  public Set<Integer> ours() {
    return OURS.stream()
        .filter(open -> open.url().equals(backend.url()))
        .map(Backend::pid)
        .collect(Collectors.toSet());
  }

  /** Sets {@code lock_timeout} and {@code statement_timeout} for the session. */
  public void limits(SessionLimits limits) {
    SessionLimits allowed = within(allowance, limits);
    execute("SET lock_timeout = " + allowed.lockTimeout().toMillis());
    execute("SET statement_timeout = " + allowed.statementTimeout().toMillis());
  }

  public Connection connection() {
    return connection;
  }

  public SessionTag tag() {
    return tag;
  }

  /** Runs SQL as it stands (may hold several statements; {@code ?} is not a placeholder). */
  public void execute(String sql) {
    try (Statement statement = connection.createStatement()) {
      running = statement;
      statement.execute(tag.comment() + sql);
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      running = null;
    }
  }

  /** Runs one statement with {@code ?} placeholders; returns the number of rows it touched. */
  public long update(String sql, Object... arguments) {
    try (PreparedStatement statement = prepare(sql, arguments)) {
      running = statement;
      return statement.executeLargeUpdate();
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      running = null;
    }
  }

  /** Maps the current row; never null. */
  @FunctionalInterface
  public interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Runs one query with {@code ?} placeholders. */
  public <T> List<T> query(String sql, RowMapper<T> mapper, Object... arguments) {
    try (PreparedStatement statement = prepare(sql, arguments)) {
      running = statement;
      var rows = new ArrayList<T>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(mapper.map(result));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      running = null;
    }
  }

  /** Reads a result as it comes, metadata included; never null. */
  @FunctionalInterface
  public interface ResultReader<T> {
    T read(ResultSet result) throws SQLException;
  }

  /**
   * Runs one query and hands its result over row by row: inside a transaction the driver fetches a
   * thousand rows at a time.
   *
   * @param maxRows the server stops after so many; 0 means all
   */
  public <T> T read(String sql, int maxRows, ResultReader<T> reader, Object... arguments) {
    try (PreparedStatement statement = prepare(sql, arguments)) {
      running = statement;
      statement.setMaxRows(maxRows);
      statement.setFetchSize(1000);
      try (ResultSet result = statement.executeQuery()) {
        return reader.read(result);
      }
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      running = null;
    }
  }

  /**
   * @param columns that its rows would have; none where it gives no rows
   * @param parameters placeholders
   */
  public record Described(List<String> columns, int parameters) {}

  /** What PostgreSQL makes of a query that it parses and looks up, and does not run. */
  public Described describe(String sql, Object... arguments) {
    try (PreparedStatement statement = prepare(sql, arguments)) {
      running = statement;
      var columns = new ArrayList<String>();
      ResultSetMetaData found = statement.getMetaData();
      for (int i = 1; found != null && i <= found.getColumnCount(); i++) {
        columns.add(found.getColumnLabel(i));
      }
      return new Described(columns, statement.getParameterMetaData().getParameterCount());
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      running = null;
    }
  }

  /**
   * Runs one query whose text comes from a runbook: {@code ?} is an operator there, never a
   * placeholder.
   */
  public <T> List<T> written(String sql, RowMapper<T> mapper) {
    try (Statement statement = connection.createStatement()) {
      running = statement;
      var rows = new ArrayList<T>();
      try (ResultSet result = statement.executeQuery(tag.comment() + sql)) {
        while (result.next()) {
          rows.add(mapper.map(result));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      running = null;
    }
  }

  /** The first row, if there is one. */
  public <T> Optional<T> first(String sql, RowMapper<T> mapper, Object... arguments) {
    return query(sql, mapper, arguments).stream().findFirst();
  }

  /** The first column of the only row. */
  public String value(String sql, Object... arguments) {
    return first(sql, row -> Optional.ofNullable(row.getString(1)), arguments)
        .flatMap(value -> value)
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.INTERNAL, "a query that must give one value gave none", "report it"));
  }

  /** What runs between BEGIN and COMMIT. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws SQLException;
  }

  /** Runs the work in one transaction; rolls back on any failure. */
  public <T> T inTransaction(Work<T> work) {
    return inTransaction("BEGIN", work);
  }

  /**
   * @param begin e.g. {@code BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY}
   */
  public <T> T inTransaction(String begin, Work<T> work) {
    execute(begin);
    boolean committed = false;
    try {
      T result = work.run();
      commit();
      committed = true;
      return result;
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      if (!committed) {
        rollbackQuietly();
      }
    }
  }

  /**
   * From now on a commit of this session that takes longer is cancelled. Where it waits for a
   * synchronous standby only, it stands all the same, with a warning; {@code statement_timeout}
   * does not reach that wait.
   */
  public void commitsWithin(Duration patience) {
    commitPatience = Optional.of(patience);
  }

  /** Whether the last commit came with a warning: it stands, and not everywhere as was asked. */
  public boolean commitWasWarned() {
    return commitWarned;
  }

  private void commit() {
    Optional<ScheduledFuture<?>> end =
        commitPatience.map(
            patience ->
                WATCH.schedule(this::cancelRunning, patience.toMillis(), TimeUnit.MILLISECONDS));
    try (Statement statement = connection.createStatement()) {
      running = statement;
      statement.execute(tag.comment() + "COMMIT");
      commitWarned = statement.getWarnings() != null;
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      end.ifPresent(future -> future.cancel(false));
      running = null;
    }
  }

  /** Cancels the running statement, if any; callable from another thread. */
  public void cancelRunning() {
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        // The connection is gone: so is the statement.
        throw SqlFailure.of(e);
      }
    }
  }

  @Override
  public void close() {
    if (OURS.remove(backend)) {
      place.giveBack();
    }
    try {
      connection.close();
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  private PreparedStatement prepare(String sql, Object... arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(tag.comment() + sql);
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    return statement;
  }

  private void rollbackQuietly() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // The first failure is the one to report; a broken connection rolls back by itself.
      org.slf4j.LoggerFactory.getLogger(PgSession.class)
          .debug("rollback after a failure did not reach the server ({})", e.getSQLState());
    }
  }
}
