package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A subscription that comes in the middle of a rollout: PostgreSQL's apply worker fires neither
 * statement triggers nor those that are not ENABLE ALWAYS.
 */
@Tag("slow")
@Timeout(300)
@LocalServer("it needs wal_level = logical")
class AppliedRowsTest {
  private static final String TABLE = "CREATE TABLE %s (id int PRIMARY KEY, v text DEFAULT 'none')";

  @TempDir static Path folder;
  private static LocalPostgres server;
  private static int databases;

  @BeforeAll
  static void start() {
    server = LocalPostgres.start(folder, Map.of("wal_level", "logical"));
  }

  @AfterAll
  static void stop() {
    server.discard();
  }

  private static Bench bench(String name, String... setup) {
    new Bench(server, "postgres", "CREATE DATABASE " + name);
    return new Bench(server, name, setup);
  }

  private static Bench target(boolean inPlace) {
    Bench bench =
        bench(
            "applied_" + ++databases,
            TABLE.formatted("t"),
            "INSERT INTO t SELECT g, 'own' || g FROM generate_series(1001, 1010) g");
    return inPlace
        ? bench.transition("public.t", map("w", "text", "upper(v)", Map.of("v", "lower(w)")))
        : bench
            .migration("V1__u.sql", TABLE.formatted("u") + ";")
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t",
                new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
                map("v", "", "upper(v)", Map.of("v", "lower(v)")));
  }

  /** The publisher knows nothing of canonical. */
  private static Bench subscribe(Bench target) {
    String slot = target.database() + "_slot";
    Bench publisher =
        bench(
            target.database() + "_pub",
            "CREATE TABLE t (id int PRIMARY KEY, v text)",
            "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 10) g",
            "CREATE PUBLICATION pub FOR TABLE t",
            "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    target.run(
        """
        CREATE SUBSCRIPTION sub CONNECTION 'host=%s port=%d dbname=%s user=%s password=%s'
          PUBLICATION pub WITH (create_slot = false, slot_name = '%s')
        """
            .formatted(
                server.host(),
                server.port(),
                publisher.database(),
                server.superuser(),
                server.password(),
                slot));
    return publisher;
  }

  private static void arrived(Bench publisher, Bench target) {
    String rows = "SELECT id, v FROM t WHERE id < 1000 ORDER BY id";
    Bench.until(() -> target.rows(rows).equals(publisher.rows(rows)));
  }

  private static void inStep(Bench target, boolean inPlace) {
    assertThat(
            target.rows(
                inPlace ? "SELECT id, w FROM t ORDER BY id" : "SELECT id, v FROM u ORDER BY id"))
        .isEqualTo(target.rows("SELECT id, upper(v) FROM t ORDER BY id"));
  }

  private static void write(Bench publisher, int round) {
    publisher.run(
        "INSERT INTO t VALUES (%d00, 'new')".formatted(round),
        "INSERT INTO t (id) VALUES (%d01)".formatted(round),
        "UPDATE t SET v = 'changed%1$d' WHERE id = %1$d".formatted(round),
        "UPDATE t SET id = %1$d02 WHERE id = %1$d + 4".formatted(round),
        "DELETE FROM t WHERE id = %d + 8".formatted(round));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAnApplyWorkerWritesIsFollowed(boolean inPlace) {
    Bench target = target(inPlace);
    target.install();
    Bench publisher = subscribe(target);
    arrived(publisher, target);
    write(publisher, 1);
    arrived(publisher, target);
    target.backfill();
    write(publisher, 2);
    arrived(publisher, target);
    inStep(target, inPlace);
    assertThat(target.verify().others()).containsExactly("added:note:subscription.sub");
    target.cutover();
    write(publisher, 3);
    arrived(publisher, target);
    inStep(target, inPlace);
    assertThat(target.verify().mismatches()).isZero();
    target.rollback();
    write(publisher, 4);
    arrived(publisher, target);
    inStep(target, inPlace);
  }
}
