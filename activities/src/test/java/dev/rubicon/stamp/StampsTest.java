package dev.rubicon.stamp;

import static dev.rubicon.transition.Bench.map;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Stamps of many tools in one crossing, taken back exactly, and what stands against one. */
class StampsTest {
  private static Bench bench(String... setup) {
    return new Bench(setup)
        .transition("public.users", map("label", "text", "name", Map.of("name", "label")));
  }

  private static Bundle bundle(Bench bench) {
    return new Bundle("d", bench.runbook(), new TreeMap<>(bench.files()));
  }

  @Test
  void handMadeTablesAndEfAreStampedAndTakenBack() {
    Bench bench =
        bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text)",
            "CREATE TABLE schema_migrations (version text PRIMARY KEY, applied_at timestamptz"
                + " DEFAULT now())",
            "INSERT INTO schema_migrations VALUES ('001', '2024-01-01')",
            "CREATE TABLE \"Our Versions\" (\"No\" int PRIMARY KEY, by text NOT NULL, done boolean"
                + " NOT NULL)",
            "CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" varchar(150) PRIMARY KEY,"
                + " \"ProductVersion\" varchar(32) NOT NULL)",
            "INSERT INTO \"__EFMigrationsHistory\" VALUES ('20240101000000_Init', '9.0.1')");
    bench.cutover =
        """
        stamps:
          [{tool: table, table: public.schema_migrations, from: '001', versions: ['002', '003']},
           {tool: table, table: 'public."Our Versions"', column: '"No"', version: '7',
            set: {by: 'it''s us', done: 'true'}},
           {tool: ef, version: 20240102000000_Users}]\
        """;
    String all =
        "SELECT version, applied_at IS NULL FROM schema_migrations UNION ALL SELECT row(v)::text,"
            + " false FROM \"Our Versions\" v UNION ALL SELECT row(h)::text, false FROM"
            + " \"__EFMigrationsHistory\" h ORDER BY 1";
    List<String> before = bench.rows(all);

    bench.toVerified();
    bench.cutover();
    assertThat(bench.rows(all))
        .containsExactlyInAnyOrder(
            "001|f",
            "002|f",
            "003|f",
            "(\"(7,\"\"it's us\"\",t)\")|f",
            "(\"(20240101000000_Init,9.0.1)\")|f",
            "(\"(20240102000000_Users,9.0.1)\")|f");
    bench.rollback();
    assertThat(bench.rows(all)).isEqualTo(before);

    bench.verify();
    bench.cutover();
    bench.run("INSERT INTO schema_migrations VALUES ('004')");
    assertThatThrownBy(bench::rollback)
        .isInstanceOf(RubiconException.class)
        .hasMessageContaining("public.schema_migrations no longer says 002, 003 alone")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.ROLLBACK_IMPOSSIBLE);
    bench.run("DELETE FROM schema_migrations WHERE version = '004'");
    bench.rollback();
    assertThat(bench.rows(all)).isEqualTo(before);
  }

  @Test
  void aMigrationThatRanSinceThePlanStopsTheCrossing() {
    // Without a transition: the stamp is all that the crossing does.
    Bench bench =
        new Bench(
            "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)",
            "INSERT INTO schema_migrations VALUES (4, false)");
    bench.cutover = "stamps: [{tool: golang-migrate, from: '0003', version: '0005'}]";
    bench.toVerified();
    assertThatThrownBy(bench::cutover)
        .hasMessageContaining("public.schema_migrations says 4, the runbook expects 0003");
    assertThat(bench.rows("SELECT * FROM schema_migrations")).containsExactly("4|f");
    bench.run("UPDATE schema_migrations SET version = 3");
    bench.cutover();
    assertThat(bench.rows("SELECT * FROM schema_migrations")).containsExactly("5|f");
    bench.run("UPDATE schema_migrations SET version = 3");
    // What plan --sql prints does the same by hand.
    Stamps.writing(bundle(bench)).forEach(step -> bench.run(step.sql()));
    assertThat(bench.rows("SELECT * FROM schema_migrations")).containsExactly("5|f");
  }

  @Test
  void aStampOfAnEarlierVersionIsTakenBack() {
    Bench bench =
        new Bench(
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('old')");
    bench.cutover = "stamps: [{tool: alembic, version: new}]";
    bench.toVerified();
    bench.cutover();
    bench.run(
        """
        UPDATE rubicon.state
        SET stamped = '[{"table": "public.alembic_version", "before": "old", "after": "new"}]'
        """);
    bench.rollback();
    assertThat(bench.rows("SELECT * FROM alembic_version")).containsExactly("old");
  }

  /** One database with every tool's table, and a runbook that stamps each of them wrongly. */
  @Test
  void whatStandsAgainstAStampIsSaidInThePlan() throws IOException {
    Bench bench = bench(Files.readString(Path.of("src/test/resources/tools/tables.sql")));
    bench.run(
        "CREATE TABLE public.users (id int, name text)",
        "ALTER TABLE laravel.migrations ADD COLUMN note text",
        "ALTER TABLE django.django_migrations DROP COLUMN applied",
        "INSERT INTO alembic.alembic_version VALUES ('another')",
        "DELETE FROM own.schema_migrations",
        "CREATE SCHEMA flyway2",
        "CREATE TABLE flyway2.flyway_schema_history AS SELECT * FROM flyway.flyway_schema_history"
            + " WHERE success",
        "ALTER TABLE own.schema_migrations ADD COLUMN by text NOT NULL");
    bench.file("p/20240103000000_late/migration.sql", "SELECT 1;".getBytes(UTF_8));
    bench.file("f/V1_9__late.sql", "SELECT 1;".getBytes(UTF_8));
    bench.cutover =
        """
        stamps:
          [{tool: alembic, table: alembic.alembic_version, version: abc},
           {tool: prisma, table: prisma._prisma_migrations, folder: p, version: 20240103000000_late},
           {tool: laravel, table: laravel.migrations, version: 2024_01_03_000000_x},
           {tool: rails, table: rails.schema_migrations, versions: ['20240102000000', '20240103000000']},
           {tool: dbmate, table: dbmate.schema_migrations, from: '20230101000000', version: '20240103000000'},
           {tool: django, table: django.django_migrations, version: shop.0002_x},
           {tool: knex, table: knex.knex_migrations, version: 20240102_x.js},
           {tool: typeorm, table: typeorm.migrations, version: Early1600000000000},
           {tool: golang-migrate, table: migrate.schema_migrations, version: '8'},
           {tool: goose, table: goose.goose_db_version, version: '2'},
           {tool: flyway, table: flyway.flyway_schema_history, folder: f, version: '1.9'},
           {tool: table, table: own.schema_migrations, version: '002'},
           {tool: flyway, table: flyway2.flyway_schema_history, version: '7'},
           {tool: table, table: public.versions, version: '1'},
           {tool: sequelize, version: x.js}]\
        """;
    bench.run("CREATE TABLE public.versions (version text, at timestamptz)");
    try (PgSession session = CatalogSamples.open(bench.target())) {
      CatalogSnapshot canonical = CatalogReader.read(session, List.of("public"));
      bench.run("DROP TABLE public.versions");
      List<StampProblem> problems = StampProblem.find(session, bundle(bench), canonical, false);
      assertThat(problems.getLast().sql())
          .hasValueSatisfying(
              sql -> assertThat(sql).startsWith("CREATE TABLE \"public\".\"SequelizeMeta\" ("));
      assertThat(problems)
          .extracting(StampProblem::what)
          .containsExactly(
              "alembic.alembic_version has several versions, one is needed: [another,"
                  + " b73c9aa4f0c3]",
              "20240104000000_orders is neither applied nor taken back: see what of it stands, then"
                  + " prisma migrate resolve --applied or --rolled-back with its name",
              "laravel.migrations has columns that Laravel's has not: note",
              "rails.schema_migrations already has 20240102000000",
              "dbmate.schema_migrations is at '20240101000000', the runbook expects"
                  + " '20230101000000'",
              "django.django_migrations has no column applied",
              "Knex is locked: see that none of it runs, then knex migrate:unlock",
              "Early1600000000000 would come after Users1704103200000, which is applied",
              "7 is neither applied nor taken back: see what of it stands, complete it or take it"
                  + " back, then migrate force with its version or the one before",
              "2 is neither applied nor taken back: see what of it stands and take it back, then"
                  + " flyway repair; 1.9 would come after 1.10, which is applied",
              "own.schema_migrations wants values for by: set:",
              "flyway2.flyway_schema_history has migrations already: a baseline comes first; give"
                  + " folder:",
              "there is no version table public.SequelizeMeta to stamp, and canonical has none: let"
                  + " Sequelize make it, or a migration of expand");
    }
  }
}
