package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.LocalPostgres;
import dev.rubicon.stack.suite.LocalServer;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Defect G: {@code lock_timeout} is set on one connection of a pool, and the DDL runs on another.
 * The server's own log of statements tells what stood in force where.
 */
@Timeout(300)
@LocalServer("it reads the server's log")
class EverySessionIsLimitedTest {
  private static final Pattern SETTING =
      Pattern.compile(
          "\\bSET (LOCAL )?(lock_timeout|statement_timeout) = '?(\\d+)", Pattern.CASE_INSENSITIVE);

  private static final Pattern CONFIGURED =
      Pattern.compile("set_config\\('(lock_timeout|statement_timeout)', '(\\d+)', false\\)");

  /** What waits for a lock that clients would then wait behind. */
  private static final Pattern STRONG =
      Pattern.compile(
          "(?is)^\\s*(LOCK TABLE|ALTER TABLE|CREATE TABLE|CREATE TRIGGER|DROP TRIGGER|DROP TABLE|"
              + "DROP VIEW|CREATE INDEX(?! CONCURRENTLY)|DROP INDEX(?! CONCURRENTLY)|TRUNCATE).*");

  @TempDir Path folder;

  @Test
  void everySessionOfEveryPhaseHasItsLimitsAndItsName() throws Exception {
    List<ServerLog.Logged> log;
    try (var server = LocalPostgres.start(folder, ServerLog.SETTINGS)) {
      try (var connection =
              DriverManager.getConnection(
                  server.jdbcUrl("postgres"), server.superuser(), server.password());
          var statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE there");
        statement.execute("CREATE DATABASE back");
      }
      thereAndBack(bench(server, "there"));
      Bench back = bench(server, "back");
      back.toVerified();
      back.abort();
      log =
          ServerLog.read(server.log()).stream()
              .filter(l -> Set.of("there", "back").contains(l.database()))
              .toList();
    }
    // The driver's first words to the server are SET, one of them for the name.
    List<ServerLog.Logged> ours =
        log.stream()
            .filter(l -> !l.application().equals("client"))
            .filter(l -> !(l.application().equals("[unknown]") && l.sql().startsWith("SET ")))
            .toList();
    assertThat(new TreeSet<>(ours.stream().map(ServerLog.Logged::application).toList()))
        .containsExactly(
            "rubicon/abort/r1",
            "rubicon/backfill/r1",
            "rubicon/contract/r1",
            "rubicon/cutover/r1",
            "rubicon/dual-write/r1",
            "rubicon/expand/r1",
            "rubicon/rollback/r1",
            "rubicon/verify/r1");
    assertThat(unlimited(ours)).isEmpty();
  }

  /** Statements before the limits were set, and strong locks without a short one. */
  private static List<String> unlimited(List<ServerLog.Logged> log) {
    var wrong = new ArrayList<String>();
    var session = new HashMap<String, Map<String, Integer>>();
    var local = new HashMap<String, Map<String, Integer>>();
    int strong = 0;
    for (ServerLog.Logged logged : log) {
      var limits = session.computeIfAbsent(logged.session(), _ -> new HashMap<>());
      var here = local.computeIfAbsent(logged.session(), _ -> new HashMap<>());
      CONFIGURED
          .matcher(logged.sql())
          .results()
          .forEach(set -> limits.put(set.group(1), Integer.parseInt(set.group(2))));
      var setting = SETTING.matcher(logged.sql());
      if (setting.find()) {
        (setting.group(1) == null ? limits : here)
            .put(setting.group(2), Integer.parseInt(setting.group(3)));
        continue;
      }
      if (logged.sql().matches("(?is)\\s*(SET|SHOW|BEGIN).*")) {
        continue;
      }
      if (logged.sql().matches("(?is)\\s*(COMMIT|ROLLBACK).*")) {
        here.clear();
        continue;
      }
      if (!limits.keySet().containsAll(Set.of("lock_timeout", "statement_timeout"))) {
        wrong.add("no limits: " + logged);
      }
      if (STRONG.matcher(logged.sql()).matches()) {
        strong++;
        int wait = here.getOrDefault("lock_timeout", limits.getOrDefault("lock_timeout", 0));
        if (wait == 0 || wait > 2_000) {
          wrong.add("lock_timeout " + wait + ": " + logged);
        }
      }
    }
    assertThat(strong).as("statements with strong locks").isGreaterThan(50);
    return wrong;
  }

  private static void thereAndBack(Bench bench) {
    bench.toVerified();
    bench.cutover();
    bench.rollback();
    bench.verify();
    bench.cutover();
    bench.contract();
  }

  private static Bench bench(LocalPostgres server, String database) {
    return new Bench(
            server,
            database,
            "CREATE TABLE t (id int PRIMARY KEY, old text)",
            "CREATE TABLE s (id serial PRIMARY KEY, name text)",
            "CREATE TABLE child (s_id int REFERENCES s (id))",
            "INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 100) g",
            "INSERT INTO s SELECT g, 'v' || g FROM generate_series(1, 100) g")
        .migration(
            "V1__s_new.sql",
            "CREATE TABLE s_new (id bigint PRIMARY KEY, label text); ALTER TABLE t ADD COLUMN more"
                + " int;")
        .migration("U1__s_new.sql", "DROP TABLE s_new; ALTER TABLE t DROP COLUMN more;")
        .index("public.t_old", "CREATE INDEX CONCURRENTLY t_old ON t (old)")
        .index("public.t_new", "CREATE INDEX CONCURRENTLY t_new ON t (new)")
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
