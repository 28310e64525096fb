package dev.rubicon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.e2e.TestClassPath;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that is ended in the middle leaves no database behind; real processes. */
@Turn
class InterruptedTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LONG = "SELECT pg_sleep(600);\n";
  private static final String TABLE = "CREATE TABLE public.t (id int);\n";

  @TempDir private Path folder;

  @Test
  void planInTheMiddleOfAMigrationsTrial() throws Exception {
    ended("TERM", "plan", "--runbook", runbook(TABLE, LONG).toString());
  }

  @Test
  void planInTheMiddleOfCanonical() throws Exception {
    ended("INT", "plan", "--runbook", runbook(TABLE + LONG, "SELECT 1;\n").toString());
  }

  @Test
  void initInTheMiddleOfCanonical() throws Exception {
    Path canonical = Files.writeString(folder.resolve("canonical.sql"), TABLE + LONG);
    ended(
        "TERM",
        "init",
        "--name",
        "draft",
        "--canonical",
        canonical.toString(),
        folder.resolve("draft").toString());
  }

  private void ended(String signal, String... arguments) throws Exception {
    Path said = folder.resolve("said.log");
    var command = new ArrayList<String>();
    // A build in the background ignores SIGINT, and so would what it starts.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add("PASSWORD=" + SharedPostgres.server().password());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", TestClassPath.text()));
    command.addAll(List.of(Main.class.getName(), "-c", config().toString()));
    command.addAll(List.of(arguments));
    List<String> before = scratchDatabases();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      until(() -> !asleep().isEmpty() || !process.isAlive());
      List<String> scratch = asleep();
      assertThat(scratch).as(Files.readString(said)).hasSize(1);

      assertThat(
              new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid()))
                  .start()
                  .waitFor())
          .isZero();
      until(() -> !process.isAlive());

      // A plan has two at a time: canonical, and the copy of the target's schema.
      assertThat(scratchDatabases()).as(Files.readString(said)).isEqualTo(before);
      assertThat(process.exitValue()).isNotZero();
    } finally {
      process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  private static List<String> scratchDatabases() {
    return query(
        "SELECT datname FROM pg_database WHERE starts_with(datname, 'rubicon_scratch_') ORDER BY"
            + " 1");
  }

  /** Scratch databases in which the long statement has begun. */
  private static List<String> asleep() {
    return query(
        "SELECT datname FROM pg_stat_activity WHERE state = 'active'"
            + " AND starts_with(datname, 'rubicon_scratch_') AND query LIKE '%pg_sleep(600)%'");
  }

  private Path runbook(String canonical, String migration) throws IOException {
    Path runbook = folder.resolve("runbook");
    write(runbook.resolve("canonical/schema.sql"), canonical);
    write(runbook.resolve("expand/V1__change.sql"), migration);
    write(runbook.resolve("expand/U1__change.sql"), "SELECT 1;\n");
    write(
        runbook.resolve("runbook.yaml"),
        """
        rubicon: 1
        name: sample
        title: A sample
        description: For a test
        canonical: {sql: [canonical/schema.sql]}
        backup: {external: elsewhere}
        clone: {none: a test}
        expand: {migrations: expand}
        """);
    return runbook;
  }

  private Path config() throws IOException {
    Path file = folder.resolve("rubicon.yaml");
    write(
        file,
        """
        targets:
          prod: %s
        staging: %s
        ledger: %s
        object-store: {bucket: none}
        """
            .formatted(
                database(SharedPostgres.freshDatabase("interrupted")),
                database("postgres"),
                database("postgres")));
    return file;
  }

  private static String database(String name) {
    var server = SharedPostgres.server();
    return "{url: \"%s\", user: %s, password: \"${PASSWORD}\"}"
        .formatted(server.jdbcUrl(name), server.superuser());
  }

  private static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static List<String> query(String sql) {
    var server = SharedPostgres.server();
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void until(Condition condition) throws Exception {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      assertThat(Instant.now()).as("deadline").isBefore(deadline);
      Thread.sleep(100);
    }
  }
}
