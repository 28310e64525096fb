package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.demo.app.client.Side;
import dev.rubicon.demo.checks.client.Proof;
import dev.rubicon.demo.checks.client.TrafficClients;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.Tool;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The whole rollout of checks-canonical under live traffic, there, back and there again; then the
 * ten questions of an audit (docs/audit.md), answered from its history alone when no worker is
 * left.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RolloutEndToEndTest {
  private AuditedRollout rollout;
  private Proof proof;
  private RecordedStory story;

  @BeforeAll
  @Timeout(600)
  void crossesGoesBackAndCrossesAgain() throws Exception {
    try (var site = TestSite.start(20_000, TemporalChoice.IN_PROCESS)) {
      try (var worker = WorkerProcess.start(site.config, false);
          var clients =
              TrafficClients.start(
                  TrafficClients.Settings.usual(
                      site.database, URI.create(site.deployer.appUrl())))) {
        assertThat(worker.url()).isEmpty();
        rollout = AuditedRollout.complete(site);
        clients.stop(Side.OLD);
        site.planShowsNoDifference(AuditedRollout.runbook(site));
        contract(site);
        site.planShowsNoDifference(AuditedRollout.runbook(site));
        clients.stop();
        proof = clients.prove();
      }
      story =
          new RecordedStory(
              site.rollouts
                  .temporal()
                  .client()
                  .fetchHistory(rollout.launch().workflowId(), rollout.launch().runId()));
    }
  }

  private static void contract(TestSite site) throws Exception {
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      site.rollouts.contract(new BundleStore(store), TestSite.TARGET, TestSite.ALICE);
    }
    site.signOff(List.of("schema-documented", "fallback-removed"));
    site.approve(Runbook.Gate.CONTRACT);
    RolloutStatus contracted =
        site.await(
            "contract",
            Duration.ofMinutes(2),
            s -> s.phase() == Phase.CONTRACT && s.state() == RolloutStatus.State.COMPLETED);
    reportTellsOfContract(site, contracted.rollout());
  }

  /** Whoever sees contract completed may fetch the report. */
  private static void reportTellsOfContract(TestSite site, String rollout) throws Exception {
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

  @Test
  void noWriteIsLost() {
    assertThat(proof.problems()).isEmpty();
    assertThat(proof.holds()).isTrue();
    assertThat(proof.acknowledged()).isGreaterThan(500);
  }

  @Test
  void question1WhoRequestedIt() {
    assertThat(story.memo("requestedBy").asText()).isEqualTo("alice");
    assertThat(story.input().path("requestedBy").asText()).isEqualTo("alice");
    assertThat(story.searchAttributes())
        .containsEntry("RubiconRequestedBy", "alice")
        .containsEntry("RubiconTarget", TestSite.TARGET)
        .containsEntry("RubiconRollout", rollout.launch().rollout());
  }

  @Test
  void question2WhoApprovedWhichDigestAndWhy() {
    List<RecordedStory.Ran> approvals = story.ran("RecordApproval");
    assertThat(approvals).hasSize(3);
    approved(approvals.getFirst(), "expand", rollout.expandDigest());
    approved(approvals.get(1), "cutover", rollout.cutoverDigest());
    String again = approvals.getLast().input().get(1).path("digest").asText();
    assertThat(again).isNotEqualTo(rollout.cutoverDigest());
    approved(approvals.getLast(), "cutover", again);
    assertThat(story.searchAttributes()).containsEntry("RubiconDigest", again);

    assertThat(story.ran("RecordRefusal"))
        .singleElement()
        .satisfies(
            refused -> {
              assertThat(refused.summary())
                  .isEqualTo(
                      "REFUSED APPROVER_IS_REQUESTER: alice: approve expand "
                          + rollout.expandDigest().substring(0, 12)
                          + ": it is mine");
              assertThat(refused.input().get(2).asText()).isEqualTo(rollout.expandDigest());
              assertThat(refused.input().get(3).path("principal").asText()).isEqualTo("alice");
              assertThat(refused.input().get(3).path("reason").asText()).isEqualTo("it is mine");
            });
  }

  private static void approved(RecordedStory.Ran approval, String gate, String digest) {
    assertThat(approval.summary())
        .isEqualTo("bob: approve " + gate + " " + digest.substring(0, 12) + ": looked at it");
    JsonNode said = approval.input().get(1);
    assertThat(said.path("digest").asText()).isEqualTo(digest);
    assertThat(said.path("by").path("principal").asText()).isEqualTo("bob");
    assertThat(said.path("by").path("reason").asText()).isEqualTo("looked at it");
  }

  @Test
  void question3WhatWasVerifiedWithWhatResult() {
    // Before the gate and right before the crossing, twice each.
    assertThat(story.ran("Verify")).hasSize(4);
    for (JsonNode facts : facts("Verify")) {
      assertThat(facts.path("mismatches").asLong(-1)).isZero();
      assertThat(facts.path("rows").path("public.checks").asLong()).isGreaterThanOrEqualTo(20_000);
      assertThat(facts.path("invariants").toString()).contains("every-check-has-a-claim");
    }
    assertThat(facts("Rehearse").getFirst().path("checks")).isNotEmpty();
    assertThat(facts("Smoke")).allSatisfy(smoke -> assertThat(smoke.path("failed")).isEmpty());
  }

  @Test
  void question4HowLongClientsWereBlockedAtCutoverAndRollback() {
    assertThat(facts("Cutover")).hasSize(2);
    assertThat(facts("Rollback")).hasSize(1);
    JsonNode behind = facts("Cutover").getFirst().path("blocked");
    assertThat(behind.path("attempts").asInt()).isGreaterThan(1);
    assertThat(behind.path("waitedFor").path("named").toString()).contains("nightly-report");
    for (String crossing : List.of("Cutover", "Rollback")) {
      for (JsonNode facts : facts(crossing)) {
        JsonNode blocked = facts.path("blocked");
        assertThat(blocked.path("attempts").asInt()).isPositive();
        assertThat(blocked.path("atMostMs").asDouble()).isPositive();
        assertThat(blocked.path("locksMs").asDouble()).isPositive();
        assertThat(blocked.path("commitTimed").asBoolean()).isTrue();
        assertThat(blocked.path("waitedFor").path("count").isInt()).isTrue();
        assertThat(blocked.path("ended").path("count").asInt(-1)).isZero();
      }
    }
  }

  @Test
  void question5HowManyRowsWereMovedInHowManyBatches() {
    JsonNode facts = facts("Backfill").getFirst();
    assertThat(facts.path("rows").path("public.checks").asLong()).isGreaterThanOrEqualTo(20_000);
    long rows = 0;
    long batches = 0;
    for (JsonNode moved : facts.path("moved")) {
      rows += moved.path("rows").asLong();
      batches += moved.path("batches").asLong();
      assertThat(moved.path("seconds").asDouble()).isPositive();
      assertThat(moved.path("rowsPerSecond").asDouble()).isPositive();
    }
    assertThat(rows + " " + batches).isEqualTo(rollout.backfilled());
  }

  @Test
  void question6WhenAndWhyItWasThrottled() {
    JsonNode held = null;
    for (JsonNode reason : facts("Backfill").getFirst().path("throttled")) {
      held = reason.path("reason").asText().contains("throttle query") ? reason : held;
    }
    assertThat(held).isNotNull();
    assertThat(held.path("times").asInt()).isPositive();
    assertThat(held.path("seconds").asDouble()).isPositive();
    assertThat(Instant.parse(held.path("last").asText()))
        .isAfter(Instant.parse(held.path("first").asText()));
    assertThat(story.ran("Throttle"))
        .singleElement()
        .satisfies(
            order ->
                assertThat(order.summary())
                    .isEqualTo("alice: throttle to 1000000 rows/s: not faster than this"));
  }

  @Test
  void question7WhenWhyAndByWhomItWasRolledBack() {
    assertThat(story.ran("RecordOrder"))
        .singleElement()
        .satisfies(
            order -> {
              assertThat(order.summary()).isEqualTo("bob: rollback: to see that it works");
              assertThat(order.input().get(2).path("reason").asText())
                  .isEqualTo("to see that it works");
            });
    assertThat(story.ran("Rollback"))
        .singleElement()
        .satisfies(
            back -> {
              assertThat(back.summary())
                  .isEqualTo("roll back to legacy: bob: to see that it works");
              assertThat(back.at()).isAfterOrEqualTo(story.ran("RecordOrder").getFirst().at());
            });
  }

  @Test
  void question8WhereTheBackupIs() {
    JsonNode backup = facts("Backup").getFirst();
    assertThat(backup.path("location").asText())
        .startsWith("s3://")
        .contains(rollout.launch().rollout())
        .endsWith(backup.path("key").asText());
    assertThat(backup.path("digest").asText()).matches("[0-9a-f]{64}");
  }

  @Test
  void question9WhichBundleRan() {
    assertThat(story.memo("bundle").asText()).isEqualTo(rollout.launch().bundle());
    assertThat(story.input().path("bundle").asText()).isEqualTo(rollout.launch().bundle());
    assertThat(story.ran("Backup").getFirst().input().getFirst().path("bundle").asText())
        .isEqualTo(rollout.launch().bundle());
  }

  @Test
  void question10WhichVersionsAndWorkersTookPart() {
    assertThat(story.memo("version").asText()).isEqualTo(Tool.VERSION);
    List<RecordedStory.Ran> phases =
        story.ran().stream().filter(ran -> ran.result().has("facts")).toList();
    assertThat(phases)
        .extracting(RecordedStory.Ran::type)
        .contains("Preflight", "Backup", "Clone", "Rehearse", "Expand", "DualWrite", "Backfill")
        .contains("Verify", "Cutover", "Smoke", "Watch", "Rollback");
    assertThat(phases)
        .allSatisfy(
            ran -> {
              assertThat(ran.result().path("version").asText()).isEqualTo(Tool.VERSION);
              assertThat(ran.result().path("worker").asText())
                  .isEqualTo(ran.identity())
                  .isEqualTo(TemporalConnection.identity());
            });
  }

  private List<JsonNode> facts(String phase) {
    return story.ran(phase).stream().map(ran -> ran.result().path("facts")).toList();
  }
}
