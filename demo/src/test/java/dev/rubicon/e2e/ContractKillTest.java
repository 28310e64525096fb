package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.BundleStore;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contract has no way back, so it must have a way on: its worker and its backend die in it. */
@Turn(3)
@Tag("kill")
@Timeout(600)
final class ContractKillTest {

  @Test
  void contractGoesOnAfterTheLossOfItsWorkerAndOfItsBackends() throws Exception {
    try (var site =
        TestSite.start(
            2_000,
            TemporalChoice.IN_PROCESS,
            (stack, text) -> text.replace("heartbeat-timeout: 5s", "heartbeat-timeout: 3s"))) {
      PhasePin.prepare(site);
      WorkerJvm worker = WorkerJvm.start(site);
      String rows;
      try {
        site.launch(site.checksCanonical("2s"));
        site.signOffAll();
        site.approve(Runbook.Gate.EXPAND);
        site.approve(Runbook.Gate.CUTOVER);
        site.awaitOutcome(RolloutStatus.State.COMPLETED, Duration.ofMinutes(3));
        rows = site.ask("heretix", "SELECT count(*) FROM public.checks");
        try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
          site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
        }
        site.signOff(List.of("schema-documented", "fallback-removed"));
        try (PhasePin pin = PhasePin.on(site, Phase.CONTRACT)) {
          site.approve(Runbook.Gate.CONTRACT);
          assertThat(terminated(site, pin)).isPositive();
          pin.awaitRunning(1, Instant.EPOCH);
          worker.kill();
          assertThat(pin.running(1)).as("still in contract").isTrue();
        }
        worker = WorkerJvm.start(site);
        site.await(
            "contract", Duration.ofMinutes(2), s -> s.state() == RolloutStatus.State.COMPLETED);
      } finally {
        worker.close();
      }
      assertThat(site.ask("heretix", "SELECT to_regnamespace('rubicon')")).isEmpty();
      assertThat(site.ask("heretix", LEGACY_LEFT)).isEqualTo("0");
      assertThat(site.ask("heretix", "SELECT count(*) FROM public.checks")).isEqualTo(rows);
      assertThat(
              site.ask(
                  "heretix", "SELECT count(*) FROM rubicon_archive.\"public.checks.diagnostics\""))
          .isEqualTo(rows);
    }
  }

  private static final String LEGACY_LEFT =
      "SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.checks'::regclass AND NOT"
          + " attisdropped AND attname IN ('claim_text', 'aggregation', 'diagnostics', '_rubicon')";

  /** Ends the backends of contract as soon as there are any. */
  private static int terminated(TestSite site, PhasePin pin) throws SQLException {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(1));
    try (var connection = site.superuser("postgres");
        var terminate =
            connection.prepareStatement(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE"
                    + " application_name LIKE 'rubicon/contract/%'")) {
      while (Instant.now().isBefore(deadline)) {
        if (pin.running(1)) {
          try (var rows = terminate.executeQuery()) {
            rows.next();
            if (rows.getInt(1) > 0) {
              return rows.getInt(1);
            }
          }
        }
        LockSupport.parkNanos(1_000_000);
      }
      return 0;
    }
  }
}
