package dev.rubicon.migrationfolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.engine.Progress;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Migrations that a program applies one at a time: what they come to, and what is wrong of them.
 */
@Turn
@Tag("slow")
class CommandTrialTest {
  @TempDir Path folder;

  private void file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** A tool of somebody's own: {@code next.sh} and {@code back.sh} over numbered files. */
  private void tool() throws IOException {
    file(
        "next.sh",
        """
        set -e
        run() { psql -XqAt -v ON_ERROR_STOP=1 "$DATABASE_URL" "$@"; }
        PGOPTIONS=-cclient_min_messages=error; export PGOPTIONS
        run -c 'CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY)'
        n=$(($(run -c 'SELECT count(*) FROM schema_migrations') + 1))
        [ -f "up/$n.sql" ] || exit 0
        run -1 -f "up/$n.sql" -c "INSERT INTO schema_migrations VALUES ('m$n')"
        """);
    file(
        "back.sh",
        """
        set -e
        run() { psql -XqAt -v ON_ERROR_STOP=1 "$DATABASE_URL" "$@"; }
        n=$(run -c 'SELECT count(*) FROM schema_migrations')
        run -1 -f "down/$n.sql" -c "DELETE FROM schema_migrations WHERE version = 'm$n'"
        """);
  }

  private MigrationInventory inventory(Optional<String> down, Duration limit) {
    return CommandTrial.run(
        new CommandTrial.Steps(
            folder, List.of("sh", "next.sh"), down.map(file -> List.of("sh", file)), limit),
        CatalogSamples.target("postgres"),
        SessionTag.ofCommand("migrations", Phase.PREFLIGHT),
        Progress.NONE);
  }

  private static List<String> ids(MigrationInventory inventory) {
    return inventory.findings().stream().map(Finding::id).toList();
  }

  @Test
  void eachRunIsAMigrationByTheNameThatTheToolKeeps() throws Exception {
    tool();
    file("up/1.sql", "CREATE TABLE zones (id int PRIMARY KEY, code int);");
    file("down/1.sql", "DROP TABLE zones;");
    file("up/2.sql", "ALTER TABLE zones ADD name text; CREATE INDEX zones_name ON zones (name);");
    file("down/2.sql", "ALTER TABLE zones DROP name;");
    file("up/3.sql", "ALTER TABLE zones ALTER code TYPE text; CREATE TABLE left_over ();");
    file("down/3.sql", "ALTER TABLE zones ALTER code TYPE int USING code::int;");
    // Its second time would fail: what the way back leaves is in the way. Taken away in between.
    file(
        "up/3.sql",
        "DROP TABLE IF EXISTS left_over; " + Files.readString(folder.resolve("up/3.sql")));

    MigrationInventory found = inventory(Optional.of("back.sh"), Duration.ofMinutes(2));

    assertThat(found.layout()).isEqualTo(Layout.COMMAND);
    assertThat(found.migrations())
        .extracting(m -> m.name() + " " + m.applied() + " " + m.undo())
        .containsExactly("m1 true leads-back", "m2 true leads-back", "m3 true asymmetric");
    assertThat(found.tables())
        .extracting(MigrationInventory.Table::name)
        .as("the tool's own table is none of theirs")
        .containsExactly("public.left_over", "public.zones");
    assertThat(found.tables().getLast().columns())
        .extracting(c -> c.name() + " " + c.definition() + " " + c.touchedBy())
        .containsExactlyInAnyOrder(
            "code text [m1, m3]", "id integer NOT NULL [m1]", "name text [m2]");
    assertThat(ids(found))
        .contains(
            "hazard:migration-undo-asymmetric:m3",
            "hazard:migrations-disagree:column:public.zones.code");
  }

  @Test
  void theFirstThatFailsIsNamedWithWhatWasSaidAndWithoutThePassword() throws Exception {
    tool();
    file("up/1.sql", "CREATE TABLE zones (id int PRIMARY KEY);");
    file(
        "up/2.sql",
        "\\echo :secret\n\\getenv secret PGPASSWORD\n\\echo :secret\nSELECT * FROM nowhere;");
    MigrationInventory found = inventory(Optional.empty(), Duration.ofMinutes(2));
    assertThat(found.migrations())
        .extracting(m -> m.name() + " " + m.applied() + " " + m.undo())
        .containsExactly("m1 true not-tried", "step-2 false not-tried");
    Finding fails = found.findings().getFirst();
    assertThat(fails.id()).isEqualTo("hazard:migration-fails:step-2");
    assertThat(fails.title())
        .contains("behind m1", "\"nowhere\" does not exist")
        .doesNotContain(CatalogSamples.target("postgres").password().reveal());
  }

  @Test
  void whatNeverEndsAndWhatGoesElsewhereIsAnError() throws Exception {
    file("next.sh", "exec sleep 600");
    assertThatThrownBy(() -> inventory(Optional.empty(), Duration.ofSeconds(1)))
        .hasMessageContaining("took longer than 1 s");
    file("next.sh", "echo 'nothing to migrate in sqlite'");
    assertThatThrownBy(() -> inventory(Optional.empty(), Duration.ofMinutes(1)))
        .hasMessageContaining("changes nothing in an empty database");
  }

  @Test
  void alembicItselfOneRevisionAtATime() throws Exception {
    String python = System.getenv("RUBICON_PYTHON");
    assumeTrue(python != null, "Alembic is not installed: not run");
    file("alembic.ini", "[alembic]\nscript_location = migrations\n");
    file(
        "migrations/env.py",
        """
        import os, sqlalchemy
        from alembic import context
        url = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")
        with sqlalchemy.create_engine(url).connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """);
    revision("r1", "None", "CREATE TABLE zones (id int)", "DROP TABLE zones");
    revision("r2", "'r1'", "ALTER TABLE zones ADD name text", "SELECT 1");
    // Alembic says that it fails where there is nothing left.
    file(
        "next.sh",
        "'%1$s' -m alembic.config current | grep -q '(head)' || exec '%1$s' -m alembic.config upgrade +1"
            .formatted(python));
    file("back.sh", "exec '%s' -m alembic.config downgrade -1".formatted(python));
    MigrationInventory found = inventory(Optional.empty(), Duration.ofMinutes(3));
    assertThat(found.migrations())
        .extracting(MigrationInventory.Applied::name)
        .containsExactly("r1", "r2");
    assertThat(found.tables())
        .extracting(MigrationInventory.Table::name)
        .containsExactly("public.zones");
    assertThat(ids(found)).isEmpty();
  }

  private void revision(String name, String before, String up, String down) throws IOException {
    file(
        "migrations/versions/" + name + ".py",
        """
        from alembic import op
        revision = "%s"
        down_revision = %s
        def upgrade(): op.execute("%s")
        def downgrade(): op.execute("%s")
        """
            .formatted(name, before, up, down));
  }
}
