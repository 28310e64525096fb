package dev.rubicon.demo.grow.client;

import dev.rubicon.demo.app.client.Attempt;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Pace;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One connection of one build's services, and the rows that were written over it. Samples have
 * other columns from the crossing on, under the same name: an ingester that is refused keeps the
 * sample, and sends it again as the build that is deployed by then.
 */
final class GrowWriter implements Runnable {
  private static final long POLL_MILLIS = 100;
  private static final String V =
      "WITH v AS (SELECT ?::text AS name, ?::text AS value, ?::bigint AS id) ";

  private final GrowClients clients;
  private final Side side;
  private final Pace pace;
  private final List<Written> mine = new ArrayList<>();
  private boolean bySensor;
  private volatile boolean stopped;

  GrowWriter(GrowClients clients, Side side, double perSecond) {
    this.clients = clients;
    this.side = side;
    this.pace = new Pace(perSecond);
  }

  /** Ends after the operation under way. */
  void stop() {
    stopped = true;
  }

  /** All rows so far. */
  synchronized List<Written> written() {
    return List.copyOf(mine);
  }

  private synchronized void add(Written row) {
    mine.add(row);
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        try (Connection connection = clients.database().connect("grow-" + side)) {
          awaitItsColumns(connection);
          boolean usable = true;
          while (!stopped && usable) {
            pace.await();
            try (var _ = clients.intermission().operation()) {
              usable = operation(connection);
            }
          }
        } catch (SQLException e) {
          // Not reachable just now: a pool tries again.
          Thread.sleep(POLL_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The new version is deployed once what it writes to is there. */
  private void awaitItsColumns(Connection connection) throws SQLException, InterruptedException {
    while (!stopped
        && side == Side.NEW
        && !(Jdbc.columns(connection, "grow_cycles").contains("current_step_id")
            && Jdbc.columns(connection, "telemetry_last").contains("last_ts")
            && Jdbc.columns(connection, "telemetry_agg_1m").contains("sensor_id"))) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * @return whether this connection can go on
   */
  private boolean operation(Connection connection) {
    List<Operation> all = Operation.of(side, bySensor);
    Operation operation = all.get(ThreadLocalRandom.current().nextInt(all.size()));
    List<Written> there =
        mine.stream().filter(w -> w.operation.table().equals(operation.table())).toList();
    Optional<Written> row =
        there.isEmpty() || ThreadLocalRandom.current().nextInt(5) < 2
            ? Optional.empty()
            : Optional.of(there.get(ThreadLocalRandom.current().nextInt(there.size())));
    return write(connection, operation, row);
  }

  private boolean write(Connection connection, Operation operation, Optional<Written> row) {
    String value = clients.nextValue();
    Instant issued = Instant.now();
    try {
      List<Long> keys =
          Jdbc.query(
              connection,
              V + (row.isEmpty() ? operation.insert() : operation.update()),
              r -> r.getLong(1),
              "client " + value,
              value,
              row.map(w -> w.id));
      if (keys.size() != 1) {
        clients.journal().miss(row + ": wrote " + keys.size() + " rows");
        note(operation, row, issued, Attempt.Result.FAILED, "rows=" + keys.size());
        return true;
      }
      row.ifPresentOrElse(
          w -> w.acknowledge(value), () -> add(new Written(operation, keys.getFirst(), value)));
      note(operation, row, issued, Attempt.Result.ACKNOWLEDGED, "");
      if (operation.isSample()) {
        show(connection, keys.getFirst(), value);
      }
      return true;
    } catch (SQLException e) {
      boolean lost = Jdbc.connectionLost(e);
      if (lost) {
        row.ifPresent(w -> w.maybe(value));
      }
      Attempt.Result result = lost ? Attempt.Result.UNKNOWN : Attempt.Result.FAILED;
      note(operation, row, issued, result, Jdbc.state(e));
      if (operation.isSample() && Jdbc.schemaMissing(e) && row.isEmpty()) {
        bySensor = !bySensor;
      }
      return !lost;
    }
  }

  /** What was just acknowledged, as the user interface reads it. */
  private void show(Connection connection, long key, String value) throws SQLException {
    List<String> shown = Jdbc.query(connection, Operation.READ_RAW, row -> row.getString(1), key);
    if (!shown.equals(List.of(value))) {
      clients.journal().miss("telemetry_raw shows " + shown.size() + " rows of sample " + key);
    }
  }

  private void note(
      Operation operation,
      Optional<Written> row,
      Instant issued,
      Attempt.Result result,
      String error) {
    clients
        .journal()
        .add(
            new Attempt(
                side,
                "jdbc",
                (row.isEmpty() ? "insert " : "update ") + operation.table(),
                row.map(w -> Long.toString(w.id)).orElse(""),
                issued,
                Instant.now(),
                result,
                error));
  }
}
