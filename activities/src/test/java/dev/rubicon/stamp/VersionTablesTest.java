package dev.rubicon.stamp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.migrationtool.Checksum;
import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.MigrationTools;
import dev.rubicon.migrationtool.Order;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every tool that Rubicon knows, recognised by its table's columns, and what its rows say. */
class VersionTablesTest {
  @Test
  void eachToolIsKnownByItsColumnsAndSaysWhatIsAppliedAndWhatIsNot() throws IOException {
    Target target =
        CatalogSamples.database(
            "adopted", Files.readString(Path.of("src/test/resources/tools/tables.sql")));
    List<VersionTable> found;
    try (PgSession session = CatalogSamples.open(target)) {
      found = VersionTables.find(session);
    }
    assertThat(found.stream().map(VersionTable::line))
        .containsExactly(
            "migrations of Alembic in alembic.alembic_version: 1 applied, last b73c9aa4f0c3",
            "migrations of dbmate in dbmate.schema_migrations: 1 applied, last 20240101000000",
            "migrations of Django in django.django_migrations: 1 applied, last shop.0001_initial of"
                + " 2024-01-01 10:00:00",
            "migrations of drizzle-kit in drizzle.__drizzle_migrations: 1 applied, last"
                + " 1704103200000 of 2024-01-01 10:00:00",
            "migrations of EF Core in ef.__EFMigrationsHistory: 1 applied, last"
                + " 20240101000000_Init",
            "migrations of Flyway in flyway.flyway_schema_history: 2 applied, last 1.10 of"
                + " 2024-01-02 00:00:00, 1 failed",
            "migrations of goose in goose.goose_db_version: 1 applied, last 1 of 2024-01-01"
                + " 00:00:00, 1 rolled back",
            "migrations of Knex in knex.knex_migrations: 1 applied, last 20240101_users.js of"
                + " 2024-01-01 10:00:00, its lock is held",
            "migrations of Laravel in laravel.migrations: 2 applied, last 2024_01_02_000000_orders",
            "migrations of Liquibase in liquibase.databasechangelog: 1 applied, last"
                + " db/changelog.yaml::1::ann of 2024-01-01 00:00:00, its lock is held",
            "migrations of golang-migrate in migrate.schema_migrations: 0 applied, 1 half-applied",
            "migrations of goose in odd.goose_db_version: not readable",
            "migrations of the application itself in odd.migration_log: 2 applied, last b of"
                + " 2024-01-02 00:00:00",
            "migrations of TypeORM in odd.migrations: not readable",
            "migrations of the application itself in odd.schema_migrations: 1 applied, last 001",
            "migrations of the application itself in odd.schema_version: 1 applied, last 1",
            "migrations of the application itself in own.schema_migrations: 1 applied, last 001 of"
                + " 2024-01-01 10:00:00",
            "migrations of node-pg-migrate in pgm.pgmigrations: 1 applied, last"
                + " 1700000000001_users of 2024-01-01 00:00:00",
            "migrations of Prisma in prisma._prisma_migrations: 2 applied, last"
                + " 20240102000000_users of 2024-01-03 10:00:00, 1 failed, 1 rolled back",
            "migrations of Rails in rails.schema_migrations: 2 applied, last 20240102000000",
            "migrations of Sequelize in sequelize.SequelizeMeta: 1 applied, last 20240101-users.js",
            "migrations of sqitch in sqitch.changes: 1 applied, last users of 2024-01-01 10:00:00",
            "migrations of TypeORM in typeorm.migrations: 1 applied, last Users1704103200000 of"
                + " 2024-01-01 10:00:00");
    assertThat(found.stream().map(VersionTable::tool))
        .containsAll(MigrationTools.all().stream().map(MigrationTool::name).toList());
    assertThat(found.stream().flatMap(table -> table.broken().stream()))
        .extracting(VersionTable.Migration::version)
        .containsExactly("2", "7", "20240104000000_orders");
    assertThat(found.stream().flatMap(table -> table.broken().stream()))
        .allSatisfy(migration -> assertThat(migration.remedy()).isPresent());
  }

  /** Flyway's, of the file that {@code tools/flyway.sh} writes: 13.12 said so itself. */
  @Test
  void aFileHasTheChecksumThatItsToolComputes() {
    byte[] file = "CREATE TABLE t1 (id int);\r\n-- Größe\n\n".getBytes(StandardCharsets.UTF_8);
    assertThat(Checksum.FLYWAY.of(file)).isEqualTo("1194172672");
    assertThat(Checksum.SHA256.of("CREATE TABLE t1 (id int);\n".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("e193a4d8625c84e0dd2a73d6934516528737db916fab0d92f4591704682778f4");
  }

  @Test
  void versionsAreOrderedAsTheToolOrdersThem() {
    assertThat(Order.DOTTED.comparator().orElseThrow().compare("1.10", "1.9")).isPositive();
    assertThat(Order.NUMBER.comparator().orElseThrow().compare("9", "0010")).isNegative();
    assertThat(Order.ENDING.comparator().orElseThrow().compare("Z1700000000001", "A1700000000002"))
        .isNegative();
    assertThat(Order.NUMBER.normal("0007")).isEqualTo("7");
    assertThat(Order.NONE.comparator()).isEmpty();
  }
}
