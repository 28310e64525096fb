package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Attempt;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Pace;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One connection of one version of the service, writing without pause over JDBC: inserts with
 * usage, and updates of rows that either version wrote or that were there before.
 */
final class Writer implements Runnable {
  private static final long READY_POLL_MILLIS = 100;

  private final Traffic traffic;
  private final Dialect dialect;
  private final Pace pace;
  private volatile boolean stopped;

  Writer(Traffic traffic, Dialect dialect, double perSecond) {
    this.traffic = traffic;
    this.dialect = dialect;
    this.pace = new Pace(perSecond);
  }

  /** Ends after the operation under way. */
  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        try (Connection connection = traffic.database().connect(applicationName())) {
          session(connection);
        } catch (SQLException e) {
          // Not reachable just now: a service tries again.
          Thread.sleep(READY_POLL_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String applicationName() {
    return dialect.side() == Side.OLD ? "checks-old-writer" : "checks-new-writer";
  }

  /** Writes until it is stopped, the connection is lost, or the schema is not there any more. */
  private void session(Connection connection) throws SQLException, InterruptedException {
    while (!stopped && !dialect.ready(connection)) {
      Thread.sleep(READY_POLL_MILLIS);
    }
    if (dialect.side() == Side.NEW && !stopped) {
      traffic.dualWrite().set(true);
    }
    int pid = Jdbc.query(connection, "SELECT pg_backend_pid()", row -> row.getInt(1)).getFirst();
    while (!stopped) {
      pace.await();
      try (var _ = traffic.intermission().operation()) {
        if (!operation(connection, pid)) {
          return;
        }
      }
    }
  }

  private boolean operation(Connection connection, int pid)
      throws SQLException, InterruptedException {
    Optional<Tracked> row =
        ThreadLocalRandom.current().nextInt(5) < 3 ? traffic.keys().take() : Optional.empty();
    return row.isEmpty() ? insert(connection, pid) : update(connection, pid, row.get());
  }

  private boolean insert(Connection connection, int pid) throws SQLException, InterruptedException {
    String runId = traffic.values().runId(dialect.side());
    Content content = dialect.fresh(traffic.values());
    boolean dualWrite = traffic.dualWrite().get();
    Instant issued = Instant.now();
    try {
      connection.setAutoCommit(false);
      dialect.insert(connection, runId, content);
      connection.commit();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      return ended(
          connection,
          pid,
          e,
          "insert",
          new Tracked(runId, content, false),
          content,
          issued,
          dualWrite);
    }
    acknowledgeInsert(new Tracked(runId, content, dualWrite), issued);
    return true;
  }

  private void acknowledgeInsert(Tracked row, Instant issued) {
    add("insert", row.runId(), issued, Attempt.Result.ACKNOWLEDGED, "");
    traffic.journal().used(dialect.billed(row.content()));
    traffic.keys().add(row);
  }

  private boolean update(Connection connection, int pid, Tracked row)
      throws SQLException, InterruptedException {
    Content before = row.content();
    Content after = dialect.changed(before, traffic.values());
    boolean dualWrite = traffic.dualWrite().get();
    Optional<String> expected =
        dialect.side() == Side.OLD || row.canonicalKnown()
            ? Optional.of(before.claim())
            : Optional.empty();
    Instant issued = Instant.now();
    int updated;
    try {
      updated = dialect.update(connection, row.runId(), before, after, expected);
    } catch (SQLException e) {
      return ended(connection, pid, e, "update", row, after, issued, dualWrite);
    }
    if (updated == 1) {
      row.acknowledge(after, dualWrite);
      add("update", row.runId(), issued, Attempt.Result.ACKNOWLEDGED, "");
      traffic.keys().give(row);
      return true;
    }
    // The row, or what was acknowledged of it, is not there: nobody writes it again.
    row.markBroken();
    traffic
        .journal()
        .miss(row.runId() + ": a " + dialect.side() + " writer updated " + updated + " rows");
    add("update", row.runId(), issued, Attempt.Result.FAILED, "rows=" + updated);
    return true;
  }

  /**
   * An operation ended in an error.
   *
   * @return whether this connection can go on
   */
  private boolean ended(
      Connection connection,
      int pid,
      SQLException e,
      String operation,
      Tracked row,
      Content after,
      Instant issued,
      boolean dualWrite)
      throws InterruptedException {
    boolean update = operation.equals("update");
    if (!Jdbc.connectionLost(e)) {
      add(operation, row.runId(), issued, Attempt.Result.FAILED, Jdbc.state(e));
      if (update) {
        traffic.keys().give(row);
      }
      if (Jdbc.schemaMissing(e) && dialect.side() == Side.NEW) {
        traffic.canonicalGone();
        return false;
      }
      return recovered(connection);
    }
    switch (Resolver.resolve(traffic, pid, row.runId(), dialect.side(), after)) {
      case WRITTEN -> {
        if (update) {
          row.acknowledge(after, dualWrite);
          add(operation, row.runId(), issued, Attempt.Result.ACKNOWLEDGED, "");
          traffic.keys().give(row);
        } else {
          acknowledgeInsert(new Tracked(row.runId(), after, dualWrite), issued);
        }
      }
      case NOT_WRITTEN -> {
        add(operation, row.runId(), issued, Attempt.Result.FAILED, Jdbc.state(e));
        if (update) {
          traffic.keys().give(row);
        }
      }
      case UNKNOWN -> {
        add(operation, row.runId(), issued, Attempt.Result.UNKNOWN, Jdbc.state(e));
        if (update) {
          row.alternative(after);
        } else {
          traffic.journal().maybeUsed(dialect.billed(after));
        }
      }
    }
    return false;
  }

  private static boolean recovered(Connection connection) {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private void add(
      String operation, String runId, Instant issued, Attempt.Result result, String error) {
    traffic
        .journal()
        .add(
            new Attempt(
                dialect.side(), "jdbc", operation, runId, issued, Instant.now(), result, error));
  }
}
