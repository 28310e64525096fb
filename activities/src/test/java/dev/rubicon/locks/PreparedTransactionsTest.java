package dev.rubicon.locks;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.transition.Bench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that commit in two phases: between them their locks have no session. */
@LocalServer("it needs max_prepared_transactions")
class PreparedTransactionsTest {
  private static final String TABLE = "CREATE TABLE %s (id int PRIMARY KEY, v text)";

  @TempDir static Path folder;
  private static LocalPostgres server;
  private static int databases;

  @BeforeAll
  static void start() {
    server = LocalPostgres.start(folder, Map.of("max_prepared_transactions", "10"));
  }

  @AfterAll
  static void stop() {
    server.discard();
  }

  private static Bench bench(boolean inPlace) {
    String database = "prepared_" + ++databases;
    new Bench(server, "postgres", "CREATE DATABASE " + database);
    var bench =
        new Bench(
            server,
            database,
            TABLE.formatted("t"),
            "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 20) g");
    bench.cutover = "lock-timeout: 50ms, budget: 1s";
    return inPlace
        ? bench.transition("public.t", map("w", "text", "v", Map.of("v", "w")))
        : bench
            .migration("V1__u.sql", TABLE.formatted("u") + ";")
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t",
                new Shadow("public.t", Optional.of("public.u"), LegacyName.HIDE, List.of()));
  }

  private static void prepare(Bench bench, String gid, String... sql) {
    bench.run("BEGIN; " + String.join("; ", sql) + "; PREPARE TRANSACTION '" + gid + "'");
  }

  private static void names(ErrorCode code, String gid, Runnable phase) {
    assertThatThrownBy(phase::run)
        .hasMessageContaining("prepared transaction '" + gid + "'")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachPhaseNamesWhatHoldsItsTable(boolean inPlace) {
    Bench bench = bench(inPlace);
    bench.expand();
    prepare(bench, "before", "UPDATE t SET v = 'before' WHERE id = 1");
    names(ErrorCode.LOCK_NOT_ACQUIRED, "before", bench::dualWrite);
    bench.run("COMMIT PREPARED 'before'");
    bench.dualWrite();
    prepare(bench, "copied", "UPDATE t SET v = 'copied' WHERE id = 2");
    var backfill = CompletableFuture.runAsync(bench::backfill);
    Bench.until(
        () -> bench.notes.stream().anyMatch(n -> n.contains("the prepared transaction 'copied'")));
    bench.run("COMMIT PREPARED 'copied'");
    backfill.join();
    bench.verify();
    prepare(bench, "crossing", "UPDATE t SET v = 'crossing' WHERE id = 3");
    names(ErrorCode.CUTOVER_BUDGET_SPENT, "crossing", bench::cutover);
    bench.run("COMMIT PREPARED 'crossing'");
    assertThat(bench.verify().mismatches()).isZero();
    bench.cutover();
    assertThat(bench.rows("SELECT id, v FROM t WHERE id < 4 ORDER BY id"))
        .containsExactly("1|before", "2|copied", "3|crossing");
    prepare(bench, "back", "UPDATE t SET v = 'back' WHERE id = 4");
    names(ErrorCode.CUTOVER_BUDGET_SPENT, "back", bench::rollback);
    bench.run("ROLLBACK PREPARED 'back'");
    bench.rollback();
    assertThat(bench.one("SELECT v FROM t WHERE id = 4")).isEqualTo("v4");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatItWroteIsOnBothSidesWhenItIsCommitted(boolean inPlace) {
    Bench bench = bench(inPlace);
    bench.toVerified();
    String legacy = "t";
    String canonical = inPlace ? "t" : "u";
    String column = inPlace ? "w" : "v";
    prepare(
        bench,
        "a",
        "UPDATE " + legacy + " SET v = 'one' WHERE id = 1",
        "DELETE FROM " + legacy + " WHERE id = 2",
        "INSERT INTO " + legacy + " (id, v) VALUES (21, 'new')");
    prepare(
        bench,
        "b",
        "UPDATE " + canonical + " SET " + column + " = 'other' WHERE id = 3",
        "SAVEPOINT s",
        "DELETE FROM " + canonical + " WHERE id = 4",
        "ROLLBACK TO s",
        "INSERT INTO " + canonical + " (id, " + column + ") VALUES (22, 'new')");
    prepare(bench, "c", "DELETE FROM " + canonical + " WHERE id = 5");
    bench.run("COMMIT PREPARED 'a'", "COMMIT PREPARED 'b'", "ROLLBACK PREPARED 'c'");
    String where = " WHERE id IN (1, 2, 3, 4, 5, 21, 22) ORDER BY id";
    assertThat(bench.rows("SELECT id, v FROM " + legacy + where))
        .containsExactly("1|one", "3|other", "4|v4", "5|v5", "21|new", "22|new")
        .isEqualTo(bench.rows("SELECT id, " + column + " FROM " + canonical + where));
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void aReadingOfTheCatalogNamesIt() {
    Bench bench = bench(true);
    prepare(bench, "held", "LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
    assertThatThrownBy(bench::fingerprint)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.LOCK_NOT_ACQUIRED);
              assertThat(e.getMessage()).contains("public.t", "the prepared transaction 'held'");
              assertThat(e.next()).contains("ROLLBACK PREPARED 'held'");
            });
    bench.run("ROLLBACK PREPARED 'held'");
  }
}
