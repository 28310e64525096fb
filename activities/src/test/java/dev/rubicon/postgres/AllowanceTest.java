package dev.rubicon.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.backup.ChildTool;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.SharedPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What rubicon.yaml lets Rubicon's sessions take of a target. */
@Timeout(60)
class AllowanceTest {
  private static final SessionTag TAG = new SessionTag("allowance", Phase.PREFLIGHT);

  @Test
  void oneSessionMoreWaitsUntilOneIsClosedAndNoStatementMayRunLonger() throws Exception {
    var server = SharedPostgres.server();
    var target =
        new Target(
            "test",
            server.jdbcUrl("postgres"),
            server.superuser(),
            new Secret(server.password()),
            Map.of(),
            new Allowance(1, Optional.of(4), Optional.of(Duration.ofSeconds(45))));
    var open = new ArrayList<PgSession>();
    for (int i = 0; i < 4; i++) {
      open.add(PgSession.open(target, TAG, SessionLimits.SCAN));
    }
    var thread = new CompletableFuture<Thread>();
    var fifth =
        CompletableFuture.supplyAsync(
            () -> {
              thread.complete(Thread.currentThread());
              return PgSession.open(target, TAG, SessionLimits.SHORT);
            });
    while (thread.get().getState() != Thread.State.TIMED_WAITING) {
      LockSupport.parkNanos(2_000_000);
    }
    assertThat(fifth).isNotDone();
    PgSession first = open.removeFirst();
    assertThat(first.value("SHOW statement_timeout")).isEqualTo("45s");
    first.limits(SessionLimits.OWN_DATABASE);
    assertThat(first.value("SHOW statement_timeout")).isEqualTo("45s");
    first.close();
    first.close();
    open.add(fifth.get(30, TimeUnit.SECONDS));
    assertThat(open.getLast().value("SHOW statement_timeout"))
        .as("a shorter limit of its own stays")
        .isEqualTo("30s");
    open.forEach(PgSession::close);
    assertThat(target.allowance().parallel(16)).isEqualTo(1);
    assertThat(Allowance.UNLIMITED.parallel(16)).isEqualTo(16);
  }

  @Test
  void thePgDumpThatIsStartedIsOneOfThem() throws Exception {
    var server = SharedPostgres.server();
    var target =
        new Target(
            "dumped",
            server.jdbcUrl("template1"),
            server.superuser(),
            new Secret(server.password()),
            Map.of(),
            new Allowance(1, Optional.of(4), Optional.empty()));
    // Stands for pg_dump, which would be through too soon.
    var child = ChildTool.start(List.of("sleep", "60"), target, TAG);
    var open = new ArrayList<PgSession>();
    for (int i = 0; i < 3; i++) {
      open.add(PgSession.open(target, TAG, SessionLimits.SHORT));
    }
    var thread = new CompletableFuture<Thread>();
    var fourth =
        CompletableFuture.supplyAsync(
            () -> {
              thread.complete(Thread.currentThread());
              return PgSession.open(target, TAG, SessionLimits.SHORT);
            });
    while (thread.get().getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    assertThat(fourth).isNotDone();
    child.close();
    child.close();
    open.add(fourth.get(30, TimeUnit.SECONDS));
    open.forEach(PgSession::close);
  }
}
