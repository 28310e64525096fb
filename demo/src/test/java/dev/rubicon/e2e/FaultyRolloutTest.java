package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.backup.TakeBackup;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.FaultProxy;
import dev.rubicon.stack.FaultProxy.Fault;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The object store stumbles in mid-upload, the clones' disk is full, their server goes away: a
 * rollout says so by its code, touches nothing, and goes on by itself once the trouble is over.
 */
@Turn(1)
@Tag("kill")
@Timeout(300)
@LocalServer("it stops the staging server and fills its disk")
final class FaultyRolloutTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Predicate<FaultProxy.Request> PART =
      r -> r.method().equals("PUT") && r.path().contains("partNumber=");

  private static FaultProxy proxy;

  @Test
  void theRolloutOutlastsItsSurroundings() {
    try (var staging = SmallStaging.start();
        var site =
            TestSite.start(
                3_000,
                TemporalChoice.IN_PROCESS,
                staging::of,
                (stack, text) -> {
                  proxy = FaultProxy.before(stack.s3().endpoint());
                  return text.replace(
                      stack.s3().endpoint().toString(), proxy.endpoint().toString());
                });
        var worker = WorkerProcess.start(site.config, false);
        var closing = proxy) {
      assertThat(worker.url()).isEmpty();
      assertThat(closing.endpoint()).isEqualTo(site.config.objectStore().endpoint().orElseThrow());
      String before = site.fingerprint();
      PhasePin.prepare(site);
      proxy.inject(1, new Fault.Answer(500), PART);
      proxy.inject(1, new Fault.Answer(503), PART);
      proxy.inject(1, new Fault.BreakRequest(10_000), PART);

      boolean small;
      try (PhasePin backup = PhasePin.on(site, Phase.BACKUP)) {
        site.launch(site.checksCanonical("2s"));
        backup.awaitRunning(1, Instant.EPOCH);
        small = staging.fill();
      }
      if (small) {
        awaitFailure(site, Phase.CLONE, ErrorCode.DISK_FULL);
        assertThat(site.fingerprint()).isEqualTo(before);
      } else {
        System.out.println("not run: the full disk: only root can mount a small file system");
      }
      // It goes away while its disk is full, and comes back with room.
      staging.server().crash();
      if (small) {
        awaitFailure(site, Phase.CLONE, ErrorCode.STAGING_UNREACHABLE);
      }
      staging.free();
      try (PhasePin rehearse = PhasePin.on(site, Phase.REHEARSE)) {
        staging.server().restart();
        rehearse.awaitRunning(1, Instant.EPOCH);
        staging.server().crash();
        awaitFailure(site, Phase.REHEARSE, ErrorCode.STAGING_UNREACHABLE);
        assertThat(site.fingerprint()).isEqualTo(before);
        staging.server().restart();
      }
      site.signOffsAndGate(Runbook.Gate.EXPAND);
      theUploadFailedThriceAndTheBackupIsWhole(site);

      site.approve(Runbook.Gate.EXPAND);
      site.approve(Runbook.Gate.CUTOVER);
      site.awaitOutcome(RolloutStatus.State.COMPLETED, PATIENCE);
      assertThat(site.deployer.build()).isEqualTo("new");
    }
  }

  /** The clone, which has been compared with its manifest row by row, is of this backup. */
  private static void theUploadFailedThriceAndTheBackupIsWhole(TestSite site) {
    assertThat(proxy.seen().stream().filter(PART)).as("three failed, one arrived").hasSize(4);
    String rollout = site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow().id();
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      assertThat(store.keys("backups/prod/" + rollout)).hasSize(3);
      assertThat(store.orphans("backups/")).isEmpty();
    }
    assertThat(site.rollouts.ledger().evidenceOf(rollout, Phase.BACKUP, TakeBackup.EVIDENCE))
        .hasValueSatisfying(taken -> assertThat(taken.attempts()).isOne());
    assertThat(site.rollouts.ledger().evidenceOf(rollout, Phase.CLONE, GoldenClone.RESTORED))
        .hasValueSatisfying(restored -> assertThat(restored.rows()).isGreaterThan(3_000));
  }

  /** What {@code rubicon status} shows of an activity that is being retried. */
  private static void awaitFailure(TestSite site, Phase phase, ErrorCode code) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (site.rollouts.live(TestSite.TARGET).stream()
        .noneMatch(
            live ->
                live.of(phase)
                    && live.lastFailure().filter(why -> why.startsWith(code + ": ")).isPresent())) {
      assertThat(Instant.now())
          .as(code + " in " + phase + ": " + site.rollouts.live(TestSite.TARGET))
          .isBefore(deadline);
      TestSite.pause();
    }
  }
}
