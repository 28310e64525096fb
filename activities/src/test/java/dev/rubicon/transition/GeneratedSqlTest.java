package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    TransitionPlan plan;
    try (PgSession session =
        PgSession.open(
            bench.target(), bench.context(Phase.DUAL_WRITE).tag(), SessionLimits.SHORT)) {
      plan =
          new TransitionCompiler(session, bench.runbook())
              .compile(bench.runbook().transitions().getFirst());
      var statements = new ArrayList<>(TransitionSql.functions(plan));
      statements.addAll(TransitionSql.columnsAndTriggers(plan));
      for (String statement : golden("install", statements)) {
        session.execute(statement);
      }
      for (String statement :
          golden("cutover", List.of(TransitionSql.sync(plan, Authority.CANONICAL)))) {
        session.execute(statement);
      }
    }
    bench.run("UPDATE checks SET created_at = now()");
    assertThat(bench.one("SELECT claim, config_json, gate_ok, env FROM checks"))
        .isEqualTo("a|{}|t|prod");
    try (PgSession session =
        PgSession.open(bench.target(), bench.context(Phase.ABORT).tag(), SessionLimits.SHORT)) {
      for (String statement : golden("uninstall", TransitionSql.uninstall(plan))) {
        session.execute(statement);
      }
    }
    bench.abort();
  }

  private static List<String> golden(String name, List<String> statements) throws IOException {
    Path file = Path.of("src/test/resources/golden/in-place-" + name + ".sql");
    String text = String.join(SEPARATOR, statements) + SEPARATOR;
    if ("write".equals(System.getProperty("rubicon.golden"))) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    String expected = Files.readString(file, StandardCharsets.UTF_8);
    assertThat(text).isEqualTo(expected);
    return statements;
  }
}
