package dev.rubicon.demo.owner.client;

import dev.rubicon.demo.app.client.Attempt;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Pace;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** One connection of one version of the service, writing every kind of row over JDBC. */
final class OwnerWriter implements Runnable {
  private static final long READY_POLL_MILLIS = 100;
  private static final String V =
      "WITH v AS (SELECT ?::uuid AS id, ?::text AS value, ?::uuid AS project) ";

  private final OwnerTraffic traffic;
  private final Side side;
  private final Pace pace;
  private volatile boolean stopped;

  OwnerWriter(OwnerTraffic traffic, Side side, double perSecond) {
    this.traffic = traffic;
    this.side = side;
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
        try (Connection connection =
            traffic.database.connect(side == Side.OLD ? "owner-old-writer" : "owner-new-writer")) {
          actor(connection);
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

  /** The new build says who its user is; the old one says what is no user's id. */
  private void actor(Connection connection) throws SQLException {
    String actor = side == Side.OLD ? "nightly; no uuid" : traffic.home.toString();
    Jdbc.update(connection, "SET app.actor = '" + actor + "'");
  }

  private void session(Connection connection) throws SQLException, InterruptedException {
    boolean usable = true;
    while (!stopped && usable) {
      pace.await();
      Kind kind = Kind.ALL.get(ThreadLocalRandom.current().nextInt(Kind.ALL.size()));
      try (var _ = traffic.intermission.operation()) {
        String needed = side == Side.OLD ? kind.old().at() : kind.ready();
        usable = !OwnerTraffic.there(connection, needed) || operation(connection, kind);
      }
    }
  }

  /**
   * @return whether this connection can go on
   */
  private boolean operation(Connection connection, Kind kind) {
    Optional<Row> taken =
        ThreadLocalRandom.current().nextInt(5) < 3 ? traffic.take(kind) : Optional.empty();
    boolean insert = taken.isEmpty();
    Row row = taken.orElseGet(() -> new Row(kind, UUID.randomUUID()));
    String value = traffic.value(kind);
    Instant issued = Instant.now();
    try {
      Kind.Names names = kind.of(side);
      int rows =
          Jdbc.update(
              connection,
              V + (insert ? names.insert() : names.update()),
              row.id,
              value,
              traffic.home);
      if (rows == 1) {
        row.acknowledge(value, side == Side.NEW);
        ended(row, insert, issued, Attempt.Result.ACKNOWLEDGED, "");
      } else {
        traffic.journal.miss(kind.name() + " " + row.id + ": " + side + " wrote " + rows + " rows");
        ended(row, insert, issued, Attempt.Result.FAILED, "rows=" + rows);
      }
    } catch (SQLException e) {
      if (Jdbc.connectionLost(e)) {
        row.maybe(value);
        journal(row, insert, issued, Attempt.Result.UNKNOWN, Jdbc.state(e));
        if (insert) {
          traffic.addUnknown(row);
        }
        return false;
      }
      ended(row, insert, issued, Attempt.Result.FAILED, Jdbc.state(e));
    }
    return true;
  }

  private void ended(Row row, boolean insert, Instant issued, Attempt.Result result, String error) {
    journal(row, insert, issued, result, error);
    if (!insert) {
      traffic.give(row);
    } else if (result == Attempt.Result.ACKNOWLEDGED) {
      traffic.add(row);
    }
  }

  private void journal(
      Row row, boolean insert, Instant issued, Attempt.Result result, String error) {
    traffic.journal.add(
        new Attempt(
            side,
            "jdbc",
            (insert ? "insert " : "update ") + row.kind.name(),
            row.id.toString(),
            issued,
            Instant.now(),
            result,
            error));
  }
}
