package dev.rubicon.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitersTest {
  private static final String[] TABLE = {
    "CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')"
  };

  /** For a row that it has written, and for a key that it has inserted. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE public.t SET v = 'c' WHERE id = 1",
        "INSERT INTO public.t VALUES (3, 'c') ON CONFLICT DO NOTHING"
      })
  void aClientThatWritesTheSameRowIsSeenAndNoOther(String statement) {
    var bench = new Bench(TABLE);
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.BACKFILL).tag(), SessionLimits.SHORT)) {
      var client =
          session.inTransaction(
              () -> {
                session.execute(statement);
                assertThat(Waiters.any(session)).isFalse();
                bench.run("UPDATE public.t SET v = 'x' WHERE id = 2");
                assertThat(Waiters.any(session)).isFalse();
                var waiting = CompletableFuture.runAsync(() -> bench.run(statement));
                Bench.until(() -> Waiters.any(session));
                return waiting;
              });
      client.join();
    }
  }

  @Test
  void aTransactionThatHasWrittenNothingKeepsNobodyWaiting() {
    var bench = new Bench(TABLE);
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.BACKFILL).tag(), SessionLimits.SHORT)) {
      assertThat(session.inTransaction(() -> Waiters.any(session))).isFalse();
    }
  }
}
