package dev.rubicon.demo.plant.client;

import dev.rubicon.demo.app.client.Attempt;
import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Pace;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** One connection of the backend's pool, and the rows that were written over it. */
final class PlantWriter implements Runnable {
  private static final long READY_POLL_MILLIS = 100;
  private static final String V =
      "WITH v AS (SELECT ?::text AS id, ?::text AS value, ?::text AS device, ?::text AS plant) ";

  private final PlantClients clients;
  private final Pace pace;
  private final List<Written> mine = new ArrayList<>();
  private volatile boolean stopped;

  PlantWriter(PlantClients clients, double perSecond) {
    this.clients = clients;
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
        try (Connection connection = clients.database().connect("plant-backend")) {
          boolean usable = true;
          while (!stopped && usable) {
            pace.await();
            try (var _ = clients.intermission().operation()) {
              usable = operation(connection);
            }
          }
        } catch (SQLException e) {
          // Not reachable just now: a pool tries again.
          Thread.sleep(READY_POLL_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @return whether this connection can go on
   */
  private boolean operation(Connection connection) {
    Operation operation =
        Operation.ALL.get(ThreadLocalRandom.current().nextInt(Operation.ALL.size()));
    List<Written> there =
        operation.update().isEmpty()
            ? List.of()
            : mine.stream().filter(w -> w.operation == operation && w.certain()).toList();
    boolean insert = there.isEmpty() || ThreadLocalRandom.current().nextInt(5) < 2;
    Written row =
        insert
            ? new Written(operation, clients.nextId())
            : there.get(ThreadLocalRandom.current().nextInt(there.size()));
    String value = clients.nextId();
    Instant issued = Instant.now();
    Consumer<Attempt> journal = clients.journal()::add;
    try {
      int rows =
          Jdbc.update(
              connection,
              V + (insert ? operation.insert() : operation.update()),
              row.id,
              value,
              clients.home(),
              clients.home());
      if (rows != 1) {
        clients.journal().miss(operation.name() + " " + row.id + ": wrote " + rows + " rows");
        journal.accept(attempt(row, insert, issued, Attempt.Result.FAILED, "rows=" + rows));
        return true;
      }
      row.acknowledge(value);
      if (insert) {
        add(row);
      }
      journal.accept(attempt(row, insert, issued, Attempt.Result.ACKNOWLEDGED, ""));
    } catch (SQLException e) {
      if (Jdbc.connectionLost(e)) {
        row.maybe(value);
        if (insert) {
          add(row);
        }
        journal.accept(attempt(row, insert, issued, Attempt.Result.UNKNOWN, Jdbc.state(e)));
        return false;
      }
      journal.accept(attempt(row, insert, issued, Attempt.Result.FAILED, Jdbc.state(e)));
    }
    return true;
  }

  private static Attempt attempt(
      Written row, boolean insert, Instant issued, Attempt.Result result, String error) {
    return new Attempt(
        Side.NEW,
        "jdbc",
        (insert ? "insert " : "update ") + row.operation.name(),
        row.id,
        issued,
        Instant.now(),
        result,
        error);
  }
}
