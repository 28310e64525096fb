package dev.rubicon.preflight;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.preflight.trial.PlannedStep;
import dev.rubicon.preflight.trial.Trial;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.ServerLog;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code rubicon plan --sql} tells is what the server's log has of the rollout. */
@Timeout(300)
@LocalServer("it reads the server's log")
class PlannedSqlTest {
  private static final List<Phase> PHASES =
      List.of(
          Phase.EXPAND,
          Phase.DUAL_WRITE,
          Phase.VERIFY,
          Phase.CUTOVER,
          Phase.ROLLBACK,
          Phase.CONTRACT,
          Phase.ABORT);

  /** Statements that change something besides rows, or lock clients out. */
  private static final Pattern DDL =
      Pattern.compile(
          "(?is)(CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|DO|LOCK TABLE(?!.*ACCESS SHARE"
              + " MODE))\\b.*");

  @TempDir Path folder;

  @Test
  void everyStatementOfARolloutWasPlanned() throws Exception {
    try (var server = LocalPostgres.start(folder, ServerLog.SETTINGS)) {
      try (var connection =
              DriverManager.getConnection(
                  server.jdbcUrl("postgres"), server.superuser(), server.password());
          var statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE copy");
        statement.execute("CREATE DATABASE target");
        statement.execute("CREATE DATABASE aborted");
      }
      List<PlannedStep> planned = planned(bench(server, "copy"));
      Bench target = bench(server, "target");
      target.run("INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 20000) g");
      target.run("INSERT INTO s SELECT g, 'v' || g FROM generate_series(1, 20000) g");
      target.toVerified();
      target.cutover();
      target.rollback();
      target.verify();
      target.cutover();
      target.contract();
      Bench aborted = bench(server, "aborted");
      aborted.toVerified();
      aborted.abort();
      List<ServerLog.Logged> log = ServerLog.read(server.log());
      for (Phase phase : PHASES) {
        assertThat(ddl(sent(log, phase)))
            .as(phase.word())
            .hasSizeGreaterThan(phase == Phase.ROLLBACK ? 1 : 2)
            .containsExactlyElementsOf(
                ddl(planned.stream().filter(s -> s.phase() == phase).map(PlannedStep::sql)));
      }
      // The batch and the comparison, with their values instead of places for them.
      for (Phase phase : List.of(Phase.BACKFILL, Phase.VERIFY)) {
        List<String> sent = sent(log, phase).map(PlannedSqlTest::plain).toList();
        assertThat(planned)
            .filteredOn(s -> s.phase() == phase && s.note().contains("as often"))
            .hasSize(phase == Phase.BACKFILL ? 3 : 2)
            .allSatisfy(
                step ->
                    assertThat(sent)
                        .as(step.sql())
                        .anyMatch(sql -> like(plain(step.sql())).matcher(sql).matches()));
      }
    }
  }

  private static List<PlannedStep> planned(Bench bench) {
    var context = bench.context(Phase.PREFLIGHT);
    try (PgSession session = PgSession.open(bench.target(), context.tag(), SessionLimits.SHORT)) {
      Trial.Result trial = new Trial(context.bundle(), session, Optional.empty()).run();
      assertThat(trial.findings()).isEmpty();
      return trial.steps();
    }
  }

  private static Stream<String> sent(List<ServerLog.Logged> log, Phase phase) {
    String database = phase == Phase.ABORT ? "aborted" : "target";
    var target = log.stream().filter(l -> l.database().equals(database));
    // After a way back only those constraints are missing that the crossing has turned into others.
    var once =
        phase == Phase.VERIFY
            ? target.takeWhile(l -> !l.application().startsWith("rubicon/rollback/"))
            : target;
    return once.filter(l -> l.application().equals("rubicon/" + phase.word() + "/r1"))
        .map(ServerLog.Logged::sql);
  }

  /** Each once, as it first came: a second crossing sends the same again. */
  private static List<String> ddl(Stream<String> statements) {
    return statements
        .map(PlannedSqlTest::plain)
        .filter(sql -> DDL.matcher(sql).matches())
        // Flyway's own memory, and what is resolved in temporary tables before anything is touched.
        .filter(sql -> !sql.contains("flyway") && !sql.contains("_rubicon_"))
        .distinct()
        .toList();
  }

  /** Object ids differ from database to database, parameters from server to driver. */
  private static String plain(String sql) {
    return sql.strip()
        .replaceFirst(";$", "")
        .replaceAll("\\b\\d+::pg_catalog\\.oid", "OID")
        .replaceAll("ARRAY\\[\\d+::", "ARRAY[OID::")
        .replaceAll("\\$\\d+", "?");
  }

  private static Pattern like(String template) {
    return Pattern.compile(
        Stream.of(template.split("\\?", -1))
            .map(Pattern::quote)
            .collect(java.util.stream.Collectors.joining("('[^']*'|\\?)")),
        Pattern.DOTALL);
  }

  private static Bench bench(LocalPostgres server, String database) {
    return new Bench(
            server,
            database,
            "CREATE TABLE t (id int PRIMARY KEY, old text NOT NULL CHECK (old <> 'no'))",
            "CREATE TABLE s (id serial PRIMARY KEY, name text)",
            "CREATE TABLE child (s_id int REFERENCES s (id))")
        .migration(
            "V1__s_new.sql",
            "CREATE TABLE s_new (id bigint PRIMARY KEY, label text);\nALTER TABLE t ADD COLUMN more"
                + " int;")
        .migration("U1__s_new.sql", "DROP TABLE s_new; ALTER TABLE t DROP COLUMN more;")
        .index("public.t_old", "CREATE INDEX CONCURRENTLY t_old ON t (old)")
        .legacy("public.t", "old", LegacyColumn.Action.ARCHIVE)
        .transition(
            "public.t",
            with(map("new", "text", "old", Map.of("old", "new")), null, false, "new <> ''"))
        .shadow(
            "public.s",
            new Shadow("public.app_s", Optional.of("public.s_new"), LegacyName.VIEW, List.of()),
            map("label", "", "name", Map.of("name", "label")));
  }
}
