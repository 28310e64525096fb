package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In every phase PostgreSQL ends the backends that work for it; the rollout goes on by itself. */
@Turn(1)
@Tag("kill")
@Timeout(600)
final class BackendTerminationTest {
  private final Set<Phase> hit = EnumSet.noneOf(Phase.class);

  @Test
  void theRolloutSurvivesTheLossOfItsBackendsInEveryPhase() throws Exception {
    try (var site = TestSite.start(3_000, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, false);
        var clients =
            TrafficClients.start(
                new TrafficClients.Settings(
                    site.database,
                    Optional.of(URI.create(site.deployer.appUrl())),
                    20,
                    20,
                    5,
                    300,
                    Optional.empty()))) {
      PhasePin.prepare(site);
      var pins = new Pins(site);
      site.launch(site.checksCanonical("15s"));
      pins.terminate(Phase.PREFLIGHT, 1);
      site.signOffAll();
      pins.terminate(Phase.BACKUP, 1);
      pins.terminate(Phase.CLONE, 1);
      pins.terminate(Phase.REHEARSE, 1);
      site.awaitGate(Runbook.Gate.EXPAND);
      try (PhasePin expand = PhasePin.on(site, Phase.EXPAND)) {
        site.approve(Runbook.Gate.EXPAND);
        pins.terminate(expand, Phase.EXPAND, 1);
      }
      pins.terminate(Phase.DUAL_WRITE, 1);
      pins.terminate(Phase.BACKFILL, 1);
      pins.terminate(Phase.VERIFY, 1);
      site.awaitGate(Runbook.Gate.CUTOVER);
      try (PhasePin cutover = PhasePin.on(site, Phase.CUTOVER)) {
        site.approve(Runbook.Gate.CUTOVER);
        pins.terminate(cutover, Phase.CUTOVER, 1);
      }
      pins.terminate(Phase.SMOKE, 1);
      pins.terminate(Phase.WATCH, 1);
      try (PhasePin rollback = PhasePin.on(site, Phase.ROLLBACK)) {
        site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
        pins.terminate(rollback, Phase.ROLLBACK, 1);
      }
      site.approve(Runbook.Gate.CUTOVER);
      site.await(
          "completion", Duration.ofMinutes(3), s -> s.state() == RolloutStatus.State.COMPLETED);
      clients.stop();
      Proof proof = clients.prove();
      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(hit)
          .containsExactlyInAnyOrderElementsOf(
              EnumSet.complementOf(EnumSet.of(Phase.CONTRACT, Phase.ABORT)));
      assertThat(worker.url()).isEmpty();
    }
  }

  private final class Pins {
    private final TestSite site;

    Pins(TestSite site) {
      this.site = site;
    }

    void terminate(Phase phase, int round) throws SQLException {
      try (PhasePin pin = PhasePin.on(site, phase)) {
        terminate(pin, phase, round);
      }
    }

    /** The pin keeps the phase from ending before its backends were found. */
    void terminate(PhasePin pin, Phase phase, int round) throws SQLException {
      // On the clone each step works under the name of the phase that it rehearses.
      String which =
          phase == Phase.REHEARSE
              ? "application_name LIKE 'rubicon/%' AND datname LIKE 'rubicon\\_clone%'"
              : "application_name LIKE 'rubicon/" + phase.word() + "/%'";
      Instant deadline = Instant.now().plus(Duration.ofMinutes(2));
      try (var connection = site.superuser("postgres");
          var terminate =
              connection.prepareStatement(
                  "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE " + which)) {
        while (true) {
          if (pin.running(round)) {
            try (var rows = terminate.executeQuery()) {
              rows.next();
              if (rows.getLong(1) > 0) {
                assertThat(pin.running(round)).isTrue();
                hit.add(phase);
                return;
              }
            }
          }
          if (Instant.now().isAfter(deadline)) {
            throw new AssertionError(
                "no backend of " + phase + " was seen: " + site.rollouts.status(TestSite.TARGET));
          }
        }
      }
    }
  }
}
