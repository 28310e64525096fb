package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    return open(target, tag, limits, Map.of());
  }

  /**
   * The same for one definition after another, with the same questions behind each: the driver does
   * not forget at each what it has prepared. Only for questions whose columns do not change with
   * what is defined, as those to the catalog.
   */
  public static PgSession openForDefinitions(Target target, SessionTag tag, SessionLimits limits) {
    return open(target, tag, limits, Map.of("flushCacheOnDdl", "false"));
  }

  private static PgSession open(
      Target target, SessionTag tag, SessionLimits limits, Map<String, String> driver) {
    Allowance.Place place = target.allowance().take(target);
    boolean open = false;
    try {
      PgConnection opened =
          PgConnection.open(target, tag, within(target.allowance(), limits), driver);
      open = true;
      var backend = new Backend(target.url(), opened.pid());
      return new PgSession(opened.jdbc(), tag, backend, target.allowance(), place);
    } finally {
      if (!open) {
        place.giveBack();
      }
    }
  }

  private static SessionLimits within(Allowance allowance, SessionLimits limits) {
    return new SessionLimits(limits.lockTimeout(), allowance.within(limits.statementTimeout()));
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
    run(connection::createStatement, statement -> statement.execute(tag.on(sql)));
  }

  /** Runs exactly one statement, as a runbook writes it; SQL_REFUSED where there are more. */
  public void executeOne(String sql) {
    run(connection::createStatement, statement -> statement.execute(one(sql, false)));
  }

  /** Runs one statement with {@code ?} placeholders; returns the number of rows it touched. */
  public long update(String sql, Object... arguments) {
    return run(() -> prepare(sql, arguments), PreparedStatement::executeLargeUpdate);
  }

  /** Maps the current row; never null. */
  @FunctionalInterface
  public interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Runs one query with {@code ?} placeholders. */
  public <T> List<T> query(String sql, RowMapper<T> mapper, Object... arguments) {
    return run(() -> prepare(sql, arguments), statement -> rows(statement.executeQuery(), mapper));
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
    return run(
        () -> prepare(sql, arguments),
        statement -> {
          statement.setMaxRows(maxRows);
          statement.setFetchSize(1000);
          try (ResultSet result = statement.executeQuery()) {
            return reader.read(result);
          }
        });
  }

  /**
   * @param columns that its rows would have; none where it gives no rows
   * @param parameters placeholders
   */
  public record Described(List<String> columns, int parameters) {}

  /** What PostgreSQL makes of a query that it parses and looks up, and does not run. */
  public Described describe(String sql, Object... arguments) {
    return run(
        () -> prepare(sql, arguments),
        statement -> {
          var columns = new ArrayList<String>();
          ResultSetMetaData found = statement.getMetaData();
          for (int i = 1; found != null && i <= found.getColumnCount(); i++) {
            columns.add(found.getColumnLabel(i));
          }
          return new Described(columns, statement.getParameterMetaData().getParameterCount());
        });
  }

  /**
   * Runs one query whose text comes from a runbook: {@code ?} is an operator there, never a
   * placeholder.
   */
  public <T> List<T> written(String sql, RowMapper<T> mapper) {
    return run(
        connection::createStatement,
        statement -> rows(statement.executeQuery(one(sql, false)), mapper));
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
    } catch (RubiconException e) {
      throw SqlFailure.inside(begin, e);
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
    try {
      commitWarned =
          run(
              connection::createStatement,
              statement -> {
                statement.execute(tag.comment() + "COMMIT");
                return statement.getWarnings() != null;
              });
    } finally {
      end.ifPresent(future -> future.cancel(false));
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

  private interface Opening<S> {
    S open() throws SQLException;
  }

  private interface Use<S, T> {
    T of(S statement) throws SQLException;
  }

  /** Uses one statement, which {@link #cancelRunning} can reach meanwhile. */
  private <S extends Statement, T> T run(Opening<S> opening, Use<S, T> use) {
    try (S statement = opening.open()) {
      running = statement;
      return use.of(statement);
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } finally {
      running = null;
    }
  }

  private static <T> List<T> rows(ResultSet result, RowMapper<T> mapper) throws SQLException {
    try (result) {
      var rows = new ArrayList<T>();
      while (result.next()) {
        rows.add(mapper.map(result));
      }
      return rows;
    }
  }

  private String one(String sql, boolean placeholders) throws SQLException {
    return OneStatement.of(connection, tag.on(sql), placeholders);
  }

  private PreparedStatement prepare(String sql, Object... arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(one(sql, true));
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
