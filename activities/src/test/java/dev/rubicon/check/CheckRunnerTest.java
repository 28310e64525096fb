package dev.rubicon.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.check.CheckSamples.Probe;
import dev.rubicon.check.CheckSamples.Web;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of check passes where it should and fails where it should. */
class CheckRunnerTest {
  private static final String ITEM = "CREATE TABLE item (id int PRIMARY KEY, name text)";

  @TempDir Path folder;
  private final Probe probe = new Probe();

  @Test
  void aCallsCapturedValueIsBoundInTheQueryAfterIt() {
    Target target =
        CheckSamples.freshTarget(
            ITEM + "; INSERT INTO item VALUES (7, NULL), (8, 'x')", Map.of("who", "a\"b"));
    try (var web =
        new Web(r -> new Web.Reply(201, "{\"id\": 7, \"ok\": true, \"deep\": {\"a/b\": null}}"))) {
      List<CheckResult> results =
          run(
              target.with(Map.of("app", web.url())),
              """
              smoke:
                - name: make
                  http: {method: POST, url: "${app}/make?q=1", headers: {X-Who: "w ${database}"}, body: '{"who": "${who}"}'}
                  status: 201
                  json: {/ok: "true", "/deep/a~1b": "null"}
                  capture: {made: /id}
                - name: row
                  sql: "SELECT id, name, id = 7 FROM public.item WHERE id = ?::int"
                  parameters: ["${made}"]
                  expect: [["7", null, "t"]]
                - name: nothing
                  sql: "SELECT 1 FROM public.item WHERE id = ?::int"
                  parameters: ["99"]
              """);

      assertThat(results).allMatch(CheckResult::passed, "passes");
      assertThat(web.requests.getFirst().body()).isEqualTo("{\"who\": \"a\\\"b\"}");
      assertThat(web.requests.getFirst().headers().get("X-who"))
          .containsExactly("w " + target.database());
    }
  }

  @Test
  void aFailureSaysWhereItDiffersAndNotWhatWasFound() {
    Target target =
        CheckSamples.freshTarget(
            ITEM + "; INSERT INTO item VALUES (1, 'secret-value'), (2, 'b')", Map.of());
    try (var web = new Web(r -> new Web.Reply(200, "{\"token\": \"secret-value\"}"))) {
      List<CheckResult> results =
          run(
              target.with(Map.of("app", web.url())),
              """
              smoke:
                - {name: json, http: {url: "${app}/"}, json: {/token: "other"}}
                - {name: missing, http: {url: "${app}/"}, json: {/nope: "other"}}
                - {name: status, http: {url: "${app}/"}, status: 404}
                - {name: cell, sql: "SELECT name FROM public.item WHERE id = 1", expect: [["other"]]}
                - {name: many, sql: "SELECT name FROM public.item"}
                - {name: few, sql: "SELECT name FROM public.item", expect: [["a"], ["b"], ["c"]]}
                - {name: width, sql: "SELECT id, name FROM public.item WHERE id = 1", expect: [["1"]]}
                - {name: broken, sql: "SELECT nope FROM public.item"}
                - {name: bad-cast, sql: "SELECT name::int FROM public.item WHERE id = 1", expect: [["1"]]}
                - {name: captured-nothing, sql: "SELECT ?", parameters: ["${never}"], expect: [["1"]]}
              """);

      assertThat(results).noneMatch(CheckResult::passed);
      assertThat(results)
          .extracting(CheckResult::detail)
          .noneMatch(d -> d.contains("secret-value") && !d.contains("22P02"));
      assertThat(results)
          .extracting(CheckResult::name, CheckResult::detail)
          .contains(
              org.assertj.core.groups.Tuple.tuple("json", "/token is not 'other'"),
              org.assertj.core.groups.Tuple.tuple("status", "status 200, expected 404"),
              org.assertj.core.groups.Tuple.tuple("cell", "row 1, column name is not 'other'"),
              org.assertj.core.groups.Tuple.tuple("many", "more rows than the 0 expected"),
              org.assertj.core.groups.Tuple.tuple("few", "2 rows, expected 3"));
    }
  }

  @Test
  void aQueryCannotWrite() {
    Target target = CheckSamples.freshTarget(ITEM + "; CREATE SEQUENCE public.s", Map.of());

    List<CheckResult> results =
        run(target, "smoke:\n  - {name: writes, sql: \"SELECT nextval('public.s')\"}\n");

    assertThat(results.getFirst().detail()).contains("read-only transaction");
  }

  @Test
  void anUnreachableTargetIsNoVerdictOnTheChange() {
    Target nowhere =
        new Target(
            "prod",
            "jdbc:postgresql://127.0.0.1:1/x",
            "u",
            new dev.rubicon.postgres.Secret("p"),
            Map.of());

    assertThatThrownBy(() -> run(nowhere, "smoke:\n  - {name: q, sql: \"SELECT 1\"}\n"))
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE));
  }

  @Test
  void aServiceThatIsJustStartingIsWaitedForWithinTheCallsTimeout() throws Exception {
    int port;
    try (var gone = new Web(r -> new Web.Reply(200, ""))) {
      port = gone.port();
    }
    var later =
        CompletableFuture.supplyAsync(
            () -> new Web(port, r -> new Web.Reply(200, "{}")),
            CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS));
    Target target = CheckSamples.freshTarget(ITEM, Map.of("app", "http://127.0.0.1:" + port));

    List<CheckResult> results =
        run(target, "smoke:\n  - {name: up, http: {url: \"${app}/\", timeout: 20s}}\n");

    later.get().close();
    assertThat(results.getFirst().passed()).isTrue();
    assertThat(
            run(target, "smoke:\n  - {name: up, http: {url: \"${app}/\", timeout: 500ms}}\n")
                .getFirst()
                .detail())
        .isEqualTo("GET http://127.0.0.1:" + port + "/ could not connect");
  }

  @Test
  void aCommandRunsWithoutAShellAndWithoutOurEnvironment() {
    Target target = CheckSamples.freshTarget(ITEM, Map.of("word", "a b; false"));

    List<CheckResult> results =
        run(
            target,
            """
            smoke:
              - {name: one-argument, command: [/usr/bin/test, "${word}", "=", "a b; false"]}
              - {name: fails, command: [/bin/false]}
              - {name: absent, command: [/no/such/program]}
              - {name: slow, command: [/bin/sleep, "30"], timeout: 300ms}
              - {name: environment, command: [/bin/sh, -c, 'test -z "$JAVA_HOME$RUBICON_SECRET" && env | cut -d= -f1 | grep -v -x -E "PATH|LANG|LC_ALL|TZ|HOME|TMPDIR|PWD|_|SHLVL|OLDPWD" && exit 1; exit 0']}
            """);

    assertThat(results)
        .extracting(CheckResult::passed)
        .containsExactly(true, false, false, false, true);
    assertThat(results)
        .extracting(CheckResult::detail)
        .containsExactly(
            "",
            "exit status 1, expected 0",
            "'/no/such/program' cannot be started",
            "still running after 300 ms",
            "");
  }

  @Test
  void aCancellationEndsWhatRuns() {
    Target target = CheckSamples.freshTarget(ITEM, Map.of());
    for (String check :
        List.of(
            "{name: slow, command: [/bin/sleep, \"60\"], timeout: 60s}",
            "{name: slow, sql: \"SELECT pg_sleep(60)::text\", expect: [[\"\"]]}")) {
      Probe cancelling = new Probe();
      // As the real one does: told again with every heartbeat, so that none comes too early.
      var heartbeats = java.util.concurrent.Executors.newSingleThreadScheduledExecutor();
      heartbeats.scheduleAtFixedRate(cancelling::cancel, 800, 200, TimeUnit.MILLISECONDS);
      Bundle bundle = CheckSamples.bundle(folder, ITEM, "smoke:\n  - " + check + "\n");
      PhaseContext context = CheckSamples.context(bundle, target, Phase.SMOKE, cancelling);
      long start = System.nanoTime();

      try (var runner = new CheckRunner(context, target)) {
        assertThatThrownBy(() -> runner.run(bundle.runbook().smoke()))
            .isInstanceOf(Progress.PhaseCancelled.class);
      }
      heartbeats.shutdownNow();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void freshRowsAreExportedWithTheirTypesAndUnitedWithALocalCanonicalDatabase() throws Exception {
    String table =
        """
        CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE TABLE item (id int PRIMARY KEY, name text, big bigint, small smallint, flag boolean, price numeric(8, 3),
            free numeric, weight double precision, light real, key uuid, at timestamptz, local timestamp, day date, "Time" time,
            doc jsonb, old json, raw bytea, tags text[], feels mood, span interval)\
        """;
    Target target =
        CheckSamples.freshTarget(
            table
                + """
                ; INSERT INTO item VALUES (1, 'Zoë "q" \\ 🜲', 9223372036854775807, -3, true, 12345.678, 1e40, 0.1, 1.5,
                    '00000000-0000-4000-8000-00000000000a', '2026-03-29 02:30:00.123456+02', '2026-03-29 02:30:00', '2026-02-28',
                    '23:59:59.5', '{"a": [1, null]}', '{"a":  1}', '\\xdeadbeef00', '{a,NULL,"b,c"}', 'happy', '1 mon 2 days');
                INSERT INTO item (id) VALUES (2);
                CREATE SEQUENCE public.s\
                """,
            Map.of());
    Path artefacts = folder.resolve("artefacts");
    List<CheckResult> results =
        run(
            target,
            table,
            """
            smoke:
              - name: types
                duckdb:
                  export: {prod: "SELECT * FROM public.item ORDER BY id"}
                  query: >-
                    SELECT name, typeof(name), big, typeof(small), flag, price, typeof(price), free, typeof(weight), key, typeof(key), "at", "local",
                           day, "Time", json_extract_string(doc, '$.a[0]'), typeof(old), hex(raw), tags, feels, span
                      FROM prod WHERE id = 1
                expect: [["Zoë \\"q\\" \\\\ 🜲", "VARCHAR", "9223372036854775807", "SMALLINT", "true", "12345.678", "DECIMAL(8,3)",
                          "10000000000000000000000000000000000000000", "DOUBLE", "00000000-0000-4000-8000-00000000000a", "UUID",
                          "2026-03-29 00:30:00.123456+00", "2026-03-29 02:30:00", "2026-02-28", "23:59:59.5", "1", "JSON", "DEADBEEF00", '{a,NULL,"b,c"}', "happy", "1 mon 2 days"]]
              - name: nulls
                duckdb:
                  export: {prod: "SELECT * FROM public.item"}
                  query: "SELECT count(COLUMNS(* EXCLUDE id)) FROM prod WHERE id = 2"
                expect: [["0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"]]
              - name: union
                duckdb:
                  export: {prod: "SELECT * FROM public.item"}
                  local: {loc: "SELECT * FROM public.item"}
                  local-sql: [local/sample.sql]
                  query: "SELECT count(*), count(DISTINCT name) FROM (FROM prod UNION ALL BY NAME FROM loc)"
                expect: [["3", "2"]]
              - name: empty
                duckdb:
                  export: {prod: "SELECT id AS a, id AS a FROM public.item WHERE false"}
                  query: "SELECT count(a), count(a_2) FROM prod"
                expect: [["0", "0"]]
              - name: sandboxed
                duckdb:
                  export: {prod: "SELECT 1 AS a"}
                  query: "SELECT count(*) FROM read_text('/etc/hostname')"
                expect: [["1"]]
              - name: cannot-write
                duckdb:
                  export: {prod: "SELECT nextval('public.s') AS id"}
                  query: "SELECT count(*) FROM prod"
                expect: [["2"]]
            """,
            Optional.of(artefacts));

    assertThat(results)
        .extracting(CheckResult::name, CheckResult::passed, CheckResult::detail)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("types", true, ""),
            org.assertj.core.groups.Tuple.tuple("nulls", true, ""),
            org.assertj.core.groups.Tuple.tuple("union", true, ""),
            org.assertj.core.groups.Tuple.tuple("empty", true, ""),
            org.assertj.core.groups.Tuple.tuple(
                "sandboxed", false, "DuckDB refused: Permission Error"),
            org.assertj.core.groups.Tuple.tuple("cannot-write", false, results.getLast().detail()));
    assertThat(results.getLast().detail()).contains("read-only");
    assertThat(Files.exists(artefacts.resolve("union/prod.parquet"))).isTrue();
    assertThat(scratchDatabases(target)).isEqualTo("0");
  }

  @Test
  void smokeReportsNamesAndKeepsResultsAsEvidence() {
    Target target = CheckSamples.freshTarget(ITEM, Map.of());
    Bundle bundle =
        CheckSamples.bundle(
            folder,
            ITEM,
            "smoke:\n"
                + "  - {name: good, command: [/bin/true]}\n"
                + "  - {name: bad, command: [/bin/false]}\n");

    Facts.Smoke smoke =
        new Smoke(target).run(CheckSamples.context(bundle, target, Phase.SMOKE, probe));

    assertThat(smoke).isEqualTo(new Facts.Smoke(List.of("good"), List.of("bad")));
    assertThat(probe.evidence.get(CheckResult.EVIDENCE)).hasSize(2);
  }

  private List<CheckResult> run(Target target, String yaml) {
    return run(target, ITEM, yaml, Optional.empty());
  }

  private List<CheckResult> run(
      Target target, String canonical, String yaml, Optional<Path> artefacts) {
    Bundle bundle = CheckSamples.bundle(folder, canonical, yaml);
    PhaseContext context = CheckSamples.context(bundle, target, Phase.SMOKE, probe);
    try (var runner = new CheckRunner(context, target, artefacts, Map.of())) {
      return runner.run(bundle.runbook().smoke());
    }
  }

  private static String scratchDatabases(Target target) {
    try (var session =
        dev.rubicon.postgres.PgSession.open(
            target,
            new dev.rubicon.postgres.SessionTag("t", Phase.SMOKE),
            dev.rubicon.postgres.SessionLimits.SHORT)) {
      return session.value(
          "SELECT count(*) FROM pg_database WHERE datname LIKE 'rubicon_scratch_%'");
    }
  }
}
