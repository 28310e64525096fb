package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.DoubtfulClient.Side;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server goes down as in {@code pg_ctl -m immediate} at random moments of every phase, and the
 * phase begins anew. Only a crash that the phase died of counts. {@code -Drubicon.trials=} makes it
 * longer; half of them are in place, half with a shadow.
 */
@Turn(3)
@Tag("kill")
@Timeout(3_600)
@LocalServer("it crashes a server of its own")
class ServerCrashTest {
  private static final int ROWS = 4_000;
  private static final int CLIENTS = 2;
  private static final int CRASHES_PER_STEP = 2;

  private final long seed = Long.getLong("rubicon.seed", System.nanoTime());
  private final int wanted = Integer.getInteger("rubicon.trials", 20) / 2;
  private final Random random = new Random(seed);
  private final Map<String, Integer> landed = new TreeMap<>();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong writes = new AtomicLong();

  @TempDir Path folder;
  private LocalPostgres server;
  private int doubts;

  @BeforeEach
  void start() {
    System.err.println("ServerCrashTest: -Drubicon.seed=" + seed);
    // What was acknowledged survives the processes; only a power failure would cost something.
    server =
        LocalPostgres.start(
            LocalPostgres.Options.in(folder).durable(true).settings(Map.of("fsync", "off")));
  }

  @AfterEach
  void end() {
    System.err.println("ServerCrashTest: " + landed + ", writes in doubt: " + doubts);
    server.close();
  }

  @Test
  void inPlaceNoCrashCostsAWriteOrAPhaseItsEnd() throws Exception {
    for (int round = 0; crashes() < wanted; round++) {
      assertThat(round).as("%s landed; seed %d", landed, seed).isLessThan(wanted);
      Bench bench =
          bench(round)
              .transition(
                  "public.t",
                  with(
                      map("new", "text", "upper(old)", Map.of("old", "lower(new)")),
                      null,
                      false,
                      "new <> ''"))
              .legacy("public.t", "old", LegacyColumn.Action.DROP);
      round(bench, new Side("t", "new", true), true);
    }
  }

  @Test
  void withAShadowNoCrashCostsAWriteOrAPhaseItsEnd() throws Exception {
    for (int round = 0; crashes() < wanted; round++) {
      assertThat(round).as("%s landed; seed %d", landed, seed).isLessThan(wanted);
      Bench bench =
          bench(round)
              .migration("V1__c.sql", "CREATE TABLE c_next (id bigint PRIMARY KEY, new text);")
              .migration("U1__c.sql", "DROP TABLE c_next;")
              .shadow(
                  "public.t",
                  new Shadow("public.c", Optional.of("public.c_next"), LegacyName.VIEW, List.of()),
                  map("new", "", "upper(old)", Map.of("old", "lower(new)")));
      round(bench, new Side("c", "new", true), false);
    }
  }

  private int crashes() {
    return landed.values().stream().mapToInt(i -> i).sum();
  }

  /** DDL dwells, so that a crash finds the short transactions open. */
  private Bench bench(int round) throws SQLException {
    String database = "crash" + round;
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    }
    Bench bench =
        new Bench(
            server,
            database,
            "CREATE TABLE t (id int PRIMARY KEY, old text NOT NULL)",
            "INSERT INTO t SELECT g, 'v0' FROM generate_series(1, " + ROWS + ") g",
            "CREATE FUNCTION dwell() RETURNS event_trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_sleep(0.01); END $$",
            "CREATE EVENT TRIGGER dwell ON ddl_command_end EXECUTE FUNCTION dwell()");
    bench.batchTarget = "10ms";
    return bench;
  }

  private void round(Bench bench, Side canonical, boolean inPlace) throws Exception {
    var legacy = new Side("t", "old", false);
    var clients = new ArrayList<DoubtfulClient>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          new DoubtfulClient(bench, i, CLIENTS, ROWS, seed, List.of(legacy), errors, writes));
    }
    bench.expand();
    List<Thread> threads = begin(clients);
    survive(bench, "dual-write", bench::dualWrite);
    if (inPlace) {
      clients.forEach(c -> c.sides(List.of(legacy, canonical)));
    }
    survive(bench, "backfill", bench::backfill);
    survive(bench, "verify", bench::verify);
    survive(bench, "cutover", bench::cutover);
    survive(bench, "rollback", bench::rollback);
    survive(bench, "verify", bench::verify);
    survive(bench, "cutover", bench::cutover);
    end(clients, threads);
    stands(bench, legacy, clients);
    stands(bench, canonical, clients);
    assertThat(bench.verify().mismatches()).isZero();

    clients.forEach(c -> c.sides(List.of(canonical)));
    threads = begin(clients);
    survive(bench, "contract", bench::contract);
    end(clients, threads);
    stands(bench, canonical, clients);
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
    doubts += clients.stream().mapToInt(DoubtfulClient::doubts).sum();
  }

  private List<Thread> begin(List<DoubtfulClient> clients) {
    clients.forEach(DoubtfulClient::goOn);
    var threads = clients.stream().map(c -> Thread.ofPlatform().start(c)).toList();
    long now = writes.get();
    until(() -> writes.get() > now + 10 || !errors.isEmpty());
    return threads;
  }

  private void end(List<DoubtfulClient> clients, List<Thread> threads) throws Exception {
    clients.forEach(DoubtfulClient::stop);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(errors).as("seed " + seed).isEmpty();
  }

  private void stands(Bench bench, Side side, List<DoubtfulClient> clients) {
    var expected = new ArrayList<String>();
    clients.forEach(c -> c.sure().forEach((id, value) -> expected.add(id + "|" + value)));
    assertThat(bench.rows("SELECT id, lower(" + side.column() + ") FROM " + side.table()))
        .as("%s, seed %d", side, seed)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Runs the phase until it ends by itself; the server goes down under its first attempts. */
  private void survive(Bench bench, String phase, Runnable work) throws SQLException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int crashes = 0; ; crashes++) {
        long before = writes.get();
        var attempt = CompletableFuture.runAsync(work, executor);
        boolean crashed = crashes < CRASHES_PER_STEP && crash(bench, phase, attempt);
        try {
          attempt.join();
          return;
        } catch (CompletionException e) {
          assertThat(crashed).as("%s, seed %d: %s", phase, seed, e.getCause()).isTrue();
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  RubiconException.class,
                  refusal ->
                      assertThat(refusal.code())
                          .as("%s, seed %d: %s", phase, seed, refusal.getMessage())
                          .isIn(ErrorCode.CONNECTION_LOST, ErrorCode.TARGET_UNREACHABLE));
          landed.merge(phase, 1, Integer::sum);
          until(() -> writes.get() > before + 10 || !errors.isEmpty());
        }
      }
    }
  }

  /** Whether the server went down while a session of the phase was at work. */
  private boolean crash(Bench bench, String phase, CompletableFuture<Void> attempt)
      throws SQLException {
    int patience = random.nextInt(phase.equals("backfill") ? 300 : 80);
    try (var connection = bench.connect("crasher");
        var statement = connection.createStatement()) {
      while (!attempt.isDone()) {
        try (var rows =
            statement.executeQuery(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND"
                    + " application_name LIKE 'rubicon/"
                    + phase
                    + "/%'")) {
          if (rows.next()) {
            // Not a wait for something: the moment is what is drawn.
            LockSupport.parkNanos(patience * 1_000_000L);
            break;
          }
        }
      }
      if (attempt.isDone()) {
        return false;
      }
      server.crashAndRestart();
      return true;
    } catch (SQLException e) {
      if (e.getSQLState().startsWith("57P") || e.getSQLState().startsWith("08")) {
        return true; // the crash took our own session's goodbye
      }
      throw e;
    }
  }
}
