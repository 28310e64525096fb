package dev.rubicon.backfill;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.Primary;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.Standby;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.transition.Bench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A primary with few connections and a real streaming standby. */
@Timeout(180)
@LocalServer("it makes a standby")
class ReplicaLagTest {
  @TempDir static Path folder;
  private static LocalPostgres primary;
  private static Standby standby;

  @BeforeAll
  static void start() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    primary =
        LocalPostgres.start(
            folder.resolve("primary"),
            Map.of("max_connections", "12", "superuser_reserved_connections", "0"));
    standby = Standby.of(primary, folder.resolve("standby"), Map.of());
  }

  @AfterAll
  static void stop() {
    standby.close();
    primary.discard();
  }

  @Test
  void aReplicaThatLagsHoldsTheBackfillBackUntilItHasCaughtUp() throws Exception {
    Bench bench = bench("lagging", 20_000);
    bench.throttle = "{max-replication-lag: 500ms}";
    bench.batchTarget = "5ms";
    bench.install();
    standby.awaitReplayed();
    standby.pauseReplay();
    bench.control = new Progress.Control(false, 2_000);
    var backfill = CompletableFuture.supplyAsync(bench::backfill);
    Bench.until(() -> bench.notes.stream().anyMatch(n -> n.contains("a replica lags by more")));
    assertThat(backfill).isNotDone();
    bench.control = Progress.Control.NONE;
    standby.resumeReplay();
    assertThat(backfill.get(60, TimeUnit.SECONDS).rows()).containsEntry("public.t", 20_000L);
    assertThat(bench.evidence.get(Phase.BACKFILL, Throttle.EVIDENCE).toString())
        .contains("go=false", "a replica lags by more than 0.5 s", "go=true");
    bench.verify();
  }

  @Test
  void whereConnectionsAreShortItFillsWithFewerAndWhereThereAreNoneItSaysSo() throws Exception {
    Bench bench = bench("crowded", 2_000);
    bench.parallel = 16;
    bench.install();
    bench.backfill();
    assertThat(bench.evidence.get(Phase.BACKFILL, EvidenceNames.FEWER_SESSIONS).toString())
        .contains("of 16 sessions");
    bench.verify();

    var crowd = new ArrayList<PgSession>();
    try {
      assertThatThrownBy(
              () -> {
                while (true) {
                  crowd.add(bench.context(Phase.VERIFY).open(SessionLimits.SHORT));
                }
              })
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_CONNECTIONS);
                assertThat(e.code().retryable()).isTrue();
                assertThat(e.getMessage()).contains("'prod' gives no more connections", "53300");
              });
    } finally {
      crowd.forEach(PgSession::close);
    }
  }

  @Test
  void aHotStandbyIsRefusedByNameBeforeAnythingIsTouched() {
    Bench bench = bench("standing_by", 1);
    standby.awaitReplayed();
    var replica =
        new Target(
            "prod",
            standby.server().jdbcUrl("standing_by"),
            bench.target().user(),
            bench.target().password(),
            Map.of());
    for (Runnable refused :
        List.<Runnable>of(
            () -> {
              try (var session =
                  PgSession.open(
                      replica, new SessionTag("r", Phase.PREFLIGHT), SessionLimits.SHORT)) {
                Primary.require(session, "prod");
              }
            },
            () ->
                new Preflight(bench.target(), Optional.empty())
                    .run(bench.context(Phase.PREFLIGHT).on(replica)),
            () -> TargetLock.acquire(bench.context(Phase.EXPAND).on(replica)).close())) {
      assertThatThrownBy(refused::run)
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.TARGET_READ_ONLY);
                assertThat(e.getMessage()).contains("'prod' is a hot standby (in recovery)");
                assertThat(e.next()).contains("rubicon doctor");
              });
    }
  }

  private static Bench bench(String database, int rows) {
    new Bench(primary, "postgres", "CREATE DATABASE " + database);
    return new Bench(
            primary,
            database,
            "CREATE TABLE t (id int PRIMARY KEY, old text NOT NULL)",
            "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, " + rows + ") i")
        .transition("public.t", map("new", "text", "old", Map.of("old", "new")));
  }
}
