package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Traps of shadows that cost data or clients; docs/proofs.md lists them all. */
@Turn
@Tag("slow")
class ShadowTrapsTest {
  private static Bench bench(int rows, String canonical) {
    return new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, name text, secret text DEFAULT 'precious')",
            "INSERT INTO t SELECT g, 'n' || g FROM generate_series(1, " + rows + ") g")
        .migration("V1__t_new.sql", canonical)
        .migration("U1__t_new.sql", "DROP TABLE t_new;")
        .shadow(
            "public.t",
            new Shadow("public.t_new", Optional.empty(), LegacyName.KEEP, List.of()),
            map("label", "", "name", Map.of("name", "label")))
        .allowChangesMeanwhile();
  }

  private static final String PLAIN = "CREATE TABLE t_new (id bigint PRIMARY KEY, label text);";

  private static final String BY_HASH =
      """
      CREATE TABLE t_new (id bigint PRIMARY KEY, label text) PARTITION BY HASH (id);
      CREATE TABLE t_0 PARTITION OF t_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE t_1 PARTITION OF t_new FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      """;

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A batch that wakes our own triggers would write legacy again, or fail on its key. */
  @Test
  void theCopyWritesNoLegacyRowAndWakesNoTrigger() {
    Bench bench = bench(500, PLAIN);
    bench.run(
        "CREATE TABLE seen (what text)",
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO public.seen VALUES (TG_OP); RETURN NEW; END $$");
    bench.expand();
    bench.run(
        "CREATE TRIGGER see AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION"
            + " see()",
        "CREATE TRIGGER see AFTER INSERT OR UPDATE OR DELETE ON t_new FOR EACH ROW EXECUTE"
            + " FUNCTION see()");
    List<String> before = bench.rows("SELECT id, xmin FROM t ORDER BY id");
    bench.dualWrite();
    bench.backfill();
    assertThat(bench.rows("SELECT id, xmin FROM t ORDER BY id")).isEqualTo(before);
    assertThat(bench.rows("SELECT what FROM seen")).isEmpty();
    assertThat(bench.verify().rows()).containsEntry("public.t", 500L);
  }

  /** A move between partitions arrives as DELETE and INSERT; the cascade must not hear of it. */
  @Test
  void aMoveBetweenPartitionsCostsNoChildOfTheLegacyRow() {
    Bench bench = bench(2, BY_HASH);
    bench.run(
        "CREATE TABLE child (id int, t_id int REFERENCES t (id) ON DELETE CASCADE ON UPDATE"
            + " CASCADE)",
        "INSERT INTO child SELECT g, 1 FROM generate_series(1, 3) g",
        "UPDATE t SET secret = 'mine' WHERE id = 1");
    bench.toVerified();
    String partition = "SELECT tableoid::regclass FROM t_new WHERE id = ";
    String was = bench.one(partition + 1);
    int moved =
        Stream.iterate(100, i -> i + 1)
            .filter(
                i ->
                    !bench
                        .one(
                            "SELECT satisfies_hash_partition('t_new'::regclass, 2, 0, "
                                + i
                                + "::bigint)::int")
                        .equals(was.equals("t_0") ? "1" : "0"))
            .findFirst()
            .orElseThrow();
    bench.run("UPDATE t_new SET id = " + moved + " WHERE id = 1");
    assertThat(bench.one(partition + moved)).isNotEqualTo(was);
    assertThat(bench.one("SELECT name, secret FROM t WHERE id = " + moved)).isEqualTo("n1|mine");
    // The server does it itself, to whoever points at a partitioned table; mended in its 15.
    boolean serverTakesThem = bench.one("SHOW server_version_num").startsWith("14");
    assertThat(bench.one("SELECT count(*) FROM child WHERE t_id = " + moved))
        .isEqualTo(serverTakesThem ? "0" : "3");
    bench.run("DELETE FROM t_new WHERE id = " + moved);
    assertThat(bench.one("SELECT count(*) FROM child")).isEqualTo("0");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** It fires at commit, long after the statement that the guard was for. */
  @Test
  void whatADeferredConstraintTriggerWritesIsFollowed() {
    Bench bench = bench(4, PLAIN);
    bench.toVerified();
    bench.run(
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET name ="
            + " 'late' WHERE id = NEW.id + 1; DELETE FROM t WHERE id = NEW.id + 2; RETURN NULL; END"
            + " $$",
        "CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH"
            + " ROW WHEN (NEW.id = 1) EXECUTE FUNCTION later()",
        "BEGIN; UPDATE t SET name = 'a' WHERE id = 1; UPDATE t_new SET label = 'b' WHERE id = 4;"
            + " COMMIT");
    assertThat(bench.rows("SELECT id, label FROM t_new ORDER BY id"))
        .containsExactly("1|a", "2|late", "4|b");
    bench.run("BEGIN; UPDATE t_new SET label = 'c' WHERE id = 1; COMMIT");
    assertThat(bench.one("SELECT name FROM t WHERE id = 1")).isEqualTo("c");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** The fourth documented case: each has its own row and waits for the other's. */
  @Test
  void writersOfOneKeyFromBothSidesDeadlockAndNothingWrongIsStored() throws SQLException {
    Bench bench = bench(2, PLAIN);
    bench.toVerified();
    bench.run(
        "CREATE FUNCTION dwell() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$",
        "CREATE TRIGGER dwell BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION dwell()",
        "CREATE TRIGGER dwell BEFORE UPDATE ON t_new FOR EACH ROW EXECUTE FUNCTION dwell()");
    CompletableFuture<String> old;
    CompletableFuture<String> next;
    try (Connection gate = bench.connect("gate")) {
      execute(gate, "SELECT pg_advisory_lock(1)");
      old = state(bench, "UPDATE t SET name = 'old' WHERE id = 1");
      next = state(bench, "UPDATE t_new SET label = 'new' WHERE id = 1");
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                          + " wait_event = 'advisory'")
                  .equals("2"));
    }
    assertThat(List.of(old.join(), next.join())).containsExactlyInAnyOrder("", "40P01");
    assertThat(bench.one("SELECT name FROM t WHERE id = 1"))
        .isEqualTo(old.join().isEmpty() ? "old" : "new");
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static CompletableFuture<String> state(Bench bench, String sql) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (var connection = bench.connect("client")) {
            execute(connection, sql);
            return "";
          } catch (SQLException e) {
            return e.getSQLState();
          }
        },
        Thread::startVirtualThread);
  }

  @Test
  void aWriterOfSeveralRowsInDescendingOrderIsNotDeadlockedByTheCopy() throws Exception {
    Bench bench = bench(2_000, BY_HASH);
    bench.install();
    try (Connection writer = bench.connect("descending")) {
      execute(writer, "BEGIN; UPDATE t SET name = 'x' WHERE id = 2000");
      var backfill = CompletableFuture.runAsync(bench::backfill);
      until(() -> bench.one("SELECT count(*) FROM t_new").equals("1999"));
      for (int id = 1999; id > 1900; id--) {
        execute(writer, "UPDATE t SET name = 'x' WHERE id = " + id);
      }
      execute(writer, "COMMIT");
      backfill.join();
    }
    assertThat(bench.verify().mismatches()).isZero();
    assertThat(bench.one("SELECT count(*) FROM t_new WHERE label = 'x'")).isEqualTo("100");
  }

  @Test
  void truncateInTheMiddleOfACopyLeavesNothingToCopy() {
    Bench bench = bench(3_000, PLAIN);
    bench.install();
    bench.control = new Progress.Control(false, 500);
    var backfill = CompletableFuture.runAsync(bench::backfill);
    until(() -> !bench.one("SELECT count(*) FROM t_new").equals("0"));
    bench.run("TRUNCATE t", "INSERT INTO t (id, name) VALUES (2999, 'mine')");
    assertThat(backfill).isNotDone();
    bench.control = Progress.Control.NONE;
    backfill.join();
    assertThat(bench.rows("SELECT id, label FROM t_new")).containsExactly("2999|mine");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** A snapshot does not protect from TRUNCATE: one side was empty in it, the other was not. */
  @Test
  void truncateWhileBothSidesAreComparedIsNoMismatch() throws SQLException {
    Bench bench =
        bench(5, PLAIN)
            .migration("V2__u_new.sql", "CREATE TABLE u_new (id int PRIMARY KEY, name text);")
            .migration("U2__u_new.sql", "DROP TABLE u_new;")
            .shadow(
                "public.u",
                new Shadow("public.u_new", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.run(
        "CREATE TABLE u (id int PRIMARY KEY, name text)",
        "CREATE TABLE child (u_id int REFERENCES u (id))",
        "INSERT INTO u SELECT g, 'n' || g FROM generate_series(1, 4) g",
        "INSERT INTO child SELECT 1");
    bench.toVerified();
    try (Connection first = bench.connect("client")) {
      execute(first, "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
      var verify = CompletableFuture.supplyAsync(bench::verify);
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE"
                          + " 'rubicon/verify/%' AND wait_event_type = 'Lock'"
                          + " AND datname = current_database()")
                  .equals("1"));
      bench.run("TRUNCATE u_new CASCADE");
      execute(first, "COMMIT");
      assertThat(verify.join().rows()).containsEntry("public.t", 5L).containsEntry("public.u", 0L);
    }
    assertThat(bench.one("SELECT count(*) FROM u")).isEqualTo("0");
  }

  /** What the trigger has read of the catalog is older than its lock. */
  @Test
  void aForeignKeyThatComesWhileATruncateWaitsDoesNotStopIt() throws Exception {
    Bench bench = bench(3, PLAIN);
    bench.toVerified();
    try (Connection owner = bench.connect("owner")) {
      execute(owner, "BEGIN; CREATE TABLE late (t_id int REFERENCES t_new (id))");
      var truncate = CompletableFuture.runAsync(() -> bench.run("TRUNCATE t"));
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE query = 'TRUNCATE t'"
                          + " AND datname = current_database() AND wait_event_type = 'Lock'")
                  .equals("1"));
      execute(owner, "COMMIT");
      truncate.join();
    }
    assertThat(bench.one("SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM t_new)"))
        .isEqualTo("0");
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** What a snapshot does not show cannot be deleted one by one, and TRUNCATE takes it all. */
  @Test
  void truncateThatASnapshotKeepsFromBeingFollowedIsRefused() throws SQLException {
    Bench bench = bench(3, PLAIN);
    bench.run("CREATE TABLE child (t_id int REFERENCES t (id))");
    bench.toVerified();
    for (String relation : List.of("t", "t_new")) {
      try (Connection old = bench.connect("client")) {
        execute(old, "BEGIN ISOLATION LEVEL REPEATABLE READ");
        execute(old, "SELECT count(*) FROM child");
        bench.run("INSERT INTO t VALUES (4, 'younger')");
        assertThatThrownBy(() -> execute(old, "TRUNCATE " + relation + " CASCADE"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("cannot be followed in a repeatable read transaction");
        execute(old, "ROLLBACK");
        execute(old, "BEGIN; TRUNCATE " + relation + " CASCADE; COMMIT");
      }
      assertThat(bench.one("SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM t_new)"))
          .isEqualTo("0");
      assertThat(bench.verify().mismatches()).isZero();
    }
  }
}
