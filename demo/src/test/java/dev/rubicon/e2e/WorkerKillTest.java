package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.client.status.LiveProgress;
import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The worker process dies by SIGKILL in every phase, at its first breath and at random moments, and
 * right behind its end; each time a new process goes on. The run ends as one that nobody disturbed.
 */
@Turn(1)
@Tag("kill")
@Timeout(1_800)
final class WorkerKillTest {
  private static final int ROWS = 3_000;
  private static final int ADOPTED = 300;

  /**
   * A build kills once in each phase and behind those that commit; the depth three times as often.
   */
  private static final boolean DEEP = Boolean.getBoolean("rubicon.long");

  private static final Set<Phase> PHASES =
      EnumSet.of(
          Phase.PREFLIGHT,
          Phase.BACKUP,
          Phase.CLONE,
          Phase.REHEARSE,
          Phase.EXPAND,
          Phase.DUAL_WRITE,
          Phase.BACKFILL,
          Phase.VERIFY,
          Phase.CUTOVER,
          Phase.SMOKE,
          Phase.WATCH,
          Phase.ROLLBACK);

  private final long seed = Long.getLong("rubicon.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<String> points = new ArrayList<>();
  private final Set<Phase> hit = EnumSet.noneOf(Phase.class);
  private WorkerJvm worker;
  private Instant lastKill = Instant.EPOCH;

  @Test
  void killsInEveryPhaseChangeNothingInTheEnd() throws Exception {
    System.err.println("WorkerKillTest: -Drubicon.seed=" + seed);
    Outcome undisturbed = rollout(false);
    Outcome killed = rollout(true);
    points.forEach(System.err::println);
    assertThat(points)
        .as("kills that landed; seed " + seed)
        .hasSizeGreaterThanOrEqualTo(DEEP ? 30 : 15);
    assertThat(hit).isEqualTo(PHASES);
    assertThat(undisturbed.facts()).containsKeys("watch/1/stopped", "watch/2/done");
    assertThat(killed).as("seed " + seed).isEqualTo(undisturbed);
  }

  private Outcome rollout(boolean kill) throws Exception {
    try (var site =
            TestSite.start(
                ROWS,
                TemporalChoice.IN_PROCESS,
                (stack, text) -> text.replace("heartbeat-timeout: 5s", "heartbeat-timeout: 3s"));
        var clients = TrafficClients.start(traffic(site))) {
      PhasePin.prepare(site);
      WorkerJvm.learn(site);
      worker = WorkerJvm.start(site);
      try {
        cross(site, kill);
        clients.stop();
        Proof proof = clients.prove();
        assertThat(proof.problems()).as("seed " + seed).isEmpty();
        assertThat(proof.holds()).isTrue();
        assertThat(proof.acknowledged()).isGreaterThan(200);
        assertThat(site.ask("postgres", LEFT_BEHIND)).isEqualTo("0");
        return Outcome.of(site, ROWS, ADOPTED);
      } finally {
        worker.close();
      }
    }
  }

  private static final String LEFT_BEHIND =
      "SELECT count(*) FROM pg_database WHERE datname LIKE 'rubicon\\_scratch%'"
          + " OR datname LIKE 'rubicon\\_clone%'";

  private static TrafficClients.Settings traffic(TestSite site) {
    return new TrafficClients.Settings(
        site.database,
        Optional.of(URI.create(site.deployer.appUrl())),
        20,
        20,
        5,
        ADOPTED,
        Optional.empty());
  }

  private void cross(TestSite site, boolean kill) {
    // Long enough for a kill in the watch, a new worker and a decision, on a busy machine, too.
    site.launch(site.checksCanonical("40s"));
    site.signOffAll();
    for (Phase phase : List.of(Phase.PREFLIGHT, Phase.BACKUP, Phase.CLONE)) {
      in(site, kill, phase, 1, 1_000);
      behind(site, kill && DEEP, phase, 1);
    }
    in(site, kill && DEEP, Phase.REHEARSE, 1, 0);
    in(site, kill && DEEP, Phase.REHEARSE, 1, 4_000);
    in(site, kill, Phase.REHEARSE, 1, 8_000);
    behind(site, kill && DEEP, Phase.REHEARSE, 1);
    site.approve(Runbook.Gate.EXPAND);
    for (Phase phase : List.of(Phase.EXPAND, Phase.DUAL_WRITE)) {
      in(site, kill && DEEP, phase, 1, 0);
      in(site, kill, phase, 1, 500);
      behind(site, kill, phase, 1);
    }
    in(site, kill && DEEP, Phase.BACKFILL, 1, 0);
    in(site, kill && DEEP, Phase.BACKFILL, 1, 1_000);
    in(site, kill, Phase.BACKFILL, 1, 1_000);
    behind(site, kill, Phase.BACKFILL, 1);
    in(site, kill, Phase.VERIFY, 1, 1_000);
    behind(site, kill && DEEP, Phase.VERIFY, 1);
    site.approve(Runbook.Gate.CUTOVER);
    acrossAndWatch(site, kill, 1);
    site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
    in(site, kill && DEEP, Phase.ROLLBACK, 1, 0);
    in(site, kill, Phase.ROLLBACK, 1, 500);
    behind(site, kill, Phase.ROLLBACK, 1);
    in(site, kill && DEEP, Phase.VERIFY, 2, 1_000);
    site.approve(Runbook.Gate.CUTOVER);
    acrossAndWatch(site, kill && DEEP, 2);
    site.await(
        "completion", Duration.ofMinutes(3), s -> s.state() == RolloutStatus.State.COMPLETED);
  }

  private void acrossAndWatch(TestSite site, boolean kill, int round) {
    in(site, kill, Phase.CUTOVER, round, 0);
    behind(site, kill, Phase.CUTOVER, round);
    in(site, kill, Phase.SMOKE, round, 500);
    if (round == 1) {
      behind(site, kill && DEEP, Phase.SMOKE, round);
      in(site, kill, Phase.WATCH, round, 1_000);
    }
    // Not only due: one that is called off before a worker had it leaves no line in the ledger.
    String rollout = site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow().id();
    site.await(
        "watch",
        Duration.ofMinutes(1),
        s -> s.phase() == Phase.WATCH && latest(site, rollout).startsWith("watch/" + round));
  }

  /**
   * Kills in the middle of the phase: Temporal and ledger say that it runs, before and after.
   *
   * @param within milliseconds in which the kill falls, at random; 0: at the first sight
   */
  private void in(TestSite site, boolean kill, Phase phase, int round, int within) {
    if (!kill) {
      return;
    }
    try (PhasePin pin = PhasePin.on(site, phase)) {
      LiveProgress live = pin.awaitRunning(round, lastKill);
      int after = within == 0 ? 0 : random.nextInt(within);
      // Not a wait for something: the moment of the kill is what is drawn.
      sleep(after);
      assertThat(pin.running(round)).isTrue();
      kill();
      assertThat(pin.running(round)).as("still in " + phase).isTrue();
      assertThat(site.rollouts.live(TestSite.TARGET))
          .as("pending in Temporal")
          .anyMatch(activity -> activity.of(phase));
      hit.add(phase);
      points.add(
          "killed in %s of round %d, attempt %d, %d ms after its first breath"
              .formatted(phase.word(), round, live.attempt(), after));
    }
    worker = WorkerJvm.start(site);
  }

  private void kill() {
    worker.kill();
    lastKill = Instant.now();
  }

  /** Kills as soon as the ledger has the phase's end: Temporal may not have heard of it. */
  private void behind(TestSite site, boolean kill, Phase phase, int round) {
    if (!kill) {
      return;
    }
    String rollout = site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow().id();
    Instant deadline = Instant.now().plus(Duration.ofMinutes(2));
    try (Connection ledger = site.superuser("rubicon_ledger");
        var look = ledger.prepareStatement(DONE)) {
      look.setString(1, rollout);
      look.setString(2, phase.word());
      look.setInt(3, round);
      while (!there(look)) {
        assertThat(Instant.now()).isBefore(deadline);
        LockSupport.parkNanos(3_000_000);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    kill();
    if (latest(site, rollout).equals(phase.word() + "/" + round + "/done")) {
      points.add("killed right behind " + phase.word() + " of round " + round);
    }
    worker = WorkerJvm.start(site);
  }

  private static final String DONE =
      "SELECT 1 FROM rubicon_ledger.phase_run WHERE rollout = ? AND phase = ? AND round = ? AND"
          + " outcome = 'done'";

  private static boolean there(PreparedStatement look) throws SQLException {
    try (var rows = look.executeQuery()) {
      return rows.next();
    }
  }

  private static String latest(TestSite site, String rollout) {
    var last = site.rollouts.ledger().phases().of(rollout).getLast();
    return last.phase() + "/" + last.round() + "/" + last.outcome();
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
