package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Defect D: a column goes before the trigger that writes it, and clients are told {@code record
 * "new" has no field}. An event trigger dwells after every DDL statement of the engine, so that
 * whoever can write between two of them does.
 */
@Turn(2)
@Timeout(300)
@Tag("slow")
class HalfStatesTest {
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong writes = new AtomicLong();

  private static Bench dwelling() {
    return new Bench(
        "CREATE TABLE t (id int PRIMARY KEY, old text NOT NULL DEFAULT 'd', n int)",
        "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 200) g",
        "CREATE FUNCTION dwell() RETURNS event_trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM pg_sleep(0.015); END $$",
        "CREATE EVENT TRIGGER dwell ON ddl_command_end EXECUTE FUNCTION dwell()");
  }

  private static Bench inPlace() {
    return dwelling()
        .transition(
            "public.t",
            with(map("new", "text", "old", Map.of("old", "new")), null, false, "new <> ''"))
        .legacy("public.t", "old", LegacyColumn.Action.DROP);
  }

  private static Bench shadow() {
    return dwelling()
        .migration("V1__t_new.sql", "CREATE TABLE t_new (id bigint PRIMARY KEY, old text, n int);")
        .migration("U1__t_new.sql", "DROP TABLE t_new;")
        .shadow(
            "public.t",
            new Shadow("public.t", Optional.of("public.t_new"), LegacyName.HIDE, List.of()));
  }

  @Test
  void noClientSeesHalfAnInstallationInPlace() throws Exception {
    Bench bench = inPlace();
    String before = bench.fingerprint();
    thereAndBack(bench, before);
    bench.toVerified();
    bench.cutover();
    // Old clients are gone by contract.
    underWrites(bench, "UPDATE t SET new = 'c' || ?::text, n = n WHERE id = ?", bench::contract);
    assertThat(bench.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'rubicon'")).isEmpty();
  }

  @Test
  void noClientSeesHalfAnInstallationOfAShadow() throws Exception {
    Bench bench = shadow();
    String before = bench.fingerprint();
    thereAndBack(bench, before);
    bench.toVerified();
    bench.cutover();
    underWrites(bench, "UPDATE t SET old = 'c' || ?::text WHERE id = ?", bench::contract);
    assertThat(bench.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'rubicon'")).isEmpty();
  }

  private void thereAndBack(Bench bench, String before) throws Exception {
    String update = "UPDATE t SET old = 'w' || ?::text WHERE id = ?";
    underWrites(bench, update, bench::expand);
    underWrites(bench, update, bench::dualWrite);
    underWrites(bench, update, bench::toVerifiedAgain);
    underWrites(bench, update, bench::cutover);
    underWrites(bench, update, bench::rollback);
    underWrites(bench, update, bench::abort);
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  private void underWrites(Bench bench, String sql, Runnable phase) throws Exception {
    stop.set(false);
    writes.set(0);
    var threads = new ArrayList<Thread>();
    for (int c = 0; c < 2; c++) {
      int client = c;
      threads.add(Thread.ofPlatform().start(() -> write(bench, client, sql)));
    }
    Bench.until(() -> writes.get() > 20 || !errors.isEmpty());
    try {
      phase.run();
      long crossed = writes.get();
      Bench.until(() -> writes.get() > crossed + 20 || !errors.isEmpty());
    } finally {
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(errors).isEmpty();
  }

  private void write(Bench bench, int client, String sql) {
    try (var connection = bench.connect("old" + client);
        var update = connection.prepareStatement(sql)) {
      for (int i = 0; !stop.get(); i++) {
        update.setInt(1, i);
        update.setInt(2, 1 + (i * 2 + client) % 200);
        assertThat(update.executeUpdate()).isOne();
        writes.incrementAndGet();
      }
    } catch (SQLException | AssertionError e) {
      errors.add(e.toString());
    }
  }
}
