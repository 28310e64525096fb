package dev.rubicon.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a worker leaves behind on a target when it stops being run without being ended. */
class FrozenPredecessorTest {
  private final Bench bench =
      new Bench("CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t VALUES (1, 0)");
  private final PhaseContext context = bench.context(Phase.BACKFILL);

  @Test
  void theSuccessorEndsItsSessionsAndNobodyElses() throws Exception {
    String rollout = context.input().rollout();
    try (Connection lease = bench.connect("rubicon/backfill/" + rollout);
        Connection batch = bench.connect("rubicon/backfill/" + rollout);
        Connection idle = bench.connect("rubicon/cutover/" + rollout);
        Connection control = bench.connect("rubicon/control/" + rollout);
        Connection other = bench.connect("rubicon/backfill/another-rollout");
        Connection client = bench.connect("client");
        PgSession ours = context.open(SessionLimits.SHORT)) {
      execute(lease, "SELECT pg_advisory_lock(" + 0x5255_4249_434f_4eL + ")");
      execute(batch, "BEGIN; UPDATE t SET n = 1");
      execute(control, "BEGIN; SELECT count(*) FROM t");
      try (TargetLock lock = TargetLock.acquire(context)) {
        lock.check();
        assertThat(alive(batch)).isFalse();
        assertThat(alive(idle)).as("it could begin something when it wakes").isFalse();
        assertThat(alive(control)).as("a decision that is being recorded").isTrue();
        assertThat(alive(other)).isTrue();
        assertThat(alive(client)).isTrue();
        assertThat(ours.value("SELECT 'alive'")).isEqualTo("alive");
        bench.run("SET lock_timeout = '1s'; UPDATE t SET n = 2 WHERE id = 1");
      }
    }
    assertThat(bench.one("SELECT n FROM t")).isEqualTo("2");
    assertThat(bench.evidence.has(Phase.BACKFILL, LockEvidence.ENDED_SESSIONS)).isTrue();
  }

  @Test
  void whoSatIdleInATransactionIsEndedWithinTenSeconds() {
    try (PgSession session = context.open(SessionLimits.SCAN)) {
      assertThat(
              session.value(
                  "SELECT setting::int <= 10000 AND setting::int > 0 FROM pg_settings"
                      + " WHERE name = 'idle_in_transaction_session_timeout'"))
          .isEqualTo("t");
      session.execute("SET idle_in_transaction_session_timeout = 1");
      session.execute("BEGIN");
      Bench.until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                          + " AND application_name LIKE 'rubicon/%'")
                  .equals("0"));
      assertThatThrownBy(() -> session.value("SELECT 1"))
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_LOST));
    }
  }

  @Test
  void whoWasSilentForLongerThanItsLeaseKnowsThatItIsOver() throws Exception {
    try (TargetLock lock = TargetLock.acquire(context, Duration.ofSeconds(1))) {
      lock.check();
      lock.silentFor(Duration.ofSeconds(11));
      assertThatThrownBy(lock::check)
          .isInstanceOfSatisfying(
              RubiconException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_LOST));
    }
  }

  @Test
  void aDecisionsSessionIsNoPhases() {
    assertThat(SessionTag.ofControl("r-1", Phase.CUTOVER).applicationName())
        .isEqualTo("rubicon/control/r-1");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean alive(Connection connection) throws SQLException {
    return connection.isValid(5);
  }
}
