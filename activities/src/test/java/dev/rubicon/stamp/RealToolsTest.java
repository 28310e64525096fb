package dev.rubicon.stamp;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.transition.Bench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each migration tool itself believes the stamp: it applied the first of three migrations, the
 * rollout brings the second and says so, and the tool's next run applies the third alone. A tool
 * that is not to be had here is skipped by name.
 */
@Tag("slow")
@Timeout(300)
class RealToolsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alembic         | public.alembic_version           | r2                     |",
        "prisma          | public._prisma_migrations        | 20240102000000_m2      | migrations",
        "laravel         | public.migrations                | 2024_01_02_000000_m2   |",
        "rails           | public.schema_migrations         | 20240102000000         |",
        "dbmate          | public.schema_migrations         | 20240102000000         |",
        "django          | public.django_migrations         | shop.0002_m2           |",
        "knex            | public.knex_migrations           | 20240102000000_m2.cjs  |",
        "typeorm         | public.migrations                | M21700000000002        |",
        "golang-migrate  | public.schema_migrations         | 2                      |",
        "goose           | public.goose_db_version          | 2                      |",
        "sequelize       | public.\"SequelizeMeta\"         | 20240102000000-m2.js   |",
        "liquibase       | public.databasechangelog         | changelog.yaml::2::ann |",
        "flyway          | public.flyway_schema_history     | 2                      | sql",
        "node-pg-migrate | public.pgmigrations              | 1700000000002_m2       |",
        "drizzle         | drizzle.__drizzle_migrations     | 0002_m                 | drizzle"
      })
  void believesTheStampAndGoesOn(String name, String table, String version, String scripts) {
    assumeTrue(
        List.of(System.getProperty("rubicon.tools", name).split(",")).contains(name), "left out");
    assumeTrue(new RealTool(name, folder, "none").available(), name + " is not installed: not run");
    Bench bench =
        new Bench()
            .transition("public.users", map("label", "text", "name", Map.of("name", "label")))
            .migration("V1__t2.sql", "CREATE TABLE t2 (id int);")
            .migration("U1__t2.sql", "DROP TABLE t2;");
    var tool = new RealTool(name, folder, bench.database());
    tool.migration(1);
    // Before the table: Prisma and Flyway do not begin in a schema that has one.
    tool.up();
    bench.run("CREATE TABLE users (id int PRIMARY KEY, name text)");
    tool.migration(2);
    tool.migration(3);
    List<String> pending = tool.pending();
    assertThat(pending).hasSize(2);
    bench.cutover =
        "stamps: [{tool: %s, version: '%s'%s}]"
            .formatted(name, version, scripts == null ? "" : ", folder: " + scripts);
    if (scripts != null) {
      tool.files(scripts).forEach(bench::file);
    }
    String rows = "SELECT * FROM " + table + " ORDER BY 1";
    List<String> before = bench.rows(rows);
    assertThat(found(bench)).containsExactly(name + " " + RelationName.parse(table) + " 1");

    bench.toVerified();
    bench.cutover();
    assertThat(tool.pending()).isEqualTo(pending.subList(1, 2));
    bench.rollback();
    assertThat(bench.rows(rows)).isEqualTo(before);
    assertThat(tool.pending()).isEqualTo(pending);
    bench.verify();
    bench.cutover();
    tool.up();
    assertThat(tool.pending()).isEmpty();
    assertThat(bench.one("SELECT to_regclass('t3')")).isEqualTo("t3");
    assertThat(found(bench))
        .containsExactly(
            name
                + " "
                + RelationName.parse(table)
                + (List.of("alembic", "golang-migrate").contains(name) ? " 1" : " 3"));
  }

  private static List<String> found(Bench bench) {
    try (PgSession session = CatalogSamples.open(bench.target())) {
      return VersionTables.find(session).stream()
          .map(table -> table.tool() + " " + table.table() + " " + table.applied().size())
          .toList();
    }
  }
}
