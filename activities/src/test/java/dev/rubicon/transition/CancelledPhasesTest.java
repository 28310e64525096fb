package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.engine.Progress;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Defect J: the cleanup runs with what was cancelled, fails too, and leaves the database stuck.
 * Here every phase before the cutover is cancelled at every place where it asks, abort as well.
 */
@Turn(2)
@Timeout(300)
@Tag("slow")
class CancelledPhasesTest {

  private static Bench bench() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY, old text)",
                "CREATE TABLE s (id int PRIMARY KEY, name text)",
                "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 1100) g",
                "INSERT INTO s SELECT g, 'v' || g FROM generate_series(1, 1100) g")
            .migration("V1__s_new.sql", "CREATE TABLE s_new (id bigint PRIMARY KEY, name text);")
            .migration("U1__s_new.sql", "DROP TABLE s_new;")
            .index("public.t_new_i", "CREATE INDEX CONCURRENTLY t_new_i ON t (new)")
            .transition(
                "public.t",
                with(map("new", "text", "old", Map.of("old", "new")), null, false, null))
            .shadow(
                "public.s",
                new Shadow("public.s", Optional.of("public.s_new"), LegacyName.HIDE, List.of()));
    return bench;
  }

  @Test
  void whateverIsCancelledCanBeAbortedAndLaunchedAgain() {
    Bench bench = bench();
    String before = bench.fingerprint();
    int cancelled = 0;
    for (int asks = 0; ; asks++) {
      bench.untilCancelled.set(asks);
      boolean whole = attempt(bench);
      nobodyIsLeft(bench);
      cancelAbort(bench);
      assertThat(bench.abort().fingerprint()).as("cancelled at %d", asks).isEqualTo(before);
      if (whole) {
        break;
      }
      cancelled++;
    }
    assertThat(cancelled).as("places where a phase asks").isGreaterThan(10);
    bench.toVerified();
    bench.cutover();
    assertThat(bench.one("SELECT count(*) FROM t WHERE new = old")).isEqualTo("1100");
  }

  /** Whether it went through. */
  private static boolean attempt(Bench bench) {
    try {
      bench.toVerified();
      return true;
    } catch (Progress.PhaseCancelled e) {
      return false;
    } finally {
      bench.untilCancelled.set(Integer.MAX_VALUE);
    }
  }

  private static void cancelAbort(Bench bench) {
    bench.untilCancelled.set(1);
    try {
      bench.abort();
    } catch (Progress.PhaseCancelled e) {
      nobodyIsLeft(bench);
    } finally {
      bench.untilCancelled.set(Integer.MAX_VALUE);
    }
  }

  /** No session of the phase, and so none of its locks. */
  private static void nobodyIsLeft(Bench bench) {
    until(
        () ->
            bench
                .one(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                        + " application_name LIKE 'rubicon/%'")
                .equals("0"));
  }
}
