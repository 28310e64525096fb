package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two sessions stepped by hand around one batch of the copy. Random stress does not find what these
 * schedules find: a row that comes back, or stands still, because a snapshot is older than a batch.
 */
@Turn
@Tag("slow")
class ShadowSchedulesTest {
  private static Bench bench() {
    var bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, name text, amount numeric)",
                "INSERT INTO t SELECT g, 'A' || g || ' B', g FROM generate_series(1, 4) g")
            .migration(
                "V1__t_new.sql",
                "CREATE TABLE t_new (id bigint PRIMARY KEY, first text, amount numeric);")
            .migration("U1__t_new.sql", "DROP TABLE t_new;")
            .shadow(
                "public.t",
                new Shadow("public.t_new", Optional.empty(), LegacyName.KEEP, List.of()),
                map("first", "", "split_part(name, ' ', 1)", Map.of("name", "first || ' ?'")));
    bench.install();
    return bench;
  }

  /** Another has left the key since the snapshot, which shows his row beside the writer's. */
  @ParameterizedTest
  @CsvSource({
    "t,repeatable read,UPDATE t SET id = 9 WHERE id = 3",
    "t,serializable,DELETE FROM t_new WHERE id = 3",
    "t_new,repeatable read,UPDATE t SET id = 9 WHERE id = 3",
    "t_new,repeatable read,UPDATE t_new SET id = 9 WHERE id = 3",
    "t_new,serializable,DELETE FROM t WHERE id = 3"
  })
  void aKeyThatIsFreeSinceTheSnapshotIsNotTakenForItsOldRow(
      String relation, String isolation, String leaves) throws SQLException {
    Bench bench = bench();
    bench.backfill();
    bench.verify();
    try (Connection writer = bench.connect("writer");
        Connection other = bench.connect("other")) {
      begin(writer, isolation);
      run(writer, "SELECT count(*) FROM t, t_new");
      assertThat(run(other, leaves)).isEmpty();
      assertThat(run(writer, "INSERT INTO " + relation + " (id, amount) VALUES (3, 77)"))
          .as("the client is told to try again")
          .isEqualTo("40001");
      run(writer, "ROLLBACK");
      assertThat(run(writer, "INSERT INTO " + relation + " (id, amount) VALUES (3, 77)")).isEmpty();
    }
    assertThat(bench.one("SELECT amount FROM t WHERE id = 3")).isEqualTo("77");
    assertThat(bench.one("SELECT amount FROM t_new WHERE id = 3")).isEqualTo("77");
  }

  private static final Map<String, String> WRITES =
      Map.of(
          "update", "UPDATE t SET name = 'NEW x' WHERE id = 3",
          "delete", "DELETE FROM t WHERE id = 3",
          "key", "UPDATE t SET id = id + 100 WHERE id = 3",
          "gone-and-back", "DELETE FROM t WHERE id = 3; INSERT INTO t VALUES (3, 'Back B', 33)");

  /** The writer took its snapshot before the copy and writes after it. */
  @ParameterizedTest
  @CsvSource({
    "read committed,update",
    "read committed,delete",
    "read committed,key",
    "read committed,gone-and-back",
    "repeatable read,update",
    "repeatable read,delete",
    "repeatable read,key",
    "repeatable read,gone-and-back",
    "serializable,update",
    "serializable,delete",
    "serializable,key",
    "serializable,gone-and-back"
  })
  void aSnapshotOlderThanTheBatchMakesNoRowComeBack(String isolation, String write)
      throws SQLException {
    Bench bench = bench();
    try (Connection writer = bench.connect("writer")) {
      begin(writer, isolation);
      run(writer, "SELECT count(*) FROM t_new");
      bench.backfill();
      String state = run(writer, WRITES.get(write));
      if (isolation.equals("read committed")) {
        assertThat(state).isEmpty();
      } else {
        assertThat(state).as("the client is told to try again").isEqualTo("40001");
      }
      run(writer, state.isEmpty() ? "COMMIT" : "ROLLBACK");
    }
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Canonical's key is wider than what links the rows: no unique index sees the copied row. */
  @ParameterizedTest
  @ValueSource(strings = {"repeatable read", "serializable"})
  void aSnapshotOlderThanTheBatchLeavesNoTwinInAnotherPartition(String isolation)
      throws SQLException {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, region text NOT NULL)",
                "INSERT INTO t VALUES (1, 'eu'), (2, 'us')")
            .migration(
                "V1__t_new.sql",
                """
                CREATE TABLE t_new (id int, region text, PRIMARY KEY (id, region))
                  PARTITION BY LIST (region);
                CREATE TABLE t_eu PARTITION OF t_new FOR VALUES IN ('eu');
                CREATE TABLE t_us PARTITION OF t_new FOR VALUES IN ('us');
                """)
            .migration("U1__t_new.sql", "DROP TABLE t_new;")
            .shadow(
                "public.t",
                new Shadow("public.t_new", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.install();
    try (Connection writer = bench.connect("writer")) {
      begin(writer, isolation);
      run(writer, "SELECT count(*) FROM t_new");
      bench.backfill();
      assertThat(run(writer, "UPDATE t SET region = 'us' WHERE id = 1")).isEqualTo("40001");
      run(writer, "ROLLBACK");
    }
    bench.run("UPDATE t SET region = 'us' WHERE id = 1");
    assertThat(bench.rows("SELECT id, region FROM t_new ORDER BY 1"))
        .containsExactly("1|us", "2|us");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The writer has written and not yet committed when the batch comes to its row. */
  @ParameterizedTest
  @CsvSource({
    "read committed,update",
    "read committed,delete",
    "read committed,key",
    "read committed,gone-and-back",
    "repeatable read,update",
    "repeatable read,delete",
    "repeatable read,key",
    "serializable,update",
    "serializable,delete",
    "serializable,key"
  })
  void aWriterWhoWasFirstIsWaitedForOrSkipped(String isolation, String write) throws Exception {
    Bench bench = bench();
    try (Connection writer = bench.connect("writer")) {
      begin(writer, isolation);
      assertThat(run(writer, WRITES.get(write))).isEmpty();
      var copy = CompletableFuture.runAsync(bench::backfill);
      // The other three rows are copied while this one is skipped.
      awaitRows(bench, 3);
      run(writer, "COMMIT");
      copy.get(60, java.util.concurrent.TimeUnit.SECONDS);
    }
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The batch has copied and not yet committed when the writer comes. */
  @ParameterizedTest
  @CsvSource({"update", "delete", "key", "gone-and-back"})
  void aWriterDuringTheBatchWaitsAndThenFindsTheCopy(String write) throws Exception {
    Bench bench = bench();
    String id = bench.one("SELECT plan ->> 'id' FROM rubicon.transition");
    try (Connection batch = bench.connect("batch");
        Connection writer = bench.connect("writer")) {
      begin(batch, "read committed");
      run(batch, "SELECT set_config('rubicon.guard_key_" + id + "', 'copy', true)");
      String copied =
          run(
              batch,
              "WITH f AS MATERIALIZED (SELECT * FROM t ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)"
                  + " INSERT INTO t_new SELECT id, split_part(name, ' ', 1), amount FROM f ON"
                  + " CONFLICT (id) DO NOTHING");
      assertThat(copied).isEmpty();
      var waiting = CompletableFuture.supplyAsync(() -> run(writer, WRITES.get(write)));
      awaitBlocked(bench);
      run(batch, "COMMIT");
      assertThat(waiting.get(60, java.util.concurrent.TimeUnit.SECONDS)).isEmpty();
    }
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static void awaitRows(Bench bench, int rows) {
    await(() -> Integer.parseInt(bench.one("SELECT count(*) FROM t_new")) >= rows);
  }

  private static void awaitBlocked(Bench bench) {
    await(
        () ->
            bench
                .one(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'writer' AND"
                        + " wait_event_type = 'Lock'")
                .equals("1"));
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static void begin(Connection connection, String isolation) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL " + isolation);
    }
  }

  /** Empty, or the SQLSTATE. */
  private static String run(Connection connection, String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
      return "";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }
}
