package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The backends of every phase are ended at random moments, and the phase begins anew, while a
 * client writes: what a phase has done is in the database or it is not, and nothing in between.
 * {@code -Drubicon.trials=} makes it longer.
 */
@Tag("kill")
@Timeout(1_800)
class ShadowCrashTest {
  private enum Step {
    DUAL_WRITE("dual-write"),
    BACKFILL("backfill"),
    VERIFY("verify"),
    CUTOVER("cutover"),
    ROLLBACK("rollback"),
    CONTRACT("contract");

    private final String word;

    Step(String word) {
      this.word = word;
    }
  }

  private static final int ROWS = 10_000;
  private static final int KILLS_PER_STEP = 4;

  private final long seed = Long.getLong("rubicon.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<Step, Integer> landed = new EnumMap<>(Step.class);
  private final Map<Integer, String> acknowledged = new ConcurrentHashMap<>();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final AtomicBoolean stop = new AtomicBoolean();

  @Test
  void endedBackendsCostNoWriteAndNoPhaseItsEnd() throws Exception {
    System.err.println("ShadowCrashTest: -Drubicon.seed=" + seed);
    int wanted = Integer.getInteger("rubicon.trials", 20);
    for (int rounds = 0; trials() < wanted || landed.size() < Step.values().length; rounds++) {
      assertThat(rounds).as("%s landed; seed %d", landed, seed).isLessThan(wanted);
      round();
    }
    System.err.println("ShadowCrashTest: " + landed);
  }

  private int trials() {
    return landed.values().stream().mapToInt(i -> i).sum();
  }

  private void round() throws Exception {
    var bench =
        new Bench(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'v0' FROM generate_series(1, " + ROWS + ") g")
            .migration(
                "V1__app_users.sql",
                "CREATE TABLE app_users_next (id bigint PRIMARY KEY, label text);")
            .migration("U1__app_users.sql", "DROP TABLE app_users_next;")
            .shadow(
                "public.users",
                new Shadow(
                    "public.app_users",
                    Optional.of("public.app_users_next"),
                    LegacyName.VIEW,
                    List.of()),
                map("label", "", "name", Map.of("name", "label")));
    bench.batchTarget = "10ms";
    acknowledged.clear();
    stop.set(false);
    Thread client = Thread.ofPlatform().start(() -> write(bench));
    bench.expand();
    survive(bench, Step.DUAL_WRITE, bench::dualWrite);
    survive(bench, Step.BACKFILL, bench::backfill);
    survive(bench, Step.VERIFY, bench::verify);
    survive(bench, Step.CUTOVER, bench::cutover);
    survive(bench, Step.ROLLBACK, bench::rollback);
    survive(bench, Step.VERIFY, bench::verify);
    survive(bench, Step.CUTOVER, bench::cutover);
    stop.set(true);
    client.join();
    assertThat(errors).as("seed " + seed).isEmpty();
    assertThat(bench.verify().mismatches()).isZero();
    survive(bench, Step.CONTRACT, bench::contract);
    assertThat(bench.one("SELECT count(*) FROM app_users WHERE label = 'v0'"))
        .isEqualTo(Integer.toString(ROWS - acknowledged.size()));
    assertThat(bench.rows("SELECT id, label FROM app_users WHERE label <> 'v0'"))
        .as("seed " + seed)
        .containsExactlyInAnyOrderElementsOf(
            acknowledged.entrySet().stream().map(e -> e.getKey() + "|" + e.getValue()).toList());
    assertThat(bench.one("SELECT to_regclass('rubicon.state')")).isEqualTo("~");
  }

  /** Runs the phase until it ends by itself; its first attempts are cut short. */
  private void survive(Bench bench, Step step, Runnable phase) throws SQLException {
    for (int kills = 0; ; kills++) {
      var attempt = CompletableFuture.runAsync(phase);
      if (kills < KILLS_PER_STEP && cut(bench, step, attempt)) {
        landed.merge(step, 1, Integer::sum);
      }
      try {
        attempt.join();
        return;
      } catch (CompletionException e) {
        assertThat(e.getCause())
            .isInstanceOfSatisfying(
                RubiconException.class,
                refusal ->
                    assertThat(refusal.code())
                        .as("%s, seed %d: %s", step, seed, refusal.getMessage())
                        .isEqualTo(ErrorCode.CONNECTION_LOST));
      }
    }
  }

  /** Whether backends of the phase were ended while it ran. */
  private boolean cut(Bench bench, Step step, CompletableFuture<Void> attempt) throws SQLException {
    int patience = random.nextInt(40);
    try (var connection = bench.connect("killer");
        var terminate =
            connection.prepareStatement(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE"
                    + " datname = current_database() AND application_name LIKE 'rubicon/"
                    + step.word
                    + "/%'")) {
      // Not a wait for something: the moment is what is drawn.
      LockSupport.parkNanos(patience * 1_000_000L);
      while (!attempt.isDone()) {
        try (var rows = terminate.executeQuery()) {
          rows.next();
          if (rows.getInt(1) > 0) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private void write(Bench bench) {
    var draw = new Random(seed);
    try (var connection = bench.connect("client");
        var update = connection.prepareStatement("UPDATE users SET name = ? WHERE id = ?")) {
      for (int i = 1; !stop.get(); i++) {
        int id = 1 + draw.nextInt(ROWS);
        update.setString(1, "v" + i);
        update.setInt(2, id);
        assertThat(update.executeUpdate()).isOne();
        acknowledged.put(id, "v" + i);
        LockSupport.parkNanos(1_000_000);
      }
    } catch (SQLException | AssertionError e) {
      errors.add(e.toString());
    }
  }
}
