package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.RolloutStatus;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole rollout of checks-canonical under live traffic, there, back and there again. */
@Timeout(600)
final class RolloutEndToEndTest {

  @Test
  void crossesGoesBackAndCrossesAgainWithoutLosingAWrite() throws Exception {
    try (var site = Site.start(20_000, TemporalChoice.IN_PROCESS);
        var worker = WorkerProcess.start(site.config, false);
        var clients =
            TrafficClients.start(
                TrafficClients.Settings.usual(site.database, URI.create(site.deployer.appUrl())))) {
      site.launch(site.checksCanonical("20s"));
      site.signOffAll();
      site.approve(Runbook.Gate.EXPAND);
      site.approve(Runbook.Gate.CUTOVER);
      site.await("watch", Duration.ofMinutes(2), s -> s.phase() == Phase.WATCH);
      assertThat(site.deployer.build()).isEqualTo("new");

      site.rollouts.rollback(Site.TARGET, Site.BOB, "to see that it works");
      site.awaitGate(Runbook.Gate.CUTOVER);
      assertThat(site.deployer.build()).isEqualTo("old");
      site.approve(Runbook.Gate.CUTOVER);
      site.await(
          "completion", Duration.ofMinutes(3), s -> s.state() == RolloutStatus.State.COMPLETED);
      assertThat(site.deployer.build()).isEqualTo("new");

      clients.stop(Side.OLD);
      try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
        site.rollouts.contract(new BundleStore(store), Site.TARGET, Site.ALICE);
      }
      site.signOff(java.util.List.of("schema-documented", "fallback-removed"));
      site.approve(Runbook.Gate.CONTRACT);
      RolloutStatus contracted =
          site.await(
              "contract",
              Duration.ofMinutes(2),
              s -> s.phase() == Phase.CONTRACT && s.state() == RolloutStatus.State.COMPLETED);
      reportTellsOfContract(site, contracted.rollout());

      clients.stop();
      Proof proof = clients.prove();
      assertThat(proof.problems()).isEmpty();
      assertThat(proof.holds()).isTrue();
      assertThat(proof.acknowledged()).isGreaterThan(500);
      assertThat(worker.url()).isEmpty();
    }
  }

  /** Whoever sees contract completed may fetch the report. */
  private static void reportTellsOfContract(Site site, String rollout) throws Exception {
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      String key = site.rollouts.ledger().rollout(rollout).report();
      String page = new String(store.read(key), StandardCharsets.UTF_8);
      assertThat(page).contains("<h3>contract");
      var json = new ObjectMapper().readTree(store.read(key.replace(".html", ".json")));
      assertThat(json.path("dictionary").asText())
          .contains("claim_text")
          .doesNotContain("rubicon.omitted");
      assertThat(json.path("phases"))
          .filteredOn(phase -> phase.path("phase").asText().equals("contract"))
          .singleElement()
          .satisfies(phase -> assertThat(phase.path("outcome").asText()).isEqualTo("done"));
    }
  }
}
