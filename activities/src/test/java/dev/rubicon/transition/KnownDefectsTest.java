package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.RubiconException;
import dev.rubicon.stack.suite.Turn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Defects of other engines, by the letters of docs/proofs.md. D is {@link HalfStatesTest}, G is
 * EverySessionIsLimitedTest, J is {@link CancelledPhasesTest}.
 */
@Turn
class KnownDefectsTest {
  private static Bench products(int rows) {
    return new Bench(
            "CREATE TABLE product (id int PRIMARY KEY, name text, price numeric)",
            "INSERT INTO product SELECT g, 'p' || g, g FROM generate_series(1, " + rows + ") g")
        .transition("public.product", map("slug", "text", "'n' || name", Map.of()));
  }

  private static String slug(Bench bench, int id) {
    return bench.one("SELECT slug FROM product WHERE id = " + id);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aWritesOfTheNewVersionDuringTheBackfillAreNotOverwritten() throws Exception {
    Bench bench = products(3_000);
    bench.install();
    try (Connection writer = bench.connect("new-version")) {
      writer.setAutoCommit(false);
      execute(writer, "UPDATE product SET slug = 'not yet committed' WHERE id = 2999");
      var backfill = CompletableFuture.runAsync(bench::backfill);
      until(() -> bench.notes.stream().anyMatch(n -> n.startsWith("1 rows are locked")));
      execute(writer, "UPDATE product SET slug = 'filled before' WHERE id = 1");
      execute(writer, "INSERT INTO product (id, slug) VALUES (5000, 'inserted')");
      writer.commit();
      backfill.join();
    }
    bench.backfill();
    assertThat(List.of(slug(bench, 1), slug(bench, 2999), slug(bench, 5000)))
        .containsExactly("filled before", "not yet committed", "inserted");
    assertThat(slug(bench, 2)).isEqualTo("np2");
  }

  @Test
  void bAnUpdateOfAnotherColumnByTheOldVersionLeavesTheNewColumn() {
    Bench bench = products(2);
    bench.toVerified();
    bench.run(
        "UPDATE product SET slug = 'mine' WHERE id = 1",
        "UPDATE product SET price = 99 WHERE id = 1",
        "UPDATE product SET id = 7, name = name WHERE id = 1");
    assertThat(slug(bench, 7)).isEqualTo("mine");
    bench.run("UPDATE product SET name = 'other' WHERE id = 2");
    assertThat(slug(bench, 2)).isEqualTo("nother");
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "public", "public_02, public", "\"$user\", pg_temp, public"})
  void cWhoWroteIsSeenInTheStatementNotInTheSearchPath(String path) {
    Bench bench = products(1);
    bench.run("CREATE SCHEMA public_02");
    bench.install();
    bench.run("SET search_path = " + path, "UPDATE public.product SET slug = 'mine' WHERE id = 1");
    bench.backfill();
    assertThat(slug(bench, 1)).isEqualTo("mine");
  }

  /** The build waits for an old transaction for as long as the test likes. */
  @Test
  void eOldClientsInsertForAsLongAsTheUniqueIndexOfANotNullColumnIsBuilt() throws Exception {
    Bench bench =
        new Bench(
                "CREATE TABLE product (id int PRIMARY KEY, name text)",
                "CREATE TABLE other (id int)",
                "INSERT INTO product SELECT g, 'p' || g FROM generate_series(1, 20) g")
            .transition(
                "public.product",
                with(
                    map("slug", "text", "lower(name)", Map.of("name", "slug")),
                    null,
                    false,
                    "slug <> ''"))
            .index(
                "public.product_slug",
                "CREATE UNIQUE INDEX CONCURRENTLY product_slug ON product (slug)");
    bench.expand();
    try (Connection old = bench.connect("nightly-report")) {
      execute(old, "BEGIN ISOLATION LEVEL REPEATABLE READ");
      execute(old, "SELECT count(*) FROM other");
      var dualWrite = CompletableFuture.runAsync(bench::dualWrite);
      until(() -> waitsForTransactions(bench));
      bench.run("SET lock_timeout = '1s'", "INSERT INTO product (id, name) VALUES (100, 'OLD')");
      assertThat(waitsForTransactions(bench)).isTrue();
      execute(old, "COMMIT");
      dualWrite.join();
    }
    bench.backfill();
    bench.run("INSERT INTO product (id, name) VALUES (101, 'LATER')");
    bench.verify();
    bench.cutover();
    assertThat(bench.rows("SELECT slug FROM product WHERE id > 99 ORDER BY id"))
        .containsExactly("old", "later");
    assertThat(
            bench.one(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'product_slug'::regclass"))
        .isEqualTo("t");
  }

  private static boolean waitsForTransactions(Bench bench) {
    return bench
        .one(
            "SELECT count(*) FROM pg_stat_progress_create_index WHERE datname ="
                + " current_database() AND phase LIKE 'waiting for%'")
        .equals("1");
  }

  private static Bench indexed() {
    return new Bench(
            "CREATE TABLE product (id int PRIMARY KEY, name text)",
            "CREATE TABLE other (id int)",
            "INSERT INTO product SELECT g, 'p' || g FROM generate_series(1, 20) g")
        .index("public.by_name", "CREATE UNIQUE INDEX CONCURRENTLY by_name ON product (name)");
  }

  /** Longer than any lock_timeout of ours, and then cut short. */
  @Test
  void fAConcurrentBuildHasNoLockTimeoutAndALeftoverIsReplaced() throws Exception {
    Bench bench = indexed();
    try (Connection old = bench.connect("nightly-report")) {
      execute(old, "BEGIN; UPDATE product SET name = name WHERE id = 1");
      var first = CompletableFuture.runAsync(bench::expand);
      until(() -> waitsForTransactions(bench));
      bench.run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index WHERE datname ="
              + " current_database()");
      assertThatThrownBy(first::join).hasCauseInstanceOf(RubiconException.class);
      String oid = bench.one("SELECT 'by_name'::regclass::oid");
      assertThat(bench.one("SELECT indisvalid FROM pg_index WHERE indexrelid = " + oid))
          .isEqualTo("f");
      var second = CompletableFuture.runAsync(bench::expand);
      // DROP INDEX CONCURRENTLY waits for the same transaction, far longer than 500 ms.
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                          + " application_name LIKE 'rubicon/%' AND wait_event_type = 'Lock' AND"
                          + " state_change < clock_timestamp() - interval '1 s'")
                  .equals("1"));
      execute(old, "COMMIT");
      second.join();
      assertThat(bench.one("SELECT 'by_name'::regclass::oid")).isNotEqualTo(oid);
    }
    assertThat(bench.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_name'::regclass"))
        .isEqualTo("t");
  }

  /** Autovacuum is off, and nothing has ever counted the rows: we do, before and behind it. */
  @Test
  void hATableWithoutStatisticsIsAnalysedAndNoBatchReadsItWhole() {
    Bench bench =
        new Bench(
                "CREATE TABLE product (id int PRIMARY KEY, name text) WITH (autovacuum_enabled ="
                    + " off)",
                "INSERT INTO product SELECT g, 'p' || g FROM generate_series(1, 30000) g")
            .transition("public.product", map("slug", "text", "lower(name)", Map.of()));
    bench.batchTarget = "5ms";
    bench.install();
    bench.backfill();
    int batches = Integer.parseInt(bench.one("SELECT count(*) FROM rubicon.backfill_batch"));
    assertThat(batches).isGreaterThan(20);
    String statistics = " FROM pg_stat_user_tables WHERE relname = 'product'";
    until(() -> bench.one("SELECT analyze_count" + statistics).equals("2"));
    until(() -> Long.parseLong(bench.one("SELECT n_tup_upd" + statistics)) >= 30_000); // told, late
    assertThat(Integer.parseInt(bench.one("SELECT seq_scan" + statistics))).isLessThan(10);
  }

  @Test
  void iATriggerThatCannotBeCreatedIsAnErrorAndNothingIsInstalled() {
    Bench bench = products(1);
    bench.run(
        "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            + " 'no trigger today'; END $$");
    bench.expand();
    bench.run(
        "CREATE EVENT TRIGGER no ON ddl_command_end WHEN TAG IN ('CREATE TRIGGER') EXECUTE FUNCTION"
            + " no()");
    assertThatThrownBy(bench::dualWrite).hasMessageContaining("no trigger today");
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("EXPANDED");
    assertThat(bench.rows("SELECT 1 FROM pg_attribute WHERE attname = 'slug'")).isEmpty();
    bench.run("DROP EVENT TRIGGER no");
    bench.dualWrite();
    bench.toVerifiedAgain();
    assertThat(slug(bench, 1)).isEqualTo("np1");
  }

  /** {@code id} stands in a longer name, in a literal, in a quoted name and in an alias. */
  @Test
  void kExpressionsAreParsedNotRewritten() {
    Bench bench =
        new Bench(
                "CREATE TABLE r (id int PRIMARY KEY, valid boolean, \"id valid\" text, \"NEW\""
                    + " text, new text)",
                "INSERT INTO r VALUES (1, true, 'x', 'Upper', 'lower')")
            .transition(
                "public.r",
                map(
                    "label",
                    "text",
                    "CASE WHEN valid THEN 'id=' || id || ', valid id, $1 ''\\' ELSE '' END",
                    Map.of()),
                with(
                    map(
                        "identity",
                        "text",
                        "\"id valid\" || E'\\n' || \"NEW\" /* new */ || new",
                        Map.of()),
                    null,
                    true,
                    "identity NOT LIKE '%identity%' AND 'id' <> 'identity'"));
    bench.toVerified();
    bench.cutover();
    assertThat(bench.rows("SELECT label, identity FROM r"))
        .containsExactly("id=1, valid id, $1 '\\|x\nUpperlower");
  }

  /** Whoever comes while the old transaction is waited for must get through. */
  @Test
  void lAnInvalidIndexIsDroppedWithoutALockThatStopsAnybody() throws Exception {
    Bench bench = indexed();
    bench.run("UPDATE product SET name = 'same' WHERE id < 3");
    assertThatThrownBy(bench::expand).isInstanceOf(RubiconException.class);
    bench.run("UPDATE product SET name = 'p1' WHERE id = 1");
    othersGetThrough(bench, bench::expand);
    othersGetThrough(bench, bench::abort);
    assertThat(bench.rows("SELECT 1 FROM pg_class WHERE relname = 'by_name'")).isEmpty();
  }

  private static void othersGetThrough(Bench bench, Runnable phase) throws SQLException {
    try (Connection old = bench.connect("nightly-report")) {
      execute(old, "BEGIN; SELECT count(*) FROM product");
      var dropping = CompletableFuture.runAsync(phase);
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                          + " query LIKE '%DROP INDEX%' AND wait_event_type = 'Lock'")
                  .equals("1"));
      bench.run(
          "SET lock_timeout = '1s'",
          "SELECT count(*) FROM product",
          "UPDATE product SET name = name WHERE id = 5");
      execute(old, "COMMIT");
      dropping.join();
    }
  }
}
