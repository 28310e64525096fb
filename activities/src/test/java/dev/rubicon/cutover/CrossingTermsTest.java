package dev.rubicon.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.Touch.Kind;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What holds at the approval must hold at the moment of the crossing; else nothing is committed.
 */
@Turn
@Timeout(300)
@Tag("slow")
class CrossingTermsTest {

  private static CrossingTerms until(Instant end) {
    return new CrossingTerms(Optional.empty(), Optional.empty(), Optional.of(end));
  }

  private static CrossingTerms approved(Facts.Verify facts) {
    return new CrossingTerms(Optional.empty(), Optional.of(facts.fingerprint()), Optional.empty());
  }

  private static Facts.Verify verified(Bench bench) {
    bench.install();
    bench.backfill();
    return bench.verify();
  }

  private static void refused(Bench bench, ThrowingCallable work, ErrorCode code) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              assertThat(e.code().retryable()).isFalse();
            });
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isNotEqualTo("CUT_OVER");
  }

  /** Runs the cutover while a reader keeps it waiting, and does something meanwhile. */
  private static void whileItWaits(Bench bench, CrossingTerms terms, Runnable meanwhile)
      throws Exception {
    CompletableFuture<Facts.Cutover> crossing;
    try (var reader = bench.connect("pg_dump");
        var statement = reader.createStatement()) {
      statement.execute("BEGIN; SELECT count(*) FROM t");
      crossing = CompletableFuture.supplyAsync(() -> bench.cutover(terms));
      Bench.until(
          () -> crossing.isDone() || bench.notes.stream().anyMatch(n -> n.contains("pg_dump")));
      meanwhile.run();
      statement.execute("COMMIT");
    }
    try {
      crossing.get();
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theWindowEndsWhileTheCutoverWaitsForItsLock(Kind kind) throws Exception {
    Bench bench = kind.bench();
    verified(bench);
    Instant end = Instant.now().plusSeconds(2);
    refused(
        bench,
        () -> whileItWaits(bench, until(end), () -> Bench.until(() -> Instant.now().isAfter(end))),
        ErrorCode.WINDOW_CLOSED);
    refused(bench, () -> bench.cutover(until(end)), ErrorCode.WINDOW_CLOSED);
    bench.cutover(until(Instant.now().plusSeconds(300)));
    // It has happened: a second look at the terms would be too late.
    bench.cutover(until(end));
  }

  /** The lock was had in time, the post-condition took too long. */
  @Test
  void theWindowEndsRightBeforeTheCommit() {
    Bench bench = Kind.IN_PLACE.bench();
    verified(bench);
    bench.cutover =
        "budget: 30s, post-conditions: [{name: slow, sql: SELECT 1 FROM pg_sleep(3) s WHERE s::text"
            + " = 'x'}]";
    refused(
        bench, () -> bench.cutover(until(Instant.now().plusMillis(2500))), ErrorCode.WINDOW_CLOSED);
    assertThat(bench.one("SELECT cut_over_at IS NULL FROM rubicon.state")).isEqualTo("t");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theTargetIsAnotherThanTheApprovedOne(Kind kind) throws Exception {
    Bench bench = kind.bench();
    CrossingTerms first = approved(verified(bench));
    bench.run("CREATE TABLE between (a int)");
    refused(bench, () -> bench.cutover(first), ErrorCode.TARGET_CHANGED);
    CrossingTerms second = approved(bench.verify());
    refused(
        bench,
        () -> whileItWaits(bench, second, () -> bench.run("ALTER TABLE between ADD b int")),
        ErrorCode.TARGET_CHANGED);
    bench.cutover(approved(bench.verify()));
  }

  /** Its rows were not compared. It must not keep the rollout from ever crossing, either. */
  @Test
  void aPartitionThatCameSinceTheVerification() {
    Bench bench = Kind.PARTITIONED.bench();
    CrossingTerms terms = approved(verified(bench));
    bench.run(
        "CREATE TABLE t_more (id int PRIMARY KEY, old text)",
        "INSERT INTO t_more VALUES (1001, 'never compared')",
        "ALTER TABLE t ATTACH PARTITION t_more FOR VALUES FROM (1000) TO (2000)");
    refused(bench, () -> bench.cutover(terms), ErrorCode.TARGET_CHANGED);
    assertThatThrownBy(bench::verify).hasMessageContaining("canonical lacks 1");
    bench.run("DELETE FROM t WHERE id = 1001");
    CrossingTerms again = approved(bench.verify());
    bench.run("CREATE TABLE t_last PARTITION OF t FOR VALUES FROM (2000) TO (3000)");
    refused(bench, () -> bench.cutover(again), ErrorCode.TARGET_CHANGED);
    bench.cutover(approved(bench.verify()));
  }

  /** The whole schema is read before the lock; what is locked is looked at once more under it. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aColumnThatChangesBetweenTheLookAndTheLock(Kind kind) {
    Bench bench = kind.bench().allowChangesMeanwhile();
    CrossingTerms terms = approved(verified(bench));
    bench.atNextUpdate(
        "crossing", () -> bench.run("ALTER TABLE t ALTER COLUMN old SET DEFAULT 'x'"));
    refused(bench, () -> bench.cutover(terms), ErrorCode.TARGET_CHANGED);
    bench.cutover(approved(bench.verify()));
  }

  @Test
  void nothingCrossesThatWasNotSeenToAgreeSince() {
    Bench bench = Kind.SHADOW.bench();
    bench.toVerified();
    bench.cutover();
    bench.rollback();
    refused(bench, bench::cutover, ErrorCode.GATE_NOT_OPEN);
    bench.verify();
    bench.cutover();
  }

  @Test
  void aTransactionOlderThanTheCopyHoldsItOnlyUpToTheEndOfTheWindow() throws Exception {
    Bench bench = Kind.SHADOW.bench();
    bench.install();
    try (var old = bench.connect("nightly-report");
        var statement = old.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
      bench.backfill();
      bench.verify();
      refused(
          bench,
          () -> bench.cutover(until(Instant.now().plusMillis(1500))),
          ErrorCode.WINDOW_CLOSED);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whoeverStopsItBeforeTheCommitFindsNothingCommitted(Kind kind) {
    Bench bench = kind.bench();
    CrossingTerms terms = approved(verified(bench));
    int stopped = 0;
    for (int asks = 0; ; asks++) {
      bench.untilCancelled.set(asks);
      try {
        bench.cutover(terms);
        break;
      } catch (Progress.PhaseCancelled e) {
        stopped++;
        assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("VERIFIED");
      }
    }
    // Before the only attempt, and right before its commit.
    assertThat(stopped).isGreaterThanOrEqualTo(2);
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("CUT_OVER");
  }

  @Test
  void nothingCrossesWhileTheRolloutIsPaused() throws Exception {
    Bench bench = Kind.IN_PLACE.bench();
    verified(bench);
    bench.control = new Progress.Control(true, 0);
    var crossing = CompletableFuture.supplyAsync(bench::cutover);
    Bench.until(() -> bench.notes.contains("paused"));
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("VERIFIED");
    bench.control = Progress.Control.NONE;
    crossing.get();
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("CUT_OVER");
  }
}
