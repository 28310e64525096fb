package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.cutover.Crossed;
import dev.rubicon.doctor.Privileges;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollback.Returned;
import dev.rubicon.rollout.Blocked;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who keeps a crossing waiting for too long is ended, where the runbook says so. */
@Timeout(300)
@Tag("slow")
class TerminateBlockersTest {
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());

  private static Bench graced(Bench bench) {
    bench.cutover = "lock-timeout: 50ms, budget: 60s, terminate-blockers-after: 2s";
    return bench;
  }

  private static Bench table() {
    return new Bench(
        "CREATE TABLE t (id int PRIMARY KEY, old text)",
        "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 10) g");
  }

  private static String hold(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
      try (var rows = statement.executeQuery("SELECT pg_backend_pid()")) {
        rows.next();
        return rows.getString(1);
      }
    }
  }

  private static void isEnded(Connection connection) {
    assertThatThrownBy(() -> hold(connection, "SELECT 1"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P01", "08006"));
  }

  @Test
  void anOldTransactionIsEndedAndShortOnesAreNot() throws Exception {
    Bench bench =
        graced(table().transition("public.t", map("new", "text", "old", Map.of("old", "new"))));
    bench.toVerified();
    var stop = new AtomicBoolean();
    Thread client = Thread.ofPlatform().start(() -> write(bench, stop));
    for (String phase : List.of("cutover", "rollback")) {
      try (Connection holder = bench.connect("nightly-report")) {
        String pid = hold(holder, "BEGIN; SELECT count(*) FROM t");
        Blocked blocked =
            phase.equals("cutover") ? bench.cutover().blocked() : bench.rollback().blocked();
        assertThat(blocked.ended().named())
            .singleElement()
            .asString()
            .contains("pid " + pid, "nightly-report");
        List<LockLadder.Attempt> attempts =
            phase.equals("cutover")
                ? bench.evidence.get(Phase.CUTOVER, Crossed.EVIDENCE).attempts()
                : bench.evidence.get(Phase.ROLLBACK, Returned.EVIDENCE).attempts();
        assertThat(attempts.toString())
            .containsPattern("terminated=\\[Blocker\\[pid=" + pid + ", applicationName=nightly");
        isEnded(holder);
      }
    }
    stop.set(true);
    client.join();
    assertThat(errors).isEmpty();
    assertThat(bench.verify().mismatches()).isZero();
  }

  private void write(Bench bench, AtomicBoolean stop) {
    try (Connection connection = bench.connect("client");
        var update = connection.prepareStatement("UPDATE t SET old = old || '.' WHERE id = 1")) {
      while (!stop.get()) {
        update.executeUpdate();
      }
    } catch (SQLException e) {
      errors.add(e.toString());
    }
  }

  @Test
  void aTransactionOlderThanTheCopyIsEndedToo() throws Exception {
    Bench bench =
        graced(
            table()
                .migration("V1__n.sql", "CREATE TABLE n (id bigint PRIMARY KEY, old text);")
                .migration("U1__n.sql", "DROP TABLE n;")
                .shadow(
                    "public.t",
                    new Shadow("public.t", Optional.of("public.n"), LegacyName.HIDE, List.of())));
    bench.install();
    try (Connection old = bench.connect("nightly-report")) {
      String pid = hold(old, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
      bench.backfill();
      bench.verify();
      Blocked blocked = bench.cutover().blocked();
      assertThat(blocked.ended().named()).singleElement().asString().contains("pid " + pid);
      assertThat(blocked.waitedFor()).isEqualTo(blocked.ended());
      assertThat(bench.evidence.get(Phase.CUTOVER, Crossed.EVIDENCE).toString())
          .containsPattern("terminated=\\[Blocker\\[pid=" + pid);
      isEnded(old);
    }
  }

  @Test
  void theRightToDoSoIsAskedForBeforehand() {
    Bench bench = table();
    bench.run(
        "DROP ROLE IF EXISTS ender",
        "CREATE ROLE ender",
        "GRANT CREATE ON DATABASE " + bench.database() + " TO ender",
        "GRANT ALL ON SCHEMA public TO ender",
        "ALTER TABLE t OWNER TO ender");
    assertThat(missing(bench)).isEmpty();
    graced(bench);
    assertThat(missing(bench)).containsExactly("GRANT pg_signal_backend TO ender;");
    bench.run("GRANT pg_signal_backend TO ender");
    assertThat(missing(bench)).isEmpty();
  }

  private static List<String> missing(Bench bench) {
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.PREFLIGHT).tag(), SessionLimits.SHORT)) {
      session.execute("SET ROLE ender");
      return Privileges.missing(session, bench.runbook()).stream()
          .map(Privileges.Missing::grant)
          .toList();
    }
  }
}
