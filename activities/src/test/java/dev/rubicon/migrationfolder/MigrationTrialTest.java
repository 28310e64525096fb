package dev.rubicon.migrationfolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a folder of migrations comes to is found by applying it, and only there. */
class MigrationTrialTest {
  @TempDir Path folder;

  private MigrationInventory inventory(Map<String, String> files) {
    return inventory(files, Duration.ofMinutes(1));
  }

  private MigrationInventory inventory(Map<String, String> files, Duration timeout) {
    files.forEach(
        (name, text) -> {
          try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    return MigrationTrial.run(
        folder,
        CatalogSamples.target("postgres"),
        SessionTag.ofCommand("migrations", Phase.PREFLIGHT),
        timeout,
        Progress.NONE);
  }

  private static List<String> ids(MigrationInventory inventory) {
    return inventory.findings().stream().map(Finding::id).toList();
  }

  static Stream<Arguments> layouts() {
    String one = "CREATE TABLE zones (id int PRIMARY KEY);";
    String two = "ALTER TABLE zones ADD name text;";
    String back = "ALTER TABLE zones DROP name;";
    String drop = "DROP TABLE zones;";
    return Stream.of(
        Arguments.of(
            Layout.FLYWAY,
            Map.of(
                "V2__one.sql",
                one,
                "V10__two.sql",
                two,
                "U2__one.sql",
                drop,
                "U10__two.sql",
                back)),
        Arguments.of(
            Layout.SQITCH,
            Map.of(
                "sqitch.plan",
                "%project=x\n\nzz 2026-01-01T00:00:00Z A <a@b.c> # n\n@v1\naa [zz] 2026-01-01\n",
                "deploy/zz.sql",
                "BEGIN;\n" + one + "\nCOMMIT;",
                "revert/zz.sql",
                "BEGIN;\n" + drop + "\nCOMMIT;",
                "deploy/aa.sql",
                two,
                "revert/aa.sql",
                back)),
        Arguments.of(
            Layout.DBMATE,
            Map.of(
                "2_one.sql",
                "-- migrate:up\n" + one + "\n-- migrate:down\n" + drop,
                "10_two.sql",
                "-- migrate:up\n" + two + "\n-- migrate:down\n" + back)),
        Arguments.of(
            Layout.GOOSE,
            Map.of(
                "2_one.sql",
                "-- +goose Up\n" + one + "\n-- +goose Down\n" + drop,
                "10_two.sql",
                "-- +goose Up\n" + two + "\n-- +goose Down\n" + back)),
        Arguments.of(
            Layout.GOLANG_MIGRATE,
            Map.of(
                "2_one.up.sql",
                one,
                "2_one.down.sql",
                drop,
                "10_two.up.sql",
                two,
                "10_two.down.sql",
                back)),
        Arguments.of(
            Layout.PRISMA, Map.of("2_one/migration.sql", one, "10_two/migration.sql", two)),
        Arguments.of(Layout.PLAIN, Map.of("2_one.sql", one, "10_two.sql", two)));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void everyLayoutIsAppliedInItsOwnOrder(Layout layout, Map<String, String> files) {
    MigrationInventory found = inventory(files);
    assertThat(found.layout()).isEqualTo(layout);
    assertThat(found.open()).isEmpty();
    assertThat(found.migrations())
        .hasSize(2)
        .allMatch(MigrationInventory.Applied::applied)
        .allMatch(one -> one.undo().equals(layout.undoes() ? "leads-back" : "missing"));
    String first = found.migrations().getFirst().name();
    String second = found.migrations().getLast().name();
    assertThat(found.tables())
        .singleElement()
        .satisfies(
            table -> {
              assertThat(table.name()).isEqualTo("public.zones");
              assertThat(table.touchedBy()).containsExactly(first, second);
              assertThat(table.columns())
                  .extracting(MigrationInventory.Column::name)
                  .containsExactlyInAnyOrder("id", "name");
              assertThat(table.columns())
                  .filteredOn(column -> column.name().equals("name"))
                  .singleElement()
                  .satisfies(
                      column -> {
                        assertThat(column.definition()).isEqualTo("text");
                        assertThat(column.touchedBy()).containsExactly(second);
                      });
            });
  }

  @Test
  void whatIsWrongWithEachIsNamedWithItsLine() {
    MigrationInventory found =
        inventory(
            Map.of(
                "V1__nodes.sql", "CREATE TABLE IF NOT EXISTS nodes (id int PRIMARY KEY, k text);",
                "U1__nodes.sql", "DROP TABLE nodes;",
                "V2__index.sql", "CREATE INDEX IF NOT EXISTS nodes_k ON nodes (k);\nSELECT 1;",
                "U2__index.sql", "SELECT 1;",
                "V3__data.sql", "\n\nALTER TABLE telemetry ADD x int;",
                "U3__data.sql", "ALTER TABLE telemetry DROP x;",
                "V4__more.sql", "ALTER TABLE nodes ADD more int;",
                "V5__x.sql", "ALTER TABLE nodes ADD x int;",
                "U5__x.sql", "ALTER TABLE nodes DROP y;",
                "R__seed.sql", "ALTER TABLE nodes ADD CONSTRAINT k_there CHECK (k <> '');"));
    assertThat(ids(found))
        .containsExactlyInAnyOrder(
            "hazard:migration-undo-asymmetric:V2__index.sql",
            "hazard:migration-fails:V3__data.sql",
            "hazard:migration-undo-missing:V4__more.sql",
            "note:migration-not-repeatable:V4__more.sql",
            "hazard:migration-undo-fails:V5__x.sql",
            "note:migration-not-repeatable:V5__x.sql",
            "hazard:migration-not-repeatable:R__seed.sql");
    assertThat(found.findings())
        .filteredOn(finding -> finding.id().endsWith("fails:V3__data.sql"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.title()).contains("V3__data.sql:3", "telemetry"));
    assertThat(found.findings())
        .filteredOn(finding -> finding.id().contains("asymmetric"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.title()).contains("index:public.nodes.nodes_k"));
    assertThat(found.migrations())
        .filteredOn(one -> one.name().equals("V1__nodes.sql"))
        .singleElement()
        .satisfies(one -> assertThat(one.twice()).isEqualTo("same"));
  }

  @Test
  void whereTwoMigrationsDisagreeIsADecision() {
    MigrationInventory found =
        inventory(
            Map.of(
                "1_zones.sql",
                    "CREATE TABLE zones (id int PRIMARY KEY, gh int, CONSTRAINT u UNIQUE (gh));"
                        + "CREATE VIEW v AS SELECT id FROM zones",
                "2_type.sql", "ALTER TABLE zones ALTER gh TYPE bigint;",
                "3_again.sql", "CREATE TABLE IF NOT EXISTS \"zones\" (id uuid, other text);",
                "4_drop.sql",
                    "ALTER TABLE zones DROP CONSTRAINT u, ADD x int, ALTER x SET DEFAULT 1",
                "5_view.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM zones WHERE id > 0",
                "6_all.sql", "CREATE TABLE t (a int, b int UNIQUE)",
                "7_all.sql", "DROP TABLE t"));
    assertThat(found.open())
        .extracting(Finding::id)
        .containsExactlyInAnyOrder(
            "hazard:migrations-disagree:column:public.zones.gh",
            "hazard:migrations-disagree:table:public.zones",
            "hazard:migrations-disagree:constraint:public.zones.u",
            "hazard:migrations-disagree:table:public.t");
    assertThat(found.findings())
        .filteredOn(finding -> finding.id().endsWith("column:public.zones.gh"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.title()).contains("1_zones.sql", "2_type.sql");
              assertThat(finding.target()).contains("integer");
              assertThat(finding.canonical()).contains("bigint");
            });
  }

  @Test
  void nothingLeavesScratchAndNothingIsLeftThere() {
    try (PgSession server = CatalogSamples.open(CatalogSamples.target("postgres"))) {
      List<String> before = everybodys(server);
      MigrationInventory found =
          inventory(
              Map.of(
                  "1_role.sql", "CREATE ROLE rubicon_migration_leak",
                  "2_do.sql", "DO $$ BEGIN EXECUTE 'CREATE ROLE rubicon_migration_leak'; END $$",
                  "3_db.sql", "CREATE DATABASE rubicon_migration_leak",
                  "4_commit.sql", "CREATE TABLE t (a int); ROLLBACK; CREATE TABLE u (a int)",
                  "5_copy.sql", "COPY (SELECT 1) TO PROGRAM 'touch " + folder + "/leak'",
                  "6_psql.sql", "\\i other.sql",
                  "7_gap.sql", "COPY/* of */(SELECT 1) TO PROGRAM 'touch " + folder + "/leak'",
                  "8_gap.sql", "CREATE -- a\nDATABASE rubicon_migration_leak"));
      assertThat(ids(found))
          .containsExactly(
              "hazard:migration-leaves-scratch:1_role.sql",
              "hazard:migration-leaves-scratch:2_do.sql",
              "hazard:migration-leaves-scratch:3_db.sql",
              "hazard:migration-fails:4_commit.sql",
              "hazard:migration-leaves-scratch:5_copy.sql",
              "hazard:migration-fails:6_psql.sql",
              "hazard:migration-leaves-scratch:7_gap.sql",
              "hazard:migration-leaves-scratch:8_gap.sql");
      assertThat(found.tables()).isEmpty();
      assertThat(everybodys(server)).isEqualTo(before);
      assertThat(folder.resolve("leak")).doesNotExist();
    }
  }

  private static List<String> everybodys(PgSession server) {
    return server.query(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'rubicon_migration%' UNION ALL"
            + " SELECT datname FROM pg_database WHERE datname LIKE 'rubicon_migration%' OR datname"
            + " LIKE 'rubicon_scratch%' ORDER BY 1",
        row -> row.getString(1));
  }

  @Test
  void aStatementThatDoesNotEndIsEndedAndNamed() {
    MigrationInventory found =
        inventory(
            Map.of("1_long.sql", "SELECT pg_sleep(600)", "2_t.sql", "CREATE TABLE t (a int)"),
            Duration.ofMillis(300));
    assertThat(ids(found)).contains("hazard:migration-fails:1_long.sql");
    assertThat(found.tables()).hasSize(1);
  }

  @Test
  void anIndexThatIsBuiltOutsideOfTransactionsIsApplied() {
    MigrationInventory found =
        inventory(
            Map.of(
                "1_t.sql",
                "-- migrate:up\nCREATE TABLE t (a int);\n-- migrate:down\nDROP TABLE t;",
                "2_i.sql",
                "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n"
                    + "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY i;"));
    assertThat(found.migrations()).allMatch(MigrationInventory.Applied::applied);
    assertThat(found.migrations().getLast().undo()).isEqualTo("not-tried");
  }

  @Test
  void aFolderWithoutMigrationsIsRefused() {
    assertThatThrownBy(() -> inventory(Map.of("readme.md", "none")))
        .isInstanceOf(RubiconException.class)
        .hasMessageContaining("holds no migration");
    assertThatThrownBy(() -> inventory(Map.of("sqitch.plan", "gone 2026-01-01 # n\n")))
        .hasMessageContaining("there is no deploy/gone.sql");
  }
}
