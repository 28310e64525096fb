package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.installed.SharedFunctions;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.transition.inplace.Authority;
import dev.rubicon.transition.inplace.InPlacePlan;
import dev.rubicon.transition.inplace.compile.InPlaceCompiler;
import dev.rubicon.transition.inplace.triggers.InPlaceSql;
import dev.rubicon.transition.inplace.triggers.WrappedDefaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The generated SQL is reviewed like code: it stands in golden files, and these are executed. Run
 * with {@code -Drubicon.golden=write} to write them anew.
 */
class GeneratedSqlTest {
  private static final String SEPARATOR = ";\n\n";

  private final Bench bench =
      new Bench(
              """
              CREATE TABLE checks (id bigint PRIMARY KEY, claim_text text NOT NULL DEFAULT '',
                aggregation jsonb, diagnostics jsonb, created_at timestamptz)
              """,
              "INSERT INTO checks VALUES (1, 'a', '{}', '{\"gate_ok\": true}', now())")
          .transition(
              "public.checks",
              with(
                  map("claim", "text", "claim_text", Map.of("claim_text", "claim")),
                  null,
                  false,
                  null),
              with(
                  map("config_json", "jsonb", "aggregation", Map.of("aggregation", "config_json")),
                  "'{}'::jsonb",
                  false,
                  null),
              map("gate_ok", "boolean", "(diagnostics->>'gate_ok')::boolean", Map.of()),
              map("day", "text", "diagnostics->>'d' || created_at::date", Map.of()),
              with(map("env", "varchar(20)", null, Map.of()), "'prod'", false, null));

  @Test
  void theInstallIsWhatTheGoldenFileSaysAndRuns() throws IOException {
    bench.expand();
    InPlacePlan plan;
    try (PgSession session =
        PgSession.open(
            bench.target(), bench.context(Phase.DUAL_WRITE).tag(), SessionLimits.SHORT)) {
      plan =
          new InPlaceCompiler(session, bench.runbook())
              .compile(bench.runbook().transitions().getFirst());
      var statements = new ArrayList<>(InPlaceSql.functions(plan));
      statements.addAll(InPlaceSql.columnsAndTriggers(plan));
      for (String statement : golden("install", statements)) {
        session.execute(statement);
      }
      for (String statement :
          golden("cutover", List.of(InPlaceSql.sync(plan, Authority.CANONICAL)))) {
        session.execute(statement);
      }
    }
    bench.run("UPDATE checks SET created_at = now()");
    assertThat(bench.one("SELECT claim, config_json, gate_ok, env FROM checks"))
        .isEqualTo("a|{}|t|prod");
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.ABORT).tag(), SessionLimits.SHORT)) {
      for (String statement :
          golden("uninstall", InPlaceSql.uninstall(plan, WrappedDefaults.asInstalled()))) {
        session.execute(statement);
      }
    }
    bench.abort();
  }

  /** What the generated functions do with the same writes under either authority, too. */
  @ParameterizedTest
  @MethodSource("dev.rubicon.transition.InPlaceShape#all")
  void everyShapeIsWhatItsGoldenFilesSayAndRuns(InPlaceShape shape) throws Exception {
    Bench its = shape.bench();
    its.expand();
    var rows = new ArrayList<String>();
    try (PgSession session =
        PgSession.open(its.target(), its.context(Phase.DUAL_WRITE).tag(), SessionLimits.SHORT)) {
      InPlacePlan plan =
          new InPlaceCompiler(session, its.runbook())
              .compile(its.runbook().transitions().getFirst());
      var install = new ArrayList<>(InPlaceSql.functions(plan));
      install.addAll(InPlaceSql.columnsAndTriggers(plan));
      golden(shape.name() + "-install", install).forEach(session::execute);
      rows.addAll(written(shape, Authority.LEGACY));
      golden(shape.name() + "-cutover", List.of(InPlaceSql.sync(plan, Authority.CANONICAL)))
          .forEach(session::execute);
      rows.addAll(written(shape, Authority.CANONICAL));
      golden(shape.name() + "-uninstall", InPlaceSql.uninstall(plan, WrappedDefaults.asInstalled()))
          .forEach(session::execute);
    }
    compare("in-place-" + shape.name() + "-rows.txt", String.join("\n", rows) + "\n");
    its.abort();
  }

  @Test
  void theSharedFunctionsAreWhatTheGoldenFileSays() throws IOException {
    assertThat(golden("shared", SharedFunctions.sql())).hasSize(10);
  }

  /** What the shape's writes leave behind; taken back. */
  private static List<String> written(InPlaceShape shape, Authority authority) throws SQLException {
    var rows = new ArrayList<String>();
    try (Connection connection = shape.bench().connect("client");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // The backfill of rows that nobody has written since the installation, then clients.
      var backfill = "UPDATE " + shape.table() + " SET _rubicon = 0 WHERE _rubicon IS NULL";
      Savepoint unfilled = connection.setSavepoint();
      statement.execute(backfill);
      ask(statement, shape.rows(), rows);
      connection.rollback(unfilled);
      for (String write : shape.writes()) {
        statement.execute(write);
        rows.add("-- " + authority + ": " + write.replaceAll("\\s+", " "));
        ask(statement, shape.rows(), rows);
      }
      ask(statement, "SELECT 'noted: ' || application_name FROM rubicon.legacy_write", rows);
      connection.rollback();
    }
    return rows;
  }

  private static void ask(Statement statement, String question, List<String> rows)
      throws SQLException {
    try (ResultSet result = statement.executeQuery(question)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
  }

  private static List<String> golden(String name, List<String> statements) throws IOException {
    compare("in-place-" + name + ".sql", String.join(SEPARATOR, statements) + SEPARATOR);
    return statements;
  }

  private static void compare(String name, String text) throws IOException {
    Path file = Path.of("src/test/resources/golden", name);
    if ("write".equals(System.getProperty("rubicon.golden"))) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertThat(text).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
  }
}
