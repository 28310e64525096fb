package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A table is split in two, there, back, there again, and to the end. In every phase that touches it
 * the worker dies by SIGKILL: in the middle of a statement, at a moment that is drawn, and with
 * everything done and nothing told; so do the clients' connections. {@code -Drubicon.trials=} makes
 * it longer.
 */
@Turn(2)
@Tag("kill")
@Timeout(3_600)
final class ShadowKillTest {
  private static final int USERS = 20_000;
  private static final int SHARED = 100;
  private static final int PHASES = 7;
  private static final int POINTS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Between two looks at an attempt: a new worker takes seconds to begin one, a statement ends. */
  private static final Duration FAR = Duration.ofMillis(20);

  private static final Duration NEAR = Duration.ofMillis(3);

  private final long seed = Long.getLong("rubicon.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final int drawnPerPhase =
      Math.max(1, Integer.getInteger("rubicon.trials", PHASES * POINTS) / PHASES - 2);
  private final List<String> points = new ArrayList<>();
  private final Instant begun = Instant.now();
  private TestSite site;
  private WorkerJvm worker;
  private Instant lastKill = Instant.EPOCH;

  @Test
  void killsInEveryPhaseOfASplitCostNoWrite() throws Exception {
    System.err.println("ShadowKillTest: -Drubicon.seed=" + seed);
    try (var started =
        TestSite.start(
            500,
            TemporalChoice.IN_PROCESS,
            (stack, text) -> text.replace("heartbeat-timeout: 5s", "heartbeat-timeout: 3s"))) {
      site = started;
      PhasePin.prepare(site);
      load();
      WorkerJvm.learn(site);
      worker = WorkerJvm.start(site);
      try (var clients = new UserClients(site.database, SHARED)) {
        thereAndBackAndThere();
        site.await("completion", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);
        clients.stop(Side.OLD);
        contract();
        clients.stop(Side.NEW);
        points.forEach(System.err::println);
        System.err.printf(
            "ShadowKillTest: %d kills in %d s, %d writes of the old names, %d of the new, %d in"
                + " doubt%n",
            points.size(),
            Duration.between(begun, Instant.now()).toSeconds(),
            clients.acknowledged(Side.OLD),
            clients.acknowledged(Side.NEW),
            clients.doubts());
        assertThat(clients.problems()).as("seed " + seed).isEmpty();
        assertThat(points).hasSize(PHASES * (2 + drawnPerPhase));
        assertThat(clients.acknowledged(Side.OLD)).isGreaterThan(500);
        assertThat(clients.acknowledged(Side.NEW)).isGreaterThan(500);
        assertThat(clients.doubts()).isPositive();
      } finally {
        worker.close();
      }
      assertThat(site.ask("heretix", "SELECT to_regclass('public.users')")).isEmpty();
      assertThat(site.ask("heretix", "SELECT to_regnamespace('rubicon')")).isEmpty();
    }
  }

  private void load() throws SQLException {
    try (Connection connection = site.database.connect("load");
        var statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO public.users (email, display_name) SELECT 'many' || g || '@example.org',"
              + " CASE WHEN g % 3 > 0 THEN 'n' || g END FROM generate_series(1, "
              + USERS
              + ") g");
    }
  }

  private void thereAndBackAndThere() throws IOException {
    Path runbook = ShadowEndToEndTest.runbook(ShadowEndToEndTest.Change.SPLIT);
    Path yaml = runbook.resolve("runbook.yaml");
    Files.writeString(yaml, Files.readString(yaml) + "backfill: {batch-target: 20ms}\n");
    site.launch(runbook);
    site.awaitGate(Runbook.Gate.EXPAND);
    try (var rollback = PhasePin.on(site, Phase.ROLLBACK)) {
      try (var _ = PhasePin.on(site, Phase.WATCH)) {
        there();
        site.await("watch", PATIENCE, s -> s.phase() == Phase.WATCH);
        site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
      }
      kills(rollback, Phase.ROLLBACK, 1);
    }
    site.awaitGate(Runbook.Gate.CUTOVER);
    try (var cutover = PhasePin.on(site, Phase.CUTOVER)) {
      site.approve(Runbook.Gate.CUTOVER);
      kills(cutover, Phase.CUTOVER, 2);
    }
  }

  private void there() {
    try (var dualWrite = PhasePin.on(site, Phase.DUAL_WRITE);
        var backfill = PhasePin.on(site, Phase.BACKFILL);
        var verify = PhasePin.on(site, Phase.VERIFY);
        var cutover = PhasePin.on(site, Phase.CUTOVER)) {
      site.approve(Runbook.Gate.EXPAND);
      kills(dualWrite, Phase.DUAL_WRITE, 1);
      kills(backfill, Phase.BACKFILL, 1);
      kills(verify, Phase.VERIFY, 1);
      site.approve(Runbook.Gate.CUTOVER);
      kills(cutover, Phase.CUTOVER, 1);
    }
  }

  private void contract() throws IOException {
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
    }
    site.awaitGate(Runbook.Gate.CONTRACT);
    try (var contract = PhasePin.on(site, Phase.CONTRACT)) {
      site.approve(Runbook.Gate.CONTRACT);
      kills(contract, Phase.CONTRACT, 1);
    }
    site.await("contract", PATIENCE, s -> s.state() == RolloutStatus.State.COMPLETED);
  }

  /** How far an attempt of a phase is, as PostgreSQL shows it. */
  private enum Seen {
    NOT_YET("not there"),
    SESSION("with a session"),
    STATEMENT("in a statement"),
    DONE("with all done and nothing told");

    private final String word;

    Seen(String word) {
      this.word = word;
    }
  }

  /** All kills of one phase; then it may end. */
  private void kills(PhasePin pin, Phase phase, int round) {
    kill(pin, phase, round, await(pin, phase, round, Seen.STATEMENT).word);
    for (int i = 0; i < drawnPerPhase; i++) {
      Seen seen = await(pin, phase, round, Seen.SESSION);
      int after = random.nextInt(phase == Phase.BACKFILL ? 1_500 : 300);
      // Not a wait for something: the moment of the kill is what is drawn.
      LockSupport.parkNanos(after * 1_000_000L);
      kill(pin, phase, round, "%d ms after it was seen %s".formatted(after, seen.word));
    }
    kill(pin, phase, round, await(pin, phase, round, Seen.DONE).word);
    pin.close();
  }

  /** Waits until the attempt that began after the last kill is that far, or further. */
  private Seen await(PhasePin pin, Phase phase, int round, Seen wanted) {
    Instant deadline = Instant.now().plus(PATIENCE);
    try (Connection connection = site.superuser("postgres");
        var look = connection.prepareStatement(HOW_FAR)) {
      look.setString(1, "rubicon/" + phase.word() + "/%");
      look.setObject(2, lastKill.atOffset(ZoneOffset.UTC));
      Duration pause;
      while (Instant.now().isBefore(deadline)) {
        try (var rows = look.executeQuery()) {
          rows.next();
          Seen seen = Seen.values()[rows.getInt(1)];
          if (seen.compareTo(wanted) >= 0 && pin.running(round)) {
            return seen;
          }
          pause = seen == Seen.NOT_YET ? FAR : NEAR;
        }
        LockSupport.parkNanos(pause.toNanos());
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    throw new AssertionError(
        "%s of round %d was never seen %s: %s"
            .formatted(phase, round, wanted.word, site.rollouts.status(TestSite.TARGET)));
  }

  private void kill(PhasePin pin, Phase phase, int round, String when) {
    assertThat(pin.running(round)).as("in " + phase).isTrue();
    worker.kill();
    lastKill = Instant.now();
    assertThat(pin.running(round)).as("still in " + phase).isTrue();
    assertThat(site.rollouts.live(TestSite.TARGET))
        .as("pending in Temporal")
        .anyMatch(activity -> activity.of(phase));
    points.add(
        "%d s: killed in %s of round %d, %s"
            .formatted(Duration.between(begun, lastKill).toSeconds(), phase.word(), round, when));
    Instant deadline = Instant.now().plus(PATIENCE);
    while (site.ask("postgres", CUT_CLIENTS).equals("0")) {
      assertThat(Instant.now()).as("a client that writes").isBefore(deadline);
      LockSupport.parkNanos(1_000_000);
    }
    // A backend that waits at the pin does not see that its worker is gone; others would wait for
    // it.
    site.ask("postgres", CUT_AT_THE_PIN);
    worker = WorkerJvm.start(site);
  }

  /** What waits at the pin has nothing left to do but to tell the ledger. */
  private static final String AT_THE_PIN =
      "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 4711 AND NOT granted";

  private static final String HOW_FAR =
      """
      SELECT CASE WHEN EXISTS (%s) THEN 3
                  WHEN bool_or(state = 'active') THEN 2
                  WHEN count(*) > 0 THEN 1
                  ELSE 0 END
        FROM pg_stat_activity WHERE application_name LIKE ? AND backend_start > ?
      """
          .formatted(AT_THE_PIN);

  private static final String CUT_AT_THE_PIN =
      "SELECT count(pg_terminate_backend(pid)) FROM (%s) p".formatted(AT_THE_PIN);

  private static final String CUT_CLIENTS =
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE state = 'active' AND"
          + " application_name ~ '^(old|new)[0-9]$'";
}
