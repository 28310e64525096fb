package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.client.Launch;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * A rollout of checks-canonical in which everything happens that an audit asks about: an approval
 * that is refused, a backfill that is held back, a crossing behind a client's lock, the way back,
 * and a second crossing.
 *
 * @param backfilled rows and batches, as the target has them
 */
record AuditedRollout(Launch launch, String expandDigest, String cutoverDigest, String backfilled) {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String BRAKE =
      "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'brake')";

  /** Needs a worker; traffic may go on meanwhile. */
  static AuditedRollout complete(TestSite site) throws SQLException {
    Launch launch = launch(site);
    site.signOffAll();
    String expand = site.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    RealSite.refused(
        ErrorCode.APPROVER_IS_REQUESTER,
        () ->
            site.rollouts.approve(
                TestSite.TARGET, Runbook.Gate.EXPAND, expand, TestSite.ALICE, "it is mine"));
    assertThat(site.rollouts.ledger().decisions().approvals(launch.rollout()))
        .singleElement()
        .satisfies(
            refused -> {
              assertThat(refused.granted()).isFalse();
              assertThat(refused.principal()).isEqualTo("alice");
              assertThat(refused.reason()).isEqualTo("it is mine");
            });
    backfill(site);
    String cutover = site.awaitGate(Runbook.Gate.CUTOVER).digest().orElseThrow();
    String backfilled =
        site.ask("heretix", "SELECT sum(rows) || ' ' || count(*) FROM rubicon.backfill_batch");
    crossBehindAClient(site);
    assertThat(site.deployer.build()).isEqualTo("new");

    site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "to see that it works");
    site.awaitGate(Runbook.Gate.CUTOVER);
    assertThat(site.deployer.build()).isEqualTo("old");
    site.approve(Runbook.Gate.CUTOVER);
    site.awaitOutcome(RolloutStatus.State.COMPLETED, PATIENCE);
    assertThat(site.deployer.build()).isEqualTo("new");
    return new AuditedRollout(launch, expand, cutover, backfilled);
  }

  private static Launch launch(TestSite site) {
    return site.launch(runbook(site));
  }

  /** A folder with what is launched. */
  static Path runbook(TestSite site) {
    return site.runbook(
        "checks-canonical",
        Map.of(
            "duration: 24h",
            "duration: 20s",
            "every: 30s",
            "every: 1s",
            "quiet-period: 7d",
            "quiet-period: 1s",
            "throttle: {max-replication-lag: 10s}",
            "throttle: {max-replication-lag: 10s, query: \"" + BRAKE + "\"}"));
  }

  /** Held back by the runbook's query, and then by a limit that never bites. */
  private static void backfill(TestSite site) throws SQLException {
    try (var connection = site.superuser("heretix");
        var brake = connection.createStatement()) {
      brake.execute("CREATE SCHEMA brake");
      site.approve(Runbook.Gate.EXPAND);
      site.await("the brake", PATIENCE, s -> notes(site, s, "throttle query"));
      site.rollouts.throttle(TestSite.TARGET, 1_000_000, TestSite.ALICE, "not faster than this");
      brake.execute("DROP SCHEMA brake");
    }
  }

  private static void crossBehindAClient(TestSite site) throws SQLException {
    try (var connection = site.database.connect("nightly-report");
        var client = connection.createStatement()) {
      client.execute("BEGIN; SELECT count(*) FROM public.checks");
      site.approve(Runbook.Gate.CUTOVER);
      site.await("the client's lock", PATIENCE, s -> notes(site, s, "nightly-report"));
      client.execute("COMMIT");
    }
    site.await("watch", PATIENCE, s -> s.phase() == Phase.WATCH);
  }

  /** Whether the phase that runs says so. */
  private static boolean notes(TestSite site, RolloutStatus status, String what) {
    return site.rollouts.ledger().phases().progressOf(status.rollout()).stream()
        .anyMatch(progress -> progress.note().contains(what));
  }
}
