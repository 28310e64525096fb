package dev.rubicon.preflight;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.config.Commands;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Canonical as the owner's migration tool makes it, in a scratch database. */
@Tag("slow")
class CanonicalCommandTest {
  private static final String LEGACY = "CREATE TABLE public.users (id int PRIMARY KEY);";
  private static final String WANTED = LEGACY + " ALTER TABLE public.users ADD COLUMN name text;";

  @TempDir Path folder;

  private Bundle bundle(String canonical, String script) {
    PreflightSamples.write(folder.resolve("build.sh"), script);
    PreflightSamples.write(folder.resolve("wanted.sql"), WANTED);
    PreflightSamples.write(
        folder.resolve("expand/V1__name.sql"), "ALTER TABLE public.users ADD COLUMN name text;");
    PreflightSamples.write(
        folder.resolve("expand/U1__name.sql"), "ALTER TABLE public.users DROP COLUMN name;");
    PreflightSamples.write(
        folder.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        canonical: %s
        backup: {external: elsewhere}
        clone: {none: a test}
        expand: {migrations: expand}
        """
            .formatted(canonical));
    return RunbookReader.read(folder);
  }

  private static Facts.Preflight plan(Bundle bundle, Commands commands) {
    Target target = CatalogSamples.database("by_command", LEGACY);
    return new Preflight(PreflightSamples.staging(), Optional.empty(), commands)
        .run(PreflightSamples.context(bundle, target, new KeptEvidence()));
  }

  private static RubiconException refused(Bundle bundle, Commands commands) {
    return catchThrowableOfType(RubiconException.class, () -> plan(bundle, commands));
  }

  @Test
  void theToolFindsTheScratchDatabaseAloneAndWhatItMakesIsCanonical() {
    // Only the scratch database's own: neither this process's variables, nor the target's database.
    var bundle =
        bundle(
            "{command: [sh, build.sh]}",
            """
            set -e
            test "$(psql -XAtc 'SELECT current_database()')" = "$PGDATABASE"
            case $PGDATABASE in rubicon_scratch_*) ;; *) exit 9 ;; esac
            env | sed 's/=.*//' | grep -vxE 'PG(HOST|PORT|USER|PASSWORD|DATABASE|CONNECT_TIMEOUT|SSLMODE|OPTIONS)|DATABASE_URL|PATH|LANG|LC_ALL|TZ|HOME|TMPDIR|PWD|SHLVL|OLDPWD|_' && exit 8
            psql -X -v ON_ERROR_STOP=1 -f wanted.sql "$DATABASE_URL"
            """);
    Facts.Preflight facts = plan(bundle, Commands.ALLOW);
    // What the rollout brings is what is missing; nothing else differs.
    assertThat(facts.open()).isEmpty();
  }

  @Test
  void whereRubiconYamlDoesNotAllowItNothingIsRun() {
    Path marker = folder.resolve("ran");
    var bundle = bundle("{command: [touch, '%s']}".formatted(marker), "");
    RubiconException refused = refused(bundle, Commands.REFUSE);
    assertThat(refused.code()).isEqualTo(ErrorCode.COMMAND_NOT_ALLOWED);
    assertThat(refused.getMessage()).contains("canonical: command (touch)");
    assertThat(refused.next()).contains("commands: allow");
    assertThat(marker).doesNotExist();
  }

  @Test
  void aToolThatFailsIsShownByItsLastLinesWithoutThePassword() {
    var bundle =
        bundle(
            "{command: [sh, build.sh]}",
            "seq 1 200000\n"
                + "echo \"cannot reach $DATABASE_URL\" >&2\n"
                + "echo \"with $PGPASSWORD.\"\n"
                + "exit 3\n");
    RubiconException failed = refused(bundle, Commands.ALLOW);
    assertThat(failed.code()).isEqualTo(ErrorCode.COMMAND_FAILED);
    assertThat(failed.getMessage())
        .contains("exit status 3", "200000\ncannot reach postgresql://", "with ***.")
        .hasSizeLessThan(5000);
    assertThat(scratchLeft()).isEqualTo("0");
  }

  @Test
  void aToolThatTakesTooLongIsEndedWithWhatItStarted() throws Exception {
    Path pid = folder.resolve("pid");
    var bundle =
        bundle(
            "{command: [sh, build.sh], timeout: 500ms}",
            "sleep 600 & echo $! >'" + pid + "'; wait\n");
    RubiconException failed = refused(bundle, Commands.ALLOW);
    assertThat(failed.code()).isEqualTo(ErrorCode.COMMAND_FAILED);
    assertThat(failed.getMessage()).contains("was ended");
    long child = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle.of(child).ifPresent(process -> process.onExit().orTimeout(20, SECONDS).join());
  }

  /** The tool itself, with revisions in the bundle. */
  @Test
  void alembicMakesCanonicalOfItsRevisions() {
    String python = System.getenv("RUBICON_PYTHON");
    assumeTrue(python != null, "Alembic is not installed: not run");
    PreflightSamples.write(
        folder.resolve("alembic.ini"), "[alembic]\nscript_location = migrations\n");
    PreflightSamples.write(
        folder.resolve("migrations/env.py"),
        """
        import os, sqlalchemy
        from alembic import context
        url = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")
        with sqlalchemy.create_engine(url).connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """);
    revision(1, "None", "CREATE TABLE public.users (id int PRIMARY KEY)");
    revision(2, "'r1'", "ALTER TABLE public.users ADD COLUMN name text");
    var bundle =
        bundle(
            "{command: ['%s', -m, alembic.config, upgrade, head]}\nfindings: [{match: '*alembic_version*', disposition: ignore, reason: a test}]"
                .formatted(python),
            "");
    assertThat(plan(bundle, Commands.ALLOW).open()).isEmpty();
  }

  private void revision(int number, String before, String sql) {
    PreflightSamples.write(
        folder.resolve("migrations/versions/r" + number + ".py"),
        """
        from alembic import op
        revision = "r%d"
        down_revision = %s
        def upgrade(): op.execute("%s")
        def downgrade(): pass
        """
            .formatted(number, before, sql));
  }

  private static String scratchLeft() {
    try (PgSession session = CatalogSamples.open(PreflightSamples.staging())) {
      return session.value(
          "SELECT count(*) FROM pg_database d WHERE starts_with(datname, 'rubicon_scratch_') AND"
              + " NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)");
    }
  }
}
