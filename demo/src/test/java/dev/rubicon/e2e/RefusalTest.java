package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.restore.Restore;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** What policy refuses at the gate of a real rollout; the target stays what it was. */
@Turn(4)
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RefusalTest {
  private static TestSite site;
  private static WorkerProcess worker;
  private static String before;
  private static String waiting;

  @BeforeAll
  static void waitAtTheFirstGate() {
    site = TestSite.start(1_000, TemporalChoice.IN_PROCESS);
    worker = WorkerProcess.start(site.config, false);
    before = site.fingerprint();
    site.launch(site.checksCanonical("2s"));
    waiting = site.signOffsAndGate(Runbook.Gate.EXPAND).digest().orElseThrow();
  }

  @AfterAll
  static void end() {
    worker.close();
    site.close();
  }

  @Test
  @Order(1)
  void anotherDigestIsNoApproval() {
    refused(
        ErrorCode.DIGEST_MISMATCH,
        () ->
            site.rollouts.approve(
                TestSite.TARGET, Runbook.Gate.EXPAND, "0".repeat(64), TestSite.BOB, "blindly"));
  }

  @Test
  @Order(2)
  void whoLaunchedDoesNotApprove() {
    refused(
        ErrorCode.APPROVER_IS_REQUESTER,
        () ->
            site.rollouts.approve(
                TestSite.TARGET, Runbook.Gate.EXPAND, waiting, TestSite.ALICE, "my own"));
  }

  @Test
  @Order(3)
  void aGateThatIsNotOpenIsNotApproved() {
    refused(
        ErrorCode.GATE_NOT_OPEN,
        () ->
            site.rollouts.approve(
                TestSite.TARGET, Runbook.Gate.CUTOVER, waiting, TestSite.BOB, "early"));
  }

  @Test
  @Order(4)
  void aSecondLaunchOnTheSameTarget() {
    refused(ErrorCode.ROLLOUT_ALREADY_RUNNING, () -> site.launch(site.checksCanonical("3s")));
  }

  @Test
  @Order(5)
  void rollbackBeforeTheCrossing() {
    refused(
        ErrorCode.ROLLBACK_IMPOSSIBLE,
        () -> site.rollouts.rollback(TestSite.TARGET, TestSite.BOB, "too early"));
  }

  @Test
  @Order(6)
  void aFlippedByteInTheBackup() throws IOException {
    Path dump = object("dump");
    byte[] good = Files.readAllBytes(dump);
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;
    // In place: what S3Proxy knows of the object stands in the file's attributes.
    Files.write(dump, bad, StandardOpenOption.WRITE);
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      var restore = new Restore(store, site.config);
      String manifest = restore.manifests(TestSite.TARGET).getFirst();
      refused(
          ErrorCode.BACKUP_CORRUPT,
          () ->
              restore.run(
                  manifest,
                  site.config.target(TestSite.TARGET),
                  "heretix_restored",
                  new SessionTag("test", Phase.BACKUP),
                  Progress.NONE));
      assertThat(
              site.ask(
                  "postgres",
                  "SELECT count(*) FROM pg_database WHERE datname = 'heretix_restored'"))
          .isEqualTo("0");
    } finally {
      Files.write(dump, good, StandardOpenOption.WRITE);
    }
  }

  @Test
  @Order(7)
  void aTargetThatChangedUnderneathIsPlannedAnew() throws SQLException {
    execute("ALTER TABLE public.users ADD COLUMN by_hand integer");
    String changed = site.fingerprint();
    var refusal =
        catchThrowableOfType(
            RubiconException.class,
            () ->
                site.rollouts.approve(
                    TestSite.TARGET,
                    Runbook.Gate.EXPAND,
                    waiting,
                    TestSite.BOB,
                    "as it was shown"));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isIn(ErrorCode.TARGET_CHANGED, ErrorCode.APPROVAL_VOID);
    assertThat(refusal.next()).isNotBlank();
    assertThat(site.fingerprint()).isEqualTo(changed);
    assertThat(installed()).isFalse();
    // What was shown is void: another digest waits, for another target.
    site.await(
        "the new plan",
        Duration.ofMinutes(2),
        s ->
            s.round() == 2
                && s.waitingFor().isPresent()
                && s.digest().filter(digest -> !digest.equals(waiting)).isPresent());
    assertThat(site.fingerprint()).isEqualTo(changed);
    site.rollouts.abort(TestSite.TARGET, TestSite.BOB, "not this target");
    site.awaitOutcome(RolloutStatus.State.ABORTED, Duration.ofMinutes(1));
    assertThat(site.fingerprint()).isEqualTo(changed);
    execute("ALTER TABLE public.users DROP COLUMN by_hand");
    assertThat(site.fingerprint()).isEqualTo(before);
  }

  @Test
  @Order(8)
  void aHazardThatTheRunbookDoesNotAllow() throws IOException {
    Path runbook = site.checksCanonical("2s");
    Path first = runbook.resolve("expand/V1__anonymous_usage_and_new_columns.sql");
    Files.writeString(
        first,
        Files.readString(first)
            + "\nALTER TABLE public.checks ADD CONSTRAINT ck_positive CHECK (id > 0);\n");
    site.launch(runbook);
    site.awaitOutcome(RolloutStatus.State.FAILED, Duration.ofMinutes(1));
    assertThat(site.rollouts.ledger().latestFor(TestSite.TARGET).orElseThrow().outcome())
        .contains(ErrorCode.HAZARD_NOT_ALLOWED.name());
    assertThat(site.fingerprint()).isEqualTo(before);
    assertThat(installed()).isFalse();
  }

  private static void refused(ErrorCode code, ThrowingCallable what) {
    var refusal = catchThrowableOfType(RubiconException.class, what);
    assertThat(refusal).as("a refusal with " + code).isNotNull();
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.getMessage()).isNotBlank();
    assertThat(refusal.next()).isNotBlank();
    assertThat(site.fingerprint()).isEqualTo(before);
    assertThat(installed()).isFalse();
  }

  private static boolean installed() {
    return site.ask("heretix", "SELECT to_regnamespace('rubicon') IS NOT NULL").equals("t");
  }

  private static void execute(String sql) throws SQLException {
    try (var connection = site.superuser("heretix");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Path object(String name) throws IOException {
    try (var files = Files.walk(site.stack.s3().folder())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(name))
          .findFirst()
          .orElseThrow();
    }
  }
}
