package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.invariant.AskedInvariant;
import dev.rubicon.invariant.ChecksScript;
import dev.rubicon.stack.SharedPostgres;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that break what a rollout adds are found by the plan, each kind exactly once. */
@Turn
@Tag("slow")
class DataInvariantsTest {
  private static final String LEGACY =
      """
      CREATE TABLE g (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));
      CREATE TABLE t (
        id int PRIMARY KEY, email text, name text, n int, a int, b int, active boolean, old text);
      """;
  private static final String ADDED =
      """
      CREATE COLLATION IF NOT EXISTS blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE UNIQUE INDEX t_lower ON t (lower(email));
      CREATE UNIQUE INDEX t_active ON t (a) WHERE active;
      CREATE UNIQUE INDEX t_name ON t (name COLLATE "und-x-icu");
      ALTER TABLE t ADD CONSTRAINT t_pair UNIQUE (a, b);
      ALTER TABLE t ADD CONSTRAINT t_positive CHECK (n > 0) NOT VALID;
      ALTER TABLE t VALIDATE CONSTRAINT t_positive;
      ALTER TABLE t ALTER COLUMN n SET NOT NULL;
      ALTER TABLE t ADD CONSTRAINT t_simple FOREIGN KEY (a, b) REFERENCES g (a, b);
      ALTER TABLE t ADD CONSTRAINT t_full FOREIGN KEY (a, b) REFERENCES g (a, b) MATCH FULL;
      """;

  @TempDir Path temp;
  private final KeptEvidence evidence = new KeptEvidence();

  private Bundle bundle(String canonical, String expand, String yaml) {
    return PreflightSamples.bundle(
        temp,
        canonical,
        expand,
        "SELECT 1;\n",
        yaml + "approvals: {gates: [], self-approval: true}\n");
  }

  private List<Finding> data() {
    return evidence.get(EvidenceNames.FINDINGS).stream()
        .filter(f -> f.id().matches("(?s)\\w+:data(-unasked|-wrong)?:.*"))
        .toList();
  }

  private void run(Bundle bundle, Bench bench) {
    new Preflight(PreflightSamples.staging())
        .run(PreflightSamples.context(bundle, bench.target(), evidence));
  }

  private static String allowed(String more) {
    return "hazards: [{hazard: 'hazard:[a-c]*', reason: x}, {hazard: 'hazard:index*', reason: x},"
        + " {hazard: 'hazard:constraint*', reason: x}, {hazard: 'hazard:not-null*', reason: x},"
        + " {hazard: 'hazard:undo*', reason: x}, {hazard: 'hazard:access*', reason: x},"
        + " {hazard: 'hazard:validate*', reason: x}"
        + more
        + "]\n";
  }

  @Test
  void whatBreaksWhatExpandAddsIsFoundWithItsOffenders() {
    String added = ADDED.lines().skip(1).reduce("", (a, b) -> a + b + "\n");
    var bench =
        new Bench(
            LEGACY,
            "INSERT INTO g VALUES (1, 1, 1)",
            """
            INSERT INTO t (id, email, name, n, a, b, active) VALUES
              (1, 'x@y', 'p', 1, 1, 1, true), (2, 'X@Y', 'q', 1, 1, NULL, true),
              (3, NULL, 'p', NULL, NULL, NULL, false), (4, NULL, 'r', 0, 1, NULL, false),
              (5, NULL, 's', 5, 7, 7, false), (6, NULL, 't', -1, 7, 7, NULL),
              (7, NULL, NULL, 1, NULL, NULL, true), (8, NULL, NULL, 1, NULL, NULL, true)
            """);
    assertThatThrownBy(() -> run(bundle(LEGACY + added, added, allowed("")), bench))
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.HAZARD_NOT_ALLOWED));

    assertThat(data())
        .extracting(f -> f.id() + " " + f.title().split(" ")[0])
        .containsExactlyInAnyOrder(
            "hazard:data:unique:public.t.t_lower 1",
            "hazard:data:unique:public.t.t_active 1",
            "hazard:data:unique:public.t.t_name 1",
            "hazard:data:unique:public.t.t_pair 1",
            "hazard:data:check:public.t.t_positive 2",
            "hazard:data:not-null:public.t.n 1",
            "hazard:data:foreign-key:public.t.t_simple 2",
            "hazard:data:foreign-key:public.t.t_full 4");
    // The query shows them, and the keys are masked.
    Finding check =
        data().stream().filter(f -> f.id().contains("t_positive")).findFirst().orElseThrow();
    assertThat(bench.rows(check.suggestedSql().orElseThrow())).containsExactlyInAnyOrder("4", "6");
    assertThat(evidence.get(AskedInvariant.EVIDENCE))
        .filteredOn(AskedInvariant::broken)
        .allMatch(AskedInvariant::exact)
        .filteredOn(a -> a.invariant().id().contains("t_positive"))
        .singleElement()
        .satisfies(
            a -> assertThat(a.keys().toString()).isEqualTo("[{key id=int4(1)}, {key id=int4(1)}]"));

    // Mended, nothing is left, and nothing stops.
    bench.run("DELETE FROM t WHERE id > 1");
    run(bundle(LEGACY + added, added, allowed("")), bench);
    assertThat(data()).isEmpty();
    // What the target holds already is not asked again.
    bench.run(added);
    run(bundle(LEGACY + added, "SELECT 1;", allowed("")), bench);
    assertThat(evidence.get(AskedInvariant.EVIDENCE)).isEmpty();
  }

  @Test
  void whatATransitionComputesIsFoundToo() {
    var bench =
        new Bench(
            LEGACY, "INSERT INTO t (id, old, n) VALUES (1, ' a', 1), (2, 'a ', 1), (3, NULL, 2)");
    String canonical =
        LEGACY.replace(", old text", ", fresh text NOT NULL CHECK (fresh <> 'a')")
            + "CREATE UNIQUE INDEX t_fresh ON t (fresh);\n";
    String yaml =
        """
        expand:
          migrations: expand
          concurrently:
            - {name: public.t_fresh, sql: CREATE UNIQUE INDEX CONCURRENTLY t_fresh ON public.t (fresh)}
        transitions:
          - relation: public.t
            columns:
              - {name: fresh, type: text, up: trim(old), down: {old: fresh}, nullable: false, check: fresh <> 'a'}
        contract:
          legacy-columns: [{relation: public.t, column: old, action: drop}]
        """;
    assertThatThrownBy(() -> run(bundle(canonical, "SELECT 1;", yaml), bench))
        .isInstanceOf(RubiconException.class);
    assertThat(data())
        .extracting(f -> f.id().replaceAll("check:.*", "check") + " " + f.title().split(" ")[0])
        .containsExactlyInAnyOrder(
            "hazard:data:unique:public.t.t_fresh 1",
            "hazard:data:not-null:public.t.fresh 1",
            "hazard:data:check 2");
  }

  @Test
  void whatAShadowWillHoldIsFoundToo() {
    var bench =
        new Bench(
            LEGACY,
            "INSERT INTO g VALUES (1, 1, 1)",
            "INSERT INTO t (id, email, a) VALUES (1, 'x', 1), (2, 'X', 2), (3, NULL, NULL)");
    String shadow =
        """
        CREATE TABLE %s (id bigint PRIMARY KEY, email text NOT NULL UNIQUE,
          g_id int CONSTRAINT to_g REFERENCES g (id));
        """;
    String yaml =
        """
        transitions:
          - relation: public.t
            kind: shadow
            to: public.people
            columns:
              - {name: email, up: lower(email), down: {email: email}}
              - {name: g_id, up: a, down: {a: g_id}}
        """;
    assertThatThrownBy(
            () ->
                run(
                    bundle(
                        LEGACY.lines().limit(1).reduce("", (x, y) -> x + y)
                            + shadow.formatted("people"),
                        shadow.formatted("people"),
                        yaml),
                    bench))
        .isInstanceOf(RubiconException.class);
    assertThat(data())
        .extracting(f -> f.id() + " " + f.title().split(" ")[0])
        .containsExactlyInAnyOrder(
            "hazard:data:unique:public.people.people_email_key 1",
            "hazard:data:not-null:public.people.email 1",
            "hazard:data:foreign-key:public.people.to_g 1");
  }

  @Test
  void theRunbooksOwnHaveSeverityAndAnAllowedCount() {
    var bench =
        new Bench(
            LEGACY,
            "INSERT INTO t (id, a, active) VALUES (1, 1, true), (2, 1, true), (3, 2, true)");
    String invariants =
        """
        invariants:
          - name: one active per group
            sql: SELECT a FROM t WHERE active GROUP BY a HAVING count(*) > 1;
            severity: %s
            allow: %d
          - {name: cannot be asked, sql: SELECT 1 FROM nowhere, severity: warning}
        """;
    assertThatThrownBy(
            () -> run(bundle(LEGACY, "SELECT 1;", invariants.formatted("error", 0)), bench))
        .hasMessageContaining("hazard:data:one active per group");
    run(bundle(LEGACY, "SELECT 1;", invariants.formatted("warning", 0)), bench);
    assertThat(data())
        .extracting(Finding::id)
        .containsExactlyInAnyOrder(
            "note:data:one active per group", "note:data-wrong:cannot be asked");
    run(bundle(LEGACY, "SELECT 1;", invariants.formatted("error", 1)), bench);
    assertThat(data()).extracting(Finding::id).containsExactly("note:data-wrong:cannot be asked");
  }

  @Test
  void aQueryThatIsWrongStopsThePlanWithWhatPostgresqlSays() {
    var bench = new Bench(LEGACY, "INSERT INTO t (id, a) VALUES (1, 1)");
    String invariants = "invariants:\n  - {name: misspelt, sql: 'SELECT 1 FROM t WHERE activ'}\n";
    assertThatThrownBy(() -> run(bundle(LEGACY, "SELECT 1;", invariants), bench))
        .hasMessageContaining("hazard:data-wrong:misspelt");
    assertThat(data())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.title()).contains("'misspelt' fails", "\"activ\" does not exist");
              assertThat(finding.suggestedSql()).contains("SELECT 1 FROM t WHERE activ;\n");
            });
  }

  @Test
  void aFindingNamesTheFirstOffendersByTheirMaskedKeys() {
    var bench =
        new Bench(
            LEGACY,
            "INSERT INTO t (id, a, active) VALUES (1, 1, true), (2, 1, true), (3, 7, true), (4, 7,"
                + " true)");
    String invariants =
        "invariants:\n  - {name: one each, sql: SELECT a FROM t GROUP BY a HAVING count(*) > 1}\n";
    assertThatThrownBy(() -> run(bundle(LEGACY, "SELECT 1;", invariants), bench))
        .hasMessageContaining("hazard:data:one each");
    assertThat(data())
        .extracting(Finding::title)
        .containsExactly("2 offenders against 'one each': a=int4(1); a=int4(1)");
  }

  @Test
  void exportedTheyRunWithPsqlAlone() throws Exception {
    var bench = new Bench(LEGACY, "INSERT INTO t (id, n, name) VALUES (1, NULL, 'secret')");
    String up = "ALTER TABLE t ALTER COLUMN n SET NOT NULL;\n";
    Bundle bundle =
        bundle(
            LEGACY.replace("n int", "n int NOT NULL"),
            up,
            allowed(", {hazard: 'hazard:data:*', reason: x}")
                + """
                invariants:
                  - name: it's one \\ of :these
                    sql: SELECT name, '::a;' FROM t WHERE name LIKE 'sec%' -- those
                    severity: warning
                """);
    run(bundle, bench);
    String script =
        ChecksScript.of(
            bundle,
            evidence.get(AskedInvariant.EVIDENCE).stream().map(AskedInvariant::invariant).toList());

    Ran red = psql(bench, script);
    assertThat(red.output())
        .contains("BROKEN  not-null:public.t.n :  1 offenders, 0 allowed")
        .contains("warning it's one \\ of :these :  1 offenders, 0 allowed")
        .contains("data invariants are broken")
        .doesNotContain("secret");
    assertThat(red.exit()).isEqualTo(3);
    assertThat(psql(bench, "\\set show 1\n" + script).output()).contains("secret");

    bench.run("UPDATE t SET n = 1");
    Ran green = psql(bench, script);
    assertThat(green.output()).contains("ok      not-null:public.t.n").contains("warning it's");
    assertThat(green.exit()).isZero();

    bench.run("ALTER TABLE t RENAME COLUMN n TO other");
    assertThat(psql(bench, script).exit()).as("cannot be asked").isEqualTo(3);
  }

  private record Ran(int exit, String output) {}

  private Ran psql(Bench bench, String script) throws Exception {
    Path file = temp.resolve("checks.sql");
    PreflightSamples.write(file, script);
    var server = SharedPostgres.server();
    var process =
        new ProcessBuilder(
            "psql",
            "-X",
            "-h",
            server.host(),
            "-p",
            String.valueOf(server.port()),
            "-U",
            server.superuser(),
            "-d",
            bench.database(),
            "-f",
            file.toString());
    process.environment().put("PGPASSWORD", server.password());
    var ran = process.redirectErrorStream(true).start();
    String output = new String(ran.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(ran.waitFor(), output);
  }

  /** A migration that mends rows first: how they are then only the rehearsal sees. */
  @Test
  void whatExpandItselfMendsDoesNotStopThePlan() {
    var bench = new Bench(LEGACY, "INSERT INTO t (id, n) VALUES (1, NULL)");
    String up = "UPDATE t SET n = 1 WHERE n IS NULL;\nALTER TABLE t ALTER COLUMN n SET NOT NULL;\n";
    run(
        bundle(
            LEGACY.replace("n int", "n int NOT NULL"),
            up,
            allowed(", {hazard: 'hazard:data-change*', reason: x}")),
        bench);
    assertThat(data()).extracting(Finding::id).containsExactly("note:data:not-null:public.t.n");
  }
}
