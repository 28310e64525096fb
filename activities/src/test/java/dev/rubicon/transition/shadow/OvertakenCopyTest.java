package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A client writes a row after a batch has looked for it and before the batch comes to it. A check
 * of canonical's holds each batch at its first row.
 */
class OvertakenCopyTest {
  private static final int GATE = 7;
  private static final String LOCK = "SELECT pg_advisory_lock(%d)".formatted(GATE);

  /** A session that holds batches; two of them take turns, so that no batch slips through. */
  private static final class Gate implements AutoCloseable {
    private final Connection session;
    final Statement close;

    Gate(Bench bench) throws SQLException {
      session = bench.connect("gate");
      close = session.createStatement();
    }

    CompletableFuture<Void> closing() {
      return CompletableFuture.runAsync(
          () -> {
            try {
              close.execute(LOCK);
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          },
          Thread::startVirtualThread);
    }

    @Override
    public void close() throws SQLException {
      session.close();
    }
  }

  private static Bench bench() {
    return new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, v text)",
            "INSERT INTO t SELECT g, 'old' FROM generate_series(1, 9) g")
        .migration(
            "V1__next.sql",
            """
            CREATE FUNCTION waits(id bigint) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
            BEGIN
              PERFORM pg_advisory_xact_lock(%d);
              RETURN true;
            END $$;
            CREATE TABLE u (id bigint PRIMARY KEY, v text, CHECK (id > 1 OR waits(id)));
            """
                .formatted(GATE))
        .migration("U1__next.sql", "DROP TABLE u; DROP FUNCTION waits;")
        .shadow(
            "public.t",
            new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
            map("v", "", "upper(v)", Map.of("v", "lower(v)")));
  }

  private static void untilWaiting(Bench bench, int sessions, CompletableFuture<Void> copying) {
    Bench.until(
        () ->
            copying.isDone()
                || bench
                    .one(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                    .equals("" + sessions));
    assertThat(copying).isNotDone();
  }

  @Test
  void whatTheClientWroteStaysHoweverOftenItIsFaster() throws Exception {
    Bench bench = bench();
    bench.install();
    try (var first = new Gate(bench);
        var second = new Gate(bench)) {
      first.close.execute(LOCK);
      var copying = CompletableFuture.runAsync(bench::backfill, Thread::startVirtualThread);
      Gate shut = first;
      Gate next = second;
      // Two whole batches that do not reckon with it, one that does.
      for (int round = 2; round <= 4; round++) {
        untilWaiting(bench, 1, copying);
        bench.run("UPDATE t SET v = 'new' WHERE id = " + round);
        // Behind this batch and before the next one, however slow we are.
        var queued = round < 4 ? next.closing() : CompletableFuture.<Void>completedFuture(null);
        if (round < 4) {
          untilWaiting(bench, 2, copying);
        }
        shut.close.execute("SELECT pg_advisory_unlock(%d)".formatted(GATE));
        queued.join();
        Gate opened = shut;
        shut = next;
        next = opened;
      }
      copying.join();
    }
    assertThat(bench.rows("SELECT * FROM u ORDER BY id"))
        .containsExactly(
            "1|OLD", "2|NEW", "3|NEW", "4|NEW", "5|OLD", "6|OLD", "7|OLD", "8|OLD", "9|OLD");
    assertThat(bench.rows("SELECT v FROM t WHERE id IN (2, 3, 4)"))
        .containsExactly("new", "new", "new");
    bench.verify();
  }

  @Test
  void anotherConstraintThatRefusesARowIsNamed() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t VALUES (1, 'same'), (2, 'same')")
            .migration("V1__next.sql", "CREATE TABLE u (id int PRIMARY KEY, v text UNIQUE);")
            .migration("U1__next.sql", "DROP TABLE u;")
            .shadow(
                "public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.install();
    assertThat(catchThrowable(bench::backfill)).hasMessageContaining("u_v_key");
  }
}
