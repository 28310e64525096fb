package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Finds out how a write went whose connection was lost: waits until its backend is gone, then looks
 * at the row.
 */
final class Resolver {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Resolver() {}

  enum Answer {
    WRITTEN,
    NOT_WRITTEN,
    UNKNOWN
  }

  static Answer resolve(Traffic traffic, int pid, String runId, Side side, Content after)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try (Connection connection = traffic.database().connect("checks-resolver")) {
        boolean running =
            !Jdbc.query(
                    connection,
                    "SELECT 1 FROM pg_stat_activity WHERE pid = ?",
                    row -> row.getInt(1),
                    pid)
                .isEmpty();
        if (!running) {
          StoredRow row = StoredRow.read(connection, List.of(runId)).get(runId);
          return row != null && row.holds(side, after) ? Answer.WRITTEN : Answer.NOT_WRITTEN;
        }
      } catch (SQLException e) {
        // The server may just be starting again; the deadline ends this.
      }
      Thread.sleep(50);
    }
    return Answer.UNKNOWN;
  }
}
