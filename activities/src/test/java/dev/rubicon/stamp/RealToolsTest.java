package dev.rubicon.stamp;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.MigrationTools;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each migration tool itself believes the stamp: it applied the first of three migrations, the
 * rollout brings the second and says so, and the tool's next run applies the third alone. A tool
 * that is not to be had here is skipped by name.
 */
@Turn
@Tag("slow")
@Timeout(300)
class RealToolsTest {
  @TempDir Path folder;

  /**
   * @param versions of the first two migrations, as a runbook names them
   */
  record Tool(String name, String table, List<String> versions, Optional<String> folder) {
    /** What the inventory says with so many migrations applied. */
    String at(int applied) {
      return name + " " + RelationName.parse(table) + " " + applied;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Tool> tools() {
    return """
    alembic         | public.alembic_version       | r1                     | r2
    prisma          | public._prisma_migrations    | 20240101000000_m1      | 20240102000000_m2      | migrations
    laravel         | public.migrations            | 2024_01_01_000000_m1   | 2024_01_02_000000_m2
    rails           | public.schema_migrations     | 20240101000000         | 20240102000000
    dbmate          | public.schema_migrations     | 20240101000000         | 20240102000000
    django          | public.django_migrations     | shop.0001_m1           | shop.0002_m2
    knex            | public.knex_migrations       | 20240101000000_m1.cjs  | 20240102000000_m2.cjs
    typeorm         | public.migrations            | M11700000000001        | M21700000000002
    golang-migrate  | public.schema_migrations     | 1                      | 2
    goose           | public.goose_db_version      | 1                      | 2
    sequelize       | public."SequelizeMeta"       | 20240101000000-m1.js   | 20240102000000-m2.js
    liquibase       | public.databasechangelog     | changelog.yaml::1::ann | changelog.yaml::2::ann
    flyway          | public.flyway_schema_history | 1                      | 2                      | sql
    node-pg-migrate | public.pgmigrations          | 1700000000001_m1       | 1700000000002_m2
    drizzle         | drizzle.__drizzle_migrations | 0001_m                 | 0002_m                 | drizzle
    """
        .lines()
        .map(line -> line.split(" *\\| *"))
        .map(
            part ->
                new Tool(
                    part[0],
                    part[1],
                    List.of(part[2], part[3]),
                    part.length > 4 ? Optional.of(part[4]) : Optional.empty()));
  }

  /** A stamp of the last so many of a tool's two versions. */
  private static void stamps(Bench bench, Tool tool, RealTool real, int last) {
    bench.cutover =
        "stamps: [{tool: %s, versions: ['%s']%s}]"
            .formatted(
                tool.name(),
                String.join("', '", tool.versions().subList(2 - last, 2)),
                tool.folder().map(", folder: "::concat).orElse(""));
    tool.folder().ifPresent(folder -> real.files(folder).forEach(bench::file));
  }

  private void needs(Tool tool) {
    assumeTrue(
        List.of(System.getProperty("rubicon.tools", tool.name()).split(",")).contains(tool.name()),
        "left out");
    assumeTrue(
        new RealTool(tool.name(), folder, "none").available(), tool + " is not installed: not run");
  }

  @ParameterizedTest
  @MethodSource("tools")
  void believesTheStampAndGoesOn(Tool known) {
    needs(known);
    Bench bench =
        new Bench()
            .transition("public.users", map("label", "text", "name", Map.of("name", "label")))
            .migration("V1__t2.sql", "CREATE TABLE t2 (id int);")
            .migration("U1__t2.sql", "DROP TABLE t2;");
    var tool = new RealTool(known.name(), folder, bench.database());
    tool.migration(1);
    // Before the table: Prisma and Flyway do not begin in a schema that has one.
    tool.up();
    bench.run("CREATE TABLE users (id int PRIMARY KEY, name text)");
    tool.migration(2);
    tool.migration(3);
    List<String> pending = tool.pending();
    assertThat(pending).hasSize(2);
    stamps(bench, known, tool, 1);
    String rows = "SELECT * FROM " + known.table() + " ORDER BY 1";
    List<String> before = bench.rows(rows);
    assertThat(found(bench)).containsExactly(known.at(1));

    bench.toVerified();
    bench.cutover();
    assertThat(tool.pending()).isEqualTo(pending.subList(1, 2));
    bench.rollback();
    assertThat(bench.rows(rows)).isEqualTo(before);
    assertThat(tool.pending()).isEqualTo(pending);
    bench.verify();
    bench.cutover();
    goesOn(bench, known, tool);
  }

  /**
   * The database grew without the tool: expand makes its table as the tool would, and it is told.
   */
  @ParameterizedTest
  @MethodSource("tools")
  void adoptsADatabaseThatItNeverSaw(Tool known) {
    assumeTrue(
        known.name().equals("prisma")
            || Boolean.getBoolean("rubicon.long")
            || System.getProperty("rubicon.tools") != null,
        "left out without rubicon.long");
    needs(known);
    MigrationTool described = MigrationTools.named(known.name()).orElseThrow();
    RelationName table = described.usual();
    Bench bench =
        new Bench()
            .migration(
                "V1__grown.sql",
                "CREATE TABLE t1 (id int); CREATE TABLE t2 (id int); CREATE SCHEMA IF NOT EXISTS "
                    + table.schema()
                    + "; "
                    + Sql.of(described.create().orElseThrow(), table)
                    + ";")
            .migration("U1__grown.sql", "DROP TABLE t1, t2, " + table.sql() + ";");
    var tool = new RealTool(known.name(), folder, bench.database());
    IntStream.rangeClosed(1, 3).forEach(tool::migration);
    stamps(bench, known, tool, described.single() ? 1 : 2);

    bench.toVerified();
    bench.cutover();
    assertThat(tool.pending()).hasSize(1);
    goesOn(bench, known, tool);
  }

  /** It is read, and not stamped: it keeps more than its table of changes. */
  @Test
  void sqitchIsReadFromItsOwnTable() {
    Bench bench = new Bench();
    var tool = new RealTool("sqitch", folder, bench.database());
    assumeTrue(tool.available(), "sqitch is not installed: not run");
    tool.migration(1);
    tool.migration(2);
    tool.up();
    assertThat(found(bench)).containsExactly("sqitch sqitch.changes 2");
    assertThat(tool.pending()).isEmpty();
  }

  /** One version stands for all that was there before Flyway. */
  @Test
  void flywayBeginsAtABaseline() {
    MigrationTool described = MigrationTools.named("flyway").orElseThrow();
    Bench bench =
        new Bench("CREATE TABLE t1 (id int)", "CREATE TABLE t2 (id int)")
            .migration(
                "V1__flyway.sql", Sql.of(described.create().orElseThrow(), described.usual()) + ";")
            .migration("U1__flyway.sql", "DROP TABLE " + described.usual().sql() + ";");
    bench.cutover = "stamps: [{tool: flyway, version: '2'}]";
    var tool = new RealTool("flyway", folder, bench.database());
    IntStream.rangeClosed(1, 3).forEach(tool::migration);

    bench.toVerified();
    bench.cutover();
    assertThat(tool.pending()).containsExactly("V3__a_table.sql");
    tool.up();
    assertThat(tool.pending()).isEmpty();
    assertThat(bench.one("SELECT to_regclass('t3')")).isEqualTo("t3");
  }

  /** Its next ordinary migration. */
  private static void goesOn(Bench bench, Tool known, RealTool tool) {
    tool.up();
    assertThat(tool.pending()).isEmpty();
    assertThat(bench.one("SELECT to_regclass('t3')")).isEqualTo("t3");
    assertThat(found(bench))
        .containsExactly(
            known.at(MigrationTools.named(known.name()).orElseThrow().single() ? 1 : 3));
  }

  private static List<String> found(Bench bench) {
    try (PgSession session = CatalogSamples.open(bench.target())) {
      return VersionTables.find(session).stream()
          .map(table -> table.tool() + " " + table.table() + " " + table.applied().size())
          .toList();
    }
  }
}
