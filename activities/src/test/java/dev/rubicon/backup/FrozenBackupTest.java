package dev.rubicon.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A backup whose worker stands still: its snapshot would stay open for as long. */
class FrozenBackupTest {
  private static final Duration LIMIT = Duration.ofHours(1);
  private static final String LOCK = "SELECT pg_advisory_lock(" + 0x52_75_62_42_61_63_6bL + ")";

  private final Bench bench = new Bench("CREATE TABLE t (id int PRIMARY KEY)");
  private final PhaseContext context = bench.context(Phase.BACKUP);

  @Test
  void theNextAttemptEndsItsTransactionAndTakesASnapshotOfItsOwn() throws Exception {
    try (Connection frozen = holder("rubicon/backup/" + context.input().rollout());
        SnapshotHolder next = SnapshotHolder.lock(context, LIMIT)) {
      assertThat(frozen.isValid(5)).isFalse();
      next.begin();
      assertThat(next.end().transactions()).isNotNegative();
    }
  }

  /** The server ends an idle transaction by itself, and not pg_dump, which waits for its reader. */
  @Test
  void whatPgDumpHasOpenIsEndedEvenWhereTheLockIsFree() throws Exception {
    try (Connection dump = open("rubicon/backup/" + context.input().rollout());
        SnapshotHolder _ = SnapshotHolder.lock(context, LIMIT)) {
      assertThat(dump.isValid(5)).isFalse();
    }
  }

  @Test
  void anotherRolloutsBackupIsLeftAlone() throws Exception {
    try (Connection other = holder("rubicon/backup/another-rollout")) {
      assertThatThrownBy(() -> SnapshotHolder.lock(context, LIMIT))
          .isInstanceOfSatisfying(
              RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_BUSY));
      assertThat(other.isValid(5)).isTrue();
    }
  }

  private Connection holder(String name) throws SQLException {
    Connection connection = open(name);
    try (var statement = connection.createStatement()) {
      statement.execute(LOCK);
    }
    return connection;
  }

  private Connection open(String name) throws SQLException {
    Connection connection = bench.connect(name);
    try (var statement = connection.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT count(*) FROM t");
    }
    return connection;
  }
}
