package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.cutover.Crossed;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients whose statements dwell between the lock on their own relation and the one that the
 * trigger takes on the other: there is hardly a moment at which nobody has one of the two.
 */
@Turn
@Timeout(300)
@Tag("slow")
class ShadowLocksTest {
  private static final int CLIENTS = 4;
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong writes = new AtomicLong();

  private static Bench bench(LegacyName legacyName, int rows) {
    var bench =
        new Bench(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'v' || g FROM generate_series(1, " + rows + ") g",
                "CREATE FUNCTION dwell() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN PERFORM pg_sleep(0.03); RETURN NEW; END $$")
            .migration(
                "V1__app_users.sql",
                "CREATE TABLE app_users_next (id bigint PRIMARY KEY, label text);")
            .migration("U1__app_users.sql", "DROP TABLE app_users_next;")
            .shadow(
                "public.users",
                new Shadow(
                    "public.app_users",
                    Optional.of("public.app_users_next"),
                    legacyName,
                    List.of()),
                map("label", "", "name", Map.of("name", "label")));
    bench.cutover = "lock-timeout: 100ms, budget: 10s";
    return bench;
  }

  /** The trigger comes late, after the plan was made, because a user's trigger is a finding. */
  private static void dwell(Bench bench, String table) {
    bench.run(
        "CREATE TRIGGER \"!!dwell\" BEFORE UPDATE ON "
            + table
            + " FOR EACH ROW EXECUTE FUNCTION dwell()");
  }

  private List<Thread> clients(Bench bench, String sql) {
    var threads = new ArrayList<Thread>();
    for (int c = 0; c < CLIENTS; c++) {
      int first = 1 + c * 20;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (var connection = bench.connect("client");
                        var update = connection.prepareStatement(sql)) {
                      for (int i = 0; !stop.get(); i++) {
                        update.setInt(1, first + i % 20);
                        assertThat(update.executeUpdate()).isOne();
                        writes.incrementAndGet();
                      }
                    } catch (SQLException | AssertionError e) {
                      errors.add(e.toString());
                    }
                  }));
    }
    return threads;
  }

  private void underTraffic(Bench bench, String sql, Runnable phase) throws Exception {
    stop.set(false);
    writes.set(0);
    List<Thread> threads = clients(bench, sql);
    while (writes.get() < 20 && errors.isEmpty()) {
      LockSupport.parkNanos(2_000_000);
    }
    phase.run();
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(errors).isEmpty();
  }

  @Test
  void clientsOfLegacyStarveNeitherTheWayThereNorTheWayBackNorAbort() throws Exception {
    Bench bench = bench(LegacyName.VIEW, 100);
    bench.toVerified();
    dwell(bench, "users");
    String update = "UPDATE users SET name = name || '.' WHERE id = ?";
    underTraffic(bench, update, bench::cutover);
    // Through the view, whose clients lock what lies below it first and canonical second.
    underTraffic(bench, update, bench::rollback);
    assertThat(bench.verify().mismatches()).isZero();
    bench.run("DROP TRIGGER \"!!dwell\" ON users");
    underTraffic(bench, update, bench::abort);
  }

  @Test
  void clientsOfCanonicalDoNotStarveContract() throws Exception {
    Bench bench = bench(LegacyName.VIEW, 100);
    bench.toVerified();
    dwell(bench, "app_users_next");
    bench.cutover();
    String update = "UPDATE app_users SET label = label || '.' WHERE id = ?";
    underTraffic(bench, update, bench::contract);
    assertThat(bench.one("SELECT to_regclass('rubicon.state')")).isEqualTo("~");
  }

  /**
   * Autovacuum holds the table for as long as it takes, and no step of the ladder outlasts that.
   */
  @Test
  void autovacuumGivesWay() throws Exception {
    Bench bench = bench(LegacyName.HIDE, 50_000);
    bench.toVerified();
    bench.run(
        "UPDATE users SET name = name || '!'",
        "ALTER TABLE users SET (autovacuum_vacuum_threshold = 0,"
            + " autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_limit = 1,"
            + " autovacuum_vacuum_cost_delay = 100)",
        "ALTER SYSTEM SET autovacuum_naptime = '1s'",
        "SELECT pg_reload_conf()");
    try {
      String vacuums =
          "SELECT count(*) FROM pg_stat_progress_vacuum WHERE datname = current_database()"
              + " AND relid = to_regclass('users')";
      long end = System.nanoTime() + 120_000_000_000L;
      while (bench.one(vacuums).equals("0")) {
        assertThat(System.nanoTime()).as("autovacuum came in time").isLessThan(end);
        Thread.sleep(5);
      }
      bench.cutover();
    } finally {
      bench.run("ALTER SYSTEM RESET autovacuum_naptime", "SELECT pg_reload_conf()");
    }
    assertThat(bench.evidence.get(Phase.CUTOVER, Crossed.EVIDENCE).toString())
        .as("it was in the way")
        .contains("ShareUpdateExclusiveLock")
        .contains("autovacuum worker");
  }
}
