package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.notify.Notifier;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.watch.Watch;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Single partitions go, on either side; nothing comes back, nothing else goes. */
@Turn
@Tag("slow")
class PartitionsThatGoTest {
  /** Legacy in ranges, the second of them split further; canonical in four by hash. */
  private static Bench bench() {
    var bench =
        new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, old text, kept text) PARTITION BY RANGE (id)",
            "CREATE TABLE \"T low\" PARTITION OF t FOR VALUES FROM (0) TO (100)",
            "CREATE TABLE t_high PARTITION OF t FOR VALUES FROM (100) TO (1000)"
                + " PARTITION BY RANGE (id)",
            "CREATE TABLE t_high_a PARTITION OF t_high FOR VALUES FROM (100) TO (200)",
            "CREATE TABLE t_high_b PARTITION OF t_high FOR VALUES FROM (200) TO (1000)",
            "INSERT INTO t SELECT g, 'v' || g, 'k' FROM generate_series(1, 299) g");
    var up = new StringBuilder("CREATE TABLE u (id bigint PRIMARY KEY, new text)");
    up.append(" PARTITION BY HASH (id);\n");
    for (int i = 0; i < 4; i++) {
      up.append(
          "CREATE TABLE u_%d PARTITION OF u FOR VALUES WITH (MODULUS 4, REMAINDER %d);\n"
              .formatted(i, i));
    }
    bench.migration("V1__u.sql", up.toString());
    bench.migration("U1__u.sql", "DROP TABLE u;");
    return bench.shadow(
        "public.t",
        new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
        map("new", "", "old || '%'", Map.of("old", "rtrim(new, '%')")));
  }

  private static void bothHold(Bench bench, String ids) {
    String where = " WHERE " + ids;
    String wanted = bench.one("SELECT count(*) FROM generate_series(1, 299) id" + where);
    assertThat(bench.one("SELECT count(*) FROM t" + where)).isEqualTo(wanted);
    assertThat(bench.one("SELECT count(*) FROM t")).isEqualTo(wanted);
    assertThat(bench.one("SELECT count(*) FROM u" + where)).isEqualTo(wanted);
    assertThat(bench.one("SELECT count(*) FROM u")).isEqualTo(wanted);
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void legacysPartitions() {
    var bench = bench();
    bench.toVerified();
    bench.run("TRUNCATE \"T low\"");
    bothHold(bench, "id >= 100");
    bench.run("TRUNCATE t_high_b");
    bothHold(bench, "id BETWEEN 100 AND 199");
    // One that has partitions itself.
    bench.run("TRUNCATE t_high");
    bothHold(bench, "false");
  }

  @Test
  void beforeTheCopyHasCome() {
    var bench = bench();
    bench.install();
    bench.run("TRUNCATE t_high_a");
    assertThatThrownBy(() -> bench.run("TRUNCATE u_1")).hasMessageContaining("not filled yet");
    bench.backfill();
    bench.verify();
    bothHold(bench, "id < 100 OR id >= 200");
  }

  @Test
  void canonicalsPartitionsBeforeAndAfterTheCutover() {
    var bench = bench();
    bench.toVerified();
    String first = bench.one("SELECT string_agg(id::text, ',') FROM u_1");
    bench.run("TRUNCATE u_1");
    bothHold(bench, "id NOT IN (" + first + ")");
    bench.cutover();
    String second = bench.one("SELECT string_agg(id::text, ',') FROM u_2");
    bench.run("TRUNCATE u_2");
    bothHold(bench, "id NOT IN (" + first + "," + second + ")");
    bench.rollback();
    bothHold(bench, "id NOT IN (" + first + "," + second + ")");
  }

  @Test
  void theWholeIsTruncatedAtOnceAndAPartitionInTheSameTransaction() {
    var bench = bench();
    bench.toVerified();
    bench.run("BEGIN; SAVEPOINT s; TRUNCATE t; ROLLBACK TO s; TRUNCATE t_high_a; COMMIT");
    bothHold(bench, "id < 100 OR id >= 200");
    bench.run(
        """
        BEGIN; TRUNCATE u;
        INSERT INTO t SELECT g, 'again', 'k' FROM generate_series(1, 299) g;
        TRUNCATE "T low"; COMMIT
        """);
    bothHold(bench, "id >= 100");
    bench.run("TRUNCATE t");
    bothHold(bench, "false");
  }

  @Test
  void aSessionInReplicaRoleTruncatesToo() {
    var bench = bench();
    bench.toVerified();
    bench.run("SET session_replication_role = replica; TRUNCATE \"T low\"");
    bothHold(bench, "id >= 100");
  }

  /** Monthly partitions come all the time; the engine gives them their trigger when it comes by. */
  @Test
  void partitionsThatAreCreatedInTheMiddleOfARollout() {
    var bench = bench();
    String before = bench.fingerprint();
    bench.install();
    grow(bench, "t", "before_backfill", 1000);
    bench.backfill();
    truncateGrown(bench, "t", "before_backfill", 1000);
    grow(bench, "t", "before_verify", 2000);
    bench.verify();
    truncateGrown(bench, "t", "before_verify", 2000);
    grow(bench, "t", "before_cutover", 3000);
    bench.cutover();
    truncateGrown(bench, "t", "before_cutover", 3000);
    grow(bench, "t", "before_watch", 4000);
    watch(bench);
    truncateGrown(bench, "t", "before_watch", 4000);
    grow(bench, "t", "before_rollback", 5000);
    bench.rollback();
    truncateGrown(bench, "t", "before_rollback", 5000);
    bothHold(bench, "true");
    assertThat(bench.evidence.has(Phase.WATCH, LockEvidence.PARTITIONS_FOLLOWED)).isTrue();
    bench.run(
        "DROP TABLE before_backfill, before_verify, before_cutover, before_watch, before_rollback");
    grow(bench, "t", "before_abort", 6000);
    bench.run("DELETE FROM t WHERE id >= 1000");
    bench.verify();
    assertThat(bench.abort().others())
        .contains("added:table:public.before_abort", "added:table:public.before_abort_all");
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!rubicon%'"))
        .isEqualTo("0");
    bench.run("DROP TABLE before_abort");
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  /** With a partition of its own, as a partition may have. */
  private static void grow(Bench bench, String table, String partition, int from) {
    bench.run(
        "CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%d) TO (%d) PARTITION BY RANGE (id)"
            .formatted(partition, table, from, from + 1000),
        "CREATE TABLE %s_all PARTITION OF %s DEFAULT".formatted(partition, partition),
        "INSERT INTO t SELECT %d + g, 'v', 'k' FROM generate_series(1, 9) g".formatted(from));
  }

  private static void truncateGrown(Bench bench, String table, String partition, int from) {
    String there = "SELECT count(*) FROM u WHERE id BETWEEN %d AND %d".formatted(from, from + 1000);
    assertThat(bench.one(there)).isEqualTo("9");
    bench.run("TRUNCATE " + partition + "_all");
    assertThat(bench.one(there)).as("truncated: " + partition).isEqualTo("0");
  }

  private static void watch(Bench bench) {
    var watch = new Watch(bench.target(), new Notifier(Optional.empty()));
    assertThat(watch.run(bench.context(Phase.WATCH), Instant.now(), Optional.empty()).alerts())
        .isEmpty();
  }

  /** Its writers are not held off for long, and the watch goes on. */
  @Test
  void aNewPartitionThatSomebodyHoldsIsFollowedInALaterRound() throws Exception {
    var bench = bench();
    bench.toVerified();
    bench.cutover();
    grow(bench, "t", "busy", 1000);
    var watch = new Watch(bench.target(), new Notifier(Optional.empty()));
    Facts.Watch facts;
    try (var holder = bench.connect("holder");
        var statement = holder.createStatement()) {
      statement.execute("BEGIN; LOCK TABLE busy_all IN ROW EXCLUSIVE MODE");
      facts = watch.run(bench.context(Phase.WATCH), Instant.now(), Optional.empty());
      statement.execute("COMMIT");
    }
    assertThat(facts.alerts()).containsExactly("partitions-followed");
    watch(bench);
    truncateGrown(bench, "t", "busy", 1000);
    bothHold(bench, "true");
  }

  /** What retention jobs do to a canonical that was partitioned for them. */
  @Test
  void aPartitionThatWasDroppedSinceDoesNotComeBackUnasked() {
    var bench = bench();
    bench.toVerified();
    bench.cutover();
    String dropped = bench.one("SELECT string_agg(id::text, ',') FROM u_1");
    bench.run(
        "DROP TABLE u_1",
        "CREATE TABLE u_1b PARTITION OF u FOR VALUES WITH (MODULUS 4, REMAINDER 1)");
    assertThatThrownBy(bench::rollback)
        .hasMessageContaining("public.u lost partitions (u_1)")
        .hasMessageContaining(" rows that it lacks still stand in public.t")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.ROLLBACK_IMPOSSIBLE);
    bench.run("DELETE FROM t WHERE id IN (" + dropped + ")");
    bench.rollback();
    bothHold(bench, "id NOT IN (" + dropped + ")");
  }

  @Test
  void nothingStaysBehind() {
    var bench = bench();
    String before = bench.fingerprint();
    bench.toVerified();
    bench.abort();
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!rubicon%'"))
        .isEqualTo("0");
    assertThat(bench.fingerprint()).isEqualTo(before);
  }
}
