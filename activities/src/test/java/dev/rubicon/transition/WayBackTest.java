package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.stack.suite.Turn;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Abort from every stage restores the fingerprint, and the same bundle can be launched again. */
@Turn
@Tag("slow")
class WayBackTest {
  private static Bench bench() {
    var bench =
        new Bench(
                "CREATE SCHEMA \"My App\"",
                """
                CREATE TABLE "My App"."Order Lines" ("Id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                  "Old Name" text NOT NULL DEFAULT 'x' CHECK ("Old Name" <> ''), price numeric(10,2))
                """,
                "CREATE INDEX ON \"My App\".\"Order Lines\" (price)",
                "CREATE TABLE \"My App\".alembic_version (version_num varchar(32) PRIMARY KEY)",
                "INSERT INTO \"My App\".alembic_version VALUES ('old')",
                "INSERT INTO \"My App\".\"Order Lines\" (\"Old Name\", price) SELECT 'n' || g, g"
                    + " FROM generate_series(1, 500) g")
            .transition(
                "\"My App\".\"Order Lines\"",
                with(
                    map(
                        "\"New Name\"",
                        "varchar(100)",
                        "\"Old Name\"",
                        Map.of("\"Old Name\"", "\"New Name\"")),
                    null,
                    false,
                    "length(\"New Name\") < 90"),
                with(map("flag", "boolean", null, Map.of()), "true", false, null),
                with(
                    map("made_at", "timestamptz", null, Map.of()),
                    "clock_timestamp()",
                    false,
                    null))
            .index(
                "\"My App\".\"Ix New\"",
                "CREATE INDEX CONCURRENTLY \"Ix New\" ON \"My App\".\"Order Lines\" (\"New Name\")")
            .index(
                "\"My App\".ix_price",
                "CREATE INDEX CONCURRENTLY ix_price ON \"My App\".\"Order Lines\" (price DESC)")
            .migration(
                "V1__usage.sql",
                "CREATE TABLE usage (id int PRIMARY KEY); ALTER TABLE \"Order Lines\" ADD COLUMN"
                    + " extra int;")
            .migration(
                "U1__usage.sql", "DROP TABLE usage; ALTER TABLE \"Order Lines\" DROP COLUMN extra;")
            .legacy("\"My App\".\"Order Lines\"", "\"Old Name\"", LegacyColumn.Action.ARCHIVE);
    bench.schemas = List.of("My App");
    bench.cutover =
        """
        read-only: 30s, budget: 30s,
        stamps: [{tool: alembic, table: '"My App".alembic_version', from: old, version: new}],
        post-conditions:
          [{name: named, sql: 'SELECT 1 FROM "Order Lines" WHERE "New Name" IS NULL;'}]\
        """;
    return bench;
  }

  @Test
  void rowsOfAHandMadeVersionTableAreAddedByTheCrossingAndTakenBack() {
    var bench =
        new Bench("CREATE TABLE plants (id int)")
            .migration(
                "V1__runner.sql",
                """
                CREATE TABLE applied (nr bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
                INSERT INTO applied VALUES (1, '2020-01-01');
                """)
            .migration("U1__runner.sql", "DROP TABLE applied;");
    bench.cutover =
        "stamps: [{tool: table, table: public.applied, column: nr, versions: ['1', '2', '3']}]";
    bench.expand();
    bench.verify();
    bench.cutover();
    assertThat(bench.one(STAMPED)).isEqualTo("1 2 3");
    assertThat(bench.one("SELECT at < '2021-01-01' FROM public.applied WHERE nr = 1"))
        .as("what was applied before stays as it was")
        .isEqualTo("t");

    bench.run("INSERT INTO public.applied (nr) VALUES (4)");
    assertThatThrownBy(bench::rollback)
        .hasMessageContaining("no longer says 1, 2, 3 alone")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.ROLLBACK_IMPOSSIBLE);
    bench.run("DELETE FROM public.applied WHERE nr = 4");
    bench.rollback();
    assertThat(bench.one(STAMPED)).isEqualTo("1");
    bench.verify();
    bench.cutover();
    assertThat(bench.one(STAMPED)).isEqualTo("1 2 3");
  }

  private static final String STAMPED =
      "SELECT string_agg(nr::text, ' ' ORDER BY nr) FROM public.applied";

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void abortRestoresTheFingerprintFromEveryStageAndALaunchFollows(int steps) {
    var bench = bench();
    String before = bench.fingerprint();
    var phases =
        List.<Runnable>of(
            bench::expand,
            bench::dualWrite,
            bench::backfill,
            bench::verify,
            () -> {
              bench.cutover();
              assertThatThrownBy(bench::abort)
                  .extracting(e -> ((RubiconException) e).code())
                  .isEqualTo(ErrorCode.ABORT_IMPOSSIBLE);
              assertThat(bench.one("SELECT version_num FROM \"My App\".alembic_version"))
                  .isEqualTo("new");
              bench.run("INSERT INTO \"My App\".\"Order Lines\" (\"New Name\") VALUES ('late')");
              bench.rollback();
            });
    phases.subList(0, steps).forEach(Runnable::run);
    assertThat(bench.abort().fingerprint()).isEqualTo(before);
    assertThat(bench.fingerprint()).isEqualTo(before);
    assertThat(bench.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'rubicon'")).isEmpty();
    assertThat(bench.one("SELECT version_num FROM \"My App\".alembic_version")).isEqualTo("old");
    assertThat(bench.abort().fingerprint()).isEqualTo(before);
    bench.toVerified();
    bench.cutover();
    assertThat(
            bench.one(
                "SELECT count(*) FILTER (WHERE \"New Name\" = \"Old Name\") = count(*) AND"
                    + " bool_and(flag AND made_at IS NOT NULL) FROM \"My App\".\"Order Lines\""))
        .isEqualTo("t");
  }

  @Test
  void everyPhaseTwiceGivesTheSameFacts() {
    var bench = bench();
    assertThat(bench.expand()).isEqualTo(bench.expand());
    assertThat(bench.dualWrite()).isEqualTo(bench.dualWrite());
    assertThat(bench.expand().indexes()).containsExactly("My App.ix_price");
    assertThat(bench.expand().migrations()).containsExactly("1");
    assertThat(bench.backfill()).isEqualTo(bench.backfill());
    assertThat(bench.verify()).isEqualTo(bench.verify());
    assertThat(bench.cutover()).isEqualTo(bench.cutover());
    assertThat(bench.rollback()).isEqualTo(bench.rollback());
    bench.verify();
    assertThat(bench.cutover()).isEqualTo(bench.cutover());
    assertThat(bench.contract()).isEqualTo(bench.contract());
    assertThat(
            bench.rows(
                "SELECT conname FROM pg_constraint WHERE conrelid = '\"My App\".\"Order"
                    + " Lines\"'::regclass AND contype = 'c'"))
        .containsExactly("Order Lines_New Name_check");
    assertThat(bench.one("SELECT count(*) FROM rubicon_archive.\"My App.Order Lines.Old Name\""))
        .isEqualTo("500");
  }

  @Test
  void whatTheOwnerChangedMeanwhileStaysAndIsNamedByTheAbort() {
    var bench = bench();
    bench.install();
    bench.run("CREATE TABLE \"My App\".intruder (a int)");
    assertThat(bench.abort().others()).containsExactly("added:table:My App.intruder");
    assertThat(bench.one("SELECT to_regclass('\"My App\".intruder') IS NOT NULL")).isEqualTo("t");
    assertThat(bench.abort().others()).isEmpty();
  }

  @Test
  void contractNamesWhoStillWritesLegacy() throws Exception {
    var bench = bench();
    bench.quietPeriod = "1h";
    bench.toVerified();
    bench.cutover();
    assertThatThrownBy(bench::contract)
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.CONTRACT_NOT_DUE);
    try (var old = bench.connect("old-billing");
        var statement = old.createStatement()) {
      statement.execute("UPDATE \"My App\".\"Order Lines\" SET \"Old Name\" = 'again'");
    }
    assertThatThrownBy(bench::contract)
        .hasMessageContaining("old-billing")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.LEGACY_STILL_WRITTEN);
    assertThat(bench.one("SELECT count(*) FROM rubicon.legacy_write")).isEqualTo("1");
  }
}
