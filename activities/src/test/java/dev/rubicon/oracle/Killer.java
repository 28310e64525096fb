package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs phases until they are through, and ends their sessions at random moments meanwhile. A kill
 * counts where the session had spoken for the phase, and the phase died of it. The phase with the
 * fewest so far is always killed, and for as long as it takes.
 */
final class Killer {
  private static final int PATIENCE = 20;

  private final Random random;
  private final Map<String, Integer> landed = new TreeMap<>();
  private final Map<String, Long> lasts = new TreeMap<>();

  Killer(Random random) {
    this.random = random;
  }

  /** Each phase that was run, and how often it was cut short. */
  Map<String, Integer> landed() {
    return landed;
  }

  void survive(Bench bench, String phase, Runnable run) throws SQLException {
    int mine = landed.merge(phase, 0, Integer::sum);
    boolean owed = landed.values().stream().allMatch(n -> mine <= n);
    int kills = owed ? 1 + random.nextInt(2) : random.nextInt(3);
    int waited = 0;
    for (int attempt = 0; ; attempt++) {
      long began = System.nanoTime();
      var running = CompletableFuture.runAsync(run);
      if (attempt < kills) {
        // What has been missed so far is met early.
        cut(bench, phase, running, owed && attempt == 0 ? 0.5 : 1);
      }
      try {
        running.join();
        lasts.merge(phase, System.nanoTime() - began, (a, b) -> (a + b) / 2);
        return;
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof RubiconException refusal)) {
          throw e;
        }
        if (refusal.code() == ErrorCode.LOCK_NOT_ACQUIRED && waited++ < PATIENCE) {
          // Somebody had the relation for longer than the engine wants to wait: the worker's part.
          continue;
        }
        if (refusal.code() != ErrorCode.CONNECTION_LOST || attempt >= kills) {
          throw e;
        }
        landed.merge(phase, 1, Integer::sum);
      }
    }
  }

  /** Until the phase is dead, or through: a session that it can do without is not all of it. */
  private void cut(Bench bench, String phase, CompletableFuture<Void> running, double within)
      throws SQLException {
    long lasts = this.lasts.getOrDefault(phase, 100_000_000L);
    // Not a wait for something: the moment is what is drawn.
    LockSupport.parkNanos((long) (random.nextDouble() * lasts * within));
    try (var connection = bench.connect("killer");
        var terminate =
            connection.prepareStatement(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'rubicon/'||?||'/%'
                  -- not one that is only introducing itself
                  AND query LIKE '/* rubicon %' AND query NOT LIKE '%*/ SET %'\
                """)) {
      terminate.setString(1, phase);
      while (!running.isDone()) {
        try (var rows = terminate.executeQuery()) {
          assertThat(rows.next()).isTrue();
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }
}
