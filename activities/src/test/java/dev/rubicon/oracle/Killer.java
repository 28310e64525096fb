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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs phases until they are through, and ends their sessions at random moments meanwhile. What
 * counts is a phase that died of it.
 */
final class Killer {
  private final Random random;
  private final Map<String, Integer> landed = new TreeMap<>();
  private final Map<String, Long> lasts = new ConcurrentHashMap<>();

  Killer(Random random) {
    this.random = random;
  }

  /** Phase to how often it was cut short. */
  Map<String, Integer> landed() {
    return landed;
  }

  void survive(Bench bench, String phase, Runnable run) throws SQLException {
    int kills = random.nextInt(3);
    for (int attempt = 0; ; attempt++) {
      long began = System.nanoTime();
      var running = CompletableFuture.runAsync(run);
      if (attempt < kills) {
        cut(bench, phase, running);
      }
      try {
        running.join();
        lasts.merge(phase, System.nanoTime() - began, (a, b) -> (a + b) / 2);
        return;
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof RubiconException refusal)
            || refusal.code() != ErrorCode.CONNECTION_LOST
            || attempt >= kills) {
          throw e;
        }
        landed.merge(phase, 1, Integer::sum);
      }
    }
  }

  private void cut(Bench bench, String phase, CompletableFuture<Void> running) throws SQLException {
    long patience = (long) (random.nextDouble() * lasts.getOrDefault(phase, 300_000_000L));
    // Not a wait for something: the moment is what is drawn.
    LockSupport.parkNanos(patience);
    try (var connection = bench.connect("killer");
        var terminate =
            connection.prepareStatement(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname ="
                    + " current_database() AND application_name LIKE 'rubicon/'||?||'/%'")) {
      terminate.setString(1, phase);
      while (!running.isDone()) {
        try (var rows = terminate.executeQuery()) {
          assertThat(rows.next()).isTrue();
          if (rows.getInt(1) > 0) {
            return;
          }
        }
      }
    }
  }
}
