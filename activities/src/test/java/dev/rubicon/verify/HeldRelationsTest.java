package dev.rubicon.verify;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client that locks relations in an order of its own, while the engine reads them in another: it
 * is let through, and neither is told of a deadlock.
 */
@Timeout(120)
class HeldRelationsTest {
  private static final List<String> TABLES = List.of("one", "two", "three");

  private static Bench bench() {
    var bench = new Bench();
    for (String table : TABLES) {
      bench.run(
          "CREATE TABLE " + table + " (id int PRIMARY KEY, old text)",
          "INSERT INTO " + table + " SELECT g, 'v' || g FROM generate_series(1, 100) g");
      bench.transition(
          "public." + table, map("new", "text", "upper(old)", Map.of("old", "lower(new)")));
    }
    return bench;
  }

  @Test
  void whoEmptiesRelationsWhileTheyAreComparedIsLetThrough() throws SQLException {
    Bench bench = bench();
    bench.toVerified();
    for (String last : List.of("one", "three")) {
      var found = whileClientTruncates(bench, last, bench::verify);
      assertThat(found.mismatches()).isZero();
      assertThat(found.rows().values()).containsOnly(0L);
    }
  }

  @Test
  void whoEmptiesRelationsWhileTheCatalogIsReadIsLetThrough() throws SQLException {
    Bench bench = bench();
    for (String last : List.of("one", "three")) {
      bench.run(
          "CREATE OR REPLACE VIEW a_view AS SELECT one.id FROM one JOIN two USING (id) JOIN three"
              + " USING (id)");
      var catalog =
          whileClientTruncates(
              bench,
              last,
              () -> {
                try (PgSession session =
                    PgSession.open(
                        bench.target(), bench.context(Phase.VERIFY).tag(), SessionLimits.SCAN)) {
                  return CatalogReader.read(session, List.of("public"));
                }
              });
      assertThat(catalog.entries()).anySatisfy(e -> assertThat(e.object()).isEqualTo("a_view"));
    }
  }

  /** The client has the middle one, and wants another once the engine waits for it. */
  private static <T> T whileClientTruncates(Bench bench, String last, Supplier<T> engine)
      throws SQLException {
    try (Connection client = bench.connect("client");
        var statement = client.createStatement()) {
      statement.execute("BEGIN");
      statement.execute("TRUNCATE two");
      var running = CompletableFuture.supplyAsync(engine);
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE"
                          + " 'rubicon/verify/%' AND wait_event_type = 'Lock'"
                          + " AND datname = current_database()")
                  .equals("1"));
      statement.execute("TRUNCATE " + last);
      for (String table : TABLES) {
        statement.execute("TRUNCATE " + table);
      }
      statement.execute("COMMIT");
      return running.join();
    }
  }
}
