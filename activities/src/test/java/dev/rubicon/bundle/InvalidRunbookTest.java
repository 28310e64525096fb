package dev.rubicon.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The full valid runbook with one thing wrong each time. In the text that is put in, {@code «}
 * marks the place that the only problem must name.
 */
class InvalidRunbookTest {

  private record Mutation(String from, String to, String... words) {
    @Override
    public String toString() {
      return to.replaceAll("\\s+", " ");
    }
  }

  private static Mutation change(String from, String to, String... words) {
    return new Mutation(from, to, words);
  }

  static Stream<Mutation> mutations() {
    return Stream.of(
        // Unknown keys, with the nearest valid one.
        change("backfill:\n", "«backfil:\n", "unknown key 'backfil'", "did you mean 'backfill'?"),
        change("  sample-rows: 3", "  «sample_rows: 3", "did you mean 'sample-rows'?"),
        change("max-active-sessions: 0", "«maxActiveSessions: 0", "'max-active-sessions'?"),
        change("        nullable: false", "        «nulable: false", "'nullable'?"),
        change("  on-smoke-failure:", "  «on-smoke-fail:", "'on-smoke-failure'?"),
        change("    status: 201", "    «statuscode: 201", "unknown key 'statuscode'"),
        change("name: pqs, type: numeric", "name: pqs, «typ: text, type: numeric", "'type'?"),
        change("self-approval: false", "«zzzzzzzzzzzzz: false", "unknown key 'zzzzzzzzzzzzz'"),
        // What plan and watch ask is one query: a second statement could end their read-only
        // transaction.
        change(
            "documentation:\n  change-log:",
            "invariants: [{name: a, sql: «\"SELECT 1) AS a; COMMIT; DROP TABLE t; SELECT (1\"}]\n"
                + "documentation:\n  change-log:",
            "must be one query"),
        change(
            "  every: 30s",
            "  every: 30s\n  figures: [{name: f, sql: «\"SELECT ';'; SELECT 2\"}]",
            "must be one query"),
        change(
            "version: b73c9aa4f0c3}\n  post",
            "version: b73c9aa4f0c3}\n"
                + "    - {tool: table, table: «Public.ALEMBIC_version, version: x}\n"
                + "  post",
            "is there twice"),
        // Wrong types.
        change("  sample-rows: 3", "  sample-rows: «three", "whole number", "text"),
        change("  sample-rows: 3", "  sample-rows: «0", "0 is not between 1 and 100"),
        change("  redact: true", "  redact: «yes", "true or false"),
        change("schemas: [public, \"\\\"Odd Schema\\\"\"]", "schemas: «public", "must be a list"),
        change("title: Checks in canonical shape", "title: «12", "must be text", "quotes"),
        change("from: 9e15719c5c3c", "from: «911571905", "must be text", "quotes"),
        change("title: Checks in canonical shape", "title:« ", "must be text, not nothing"),
        change("documentation:\n  change-log:", "documentation: «[]\n#", "must be a mapping"),
        change("rubicon: 1", "rubicon: «2", "2 is not between 1 and 1"),
        change("kind: in-place", "kind: «in-plase", "is not one of: in-place", "'in-place'?"),
        change("action: archive", "action: «archiv", "drop, archive, keep", "'archive'?"),
        change(
            "method: POST, url: \"${app}/api/checks/run\"",
            "method: «post, url: \"${app}/api/checks/run\"",
            "GET, HEAD, POST",
            "'POST'?"),
        // Missing keys.
        change("rubicon: 1\nname:", "«name:", "key 'rubicon' is missing"),
        change("name: checks-canonical\n", "", "key 'name' is missing"),
        change("        type: text\n", "", "key 'type' is missing"),
        change("{name: claims, sql:", "«{name: claims} #", "key 'sql' is missing"),
        change(", owner: product, blocks: cutover", ", owner: product", "key 'blocks' is missing"),
        // Twice.
        change("clone: backup", "clone: backup\n«clone: backup", "key 'clone' is there twice"),
        change("- name: gate_ok", "- name: «CONFIG_JSON", "name 'config_json' is there twice"),
        change("  - name: row\n", "  - name: «run\n", "name 'run' is there twice"),
        change(
            "    - {name: stamped,",
            "    - {name: s, sql: SELECT 1}\n"
                + "    - {name: «s, sql: SELECT 1}\n"
                + "    - {name: stamped,",
            "'s' is there twice"),
        change("gates: [expand, cutover, contract]", "gates: [expand, «expand]", "listed twice"),
        change("days: [sat, sun]", "days: [sat, «sat]", "'sat' is listed twice"),
        // Dangling references.
        change(
            "canonical/schema.sql", "«canonical/shema.sql", "no file", "'canonical/schema.sql'?"),
        change("  migrations: expand", "  migrations: «expnad", "no folder", "'expand'?"),
        change(
            "local-sql: [local/sample.sql]",
            "local-sql: [«local/other.sql]",
            "no file 'local/other.sql'"),
        change("canonical/schema.sql", "«../schema.sql", "no path inside"),
        change("canonical/schema.sql", "«/etc/passwd", "no path inside"),
        change("canonical/schema.sql", "«canonical/.hidden.sql", "hidden files"),
        change(
            "column: aggregation,",
            "column: «agregation,",
            "mentions 'agregation'",
            "'aggregation'?"),
        change(
            "{relation: public.checks, column: claim_text",
            "{relation: «public.check, column: claim_text",
            "no transition has the relation",
            "'public.checks'?"),
        change(
            "column: claim_text, action: drop", "column: «claim, action: drop", "mentions 'claim'"),
        change("blocks: cutover", "blocks: «cutovr", "is not one of", "'cutover'?"),
        change("blocks: cutover", "blocks: «rollback", "is not one of"),
        change("disposition: accept,", "disposition: accept, until: «soon,", "'soon' is not a day"),
        change("disposition: accept,", "disposition: fix, until: «2027-01-31,", "expires"),
        change("- {tool: alembic, table", "- «{tool: prisma, table", "key 'folder' is missing"),
        change(
            "- {tool: alembic, table: public.alembic_version, from: 9e15719c5c3c, version:"
                + " b73c9aa4f0c3}",
            "- «{tool: alembic}",
            "needs exactly one of: version, versions"),
        change(
            "version: b73c9aa4f0c3}", "version: b73c9aa4f0c3, folder: «expand}", "keep checksums"),
        change(
            "- {tool: alembic, table: public.alembic_version, from: 9e15719c5c3c, version:"
                + " b73c9aa4f0c3}",
            "- {tool: goose, version: «b73c9aa4f0c3}",
            "is no version of goose"),
        change(
            "version: b73c9aa4f0c3}", "version: b73c9aa4f0c3, column: «x}", "is for tool: table"),
        change("version: b73c9aa4f0c3}", "versions: «[a, b]}", "keeps the current version alone"),
        change("tool: alembic", "tool: «alembik", "is not one of: alembic", "'alembic'?"),
        change(
            "samples: [public.checks,",
            "samples: [«pubic.checks,",
            "not among 'schemas'",
            "'public'?"),
        // Names, durations, times.
        change("name: checks-canonical", "name: «Checks Canonical", "lower-case letters"),
        change("samples: [public.checks,", "samples: [«checks,", "schema.name"),
        change("table: public.alembic_version", "table: «alembic_version", "schema.name"),
        change("- name: public.ix_checks_env", "- name: «ix_checks_env", "schema.name"),
        change("  lock-timeout: 100ms", "  lock-timeout: «100", "duration above zero"),
        change("  lock-timeout: 100ms", "  lock-timeout: «0ms", "duration above zero"),
        change("  batch-target: 150ms", "  batch-target: «-1s", "duration above zero"),
        change("  budget: 5m", "  budget: «50ms", "shorter than one attempt"),
        change(
            "  terminate-blockers-after: 30s",
            "  terminate-blockers-after: «5m",
            "not shorter than the budget"),
        change("  every: 30s", "  every: «25h", "longer than the whole watch"),
        change("to: \"02:00\"", "to: «\"22:00\"", "closes when it opens"),
        change("to: \"02:00\"", "to: «\"25:00\"", "a time such as 02:00"),
        change("zone: Europe/Berlin", "zone: «Europe/Berlln", "time zone"),
        change("days: [sat, sun]", "days: «[]", "at least one"),
        // What contradicts itself.
        change(
            "        irreversible: legacy keeps it inside diagnostics\n",
            "",
            "'up' without 'down'"),
        change(
            "        down: {aggregation: \"config_json\"}",
            "        down: {aggregation: \"config_json\"}\n        irreversible: «because",
            "both 'down' and 'irreversible'"),
        change(
            "irreversible: legacy keeps it inside diagnostics",
            "irreversible: «no",
            "must be text"),
        change(
            "{name: pqs, type: numeric}",
            "{name: pqs, type: numeric, irreversible: «never}",
            "has no 'up'"),
        change(
            "{name: pqs, type: numeric}",
            "{name: pqs, type: numeric, nullable: «false}",
            "needs 'up' or 'default'"),
        change(
            "{name: pqs, type: numeric}",
            "{name: pqs, type: numeric, down: «{x: pqs}}",
            "'down' without 'up'"),
        change(
            "down: {aggregation: \"config_json\"}",
            "down: {claim_text: «\"config_json::text\"}",
            "already derived by column 'claim'"),
        change(
            "down: {aggregation: \"config_json\"}",
            "down: {claim: «\"config_json::text\"}",
            "is a canonical column"),
        change(
            "action: keep, reason: still read by the old report",
            "action: keep",
            "needs a 'reason'"),
        change(
            "column: claim_text, action: drop",
            "column: claim_text, action: drop, reason: «none",
            "only 'action: keep'"),
        change(
            "clone: backup", "clone: «{none: why, staging: copy}", "exactly one of: staging, none"),
        change("backup: pg_dump", "backup: «pgdump", "is not one of: pg_dump", "'pg_dump'?"),
        change(
            "CREATE INDEX CONCURRENTLY ix_checks_env",
            "«CREATE INDEX ix_checks_env",
            "CONCURRENTLY"),
        change(
            "CREATE INDEX CONCURRENTLY ix_checks_env",
            "«CREATE INDEX CONCURRENTLY ix_other",
            "creates ix_other"),
        change(
            "CREATE INDEX CONCURRENTLY ix",
            "«CREATE INDEX CONCURRENTLY IF NOT EXISTS ix",
            "IF NOT EXISTS"),
        change("version: b73c9aa4f0c3", "version: «9e15719c5c3c", "same as 'from'"),
        change(
            "  rollback-deploy: {method: POST, url: \"${deployer}/switch-back\"}\n",
            "",
            "no 'rollback-deploy'"),
        // Checks.
        change(
            "{name: program, command: [/bin/true], timeout: 10s}",
            "«{name: program, timeout: 10s}",
            "exactly one of: http, sql, command, duckdb, counter"),
        change(
            "{name: program, command: [/bin/true], timeout: 10s}",
            "«{name: program, comand: [/bin/true]}",
            "'command'?"),
        change(
            "{name: program, command: [/bin/true]",
            "«{name: program, sql: SELECT, command: [/bin/true]",
            "has sql and command"),
        change("command: [/bin/true]", "command: «[]", "at least one"),
        change("url: \"${app}/api/checks/run\"", "url: «ftp://x", "http:// or https://"),
        change("    status: 201", "    status: «42", "between 100 and 599"),
        change("capture: {check_id: /id}", "capture: {check_id: «id}", "JSON pointer"),
        change(
            "capture: {check_id: /id}",
            "capture: {«check-id: /id}",
            "letters, digits and underscores"),
        change("max-increase: 0", "max-increase: «-1", "is not between 0"),
        change("expect: [[t, null]]", "expect: «[[t, null], [t]]", "same number of cells"),
        change(
            "headers: {Content-Type: application/json}",
            "headers: «{Authorization: Bearer abcdef}",
            "literal credential"),
        change("local: {loc:", "local: «{prod:", "view 'prod' is in export too"),
        // Not YAML that we read.
        change(
            "schemas: [public,",
            "schemas: «!odd [public,",
            "must be a list, not a list with a tag"),
        change("backup: pg_dump", "backup: pg_dump\n<<: {name: x}", "unknown key '<<'"));
  }

  @ParameterizedTest
  @MethodSource("mutations")
  void refusesWithFileLineColumnAndTheWordThatWasMeant(Mutation mutation, @TempDir Path folder) {
    Samples.copyFull(folder);
    String valid = Samples.read(folder, "runbook.yaml");
    assertThat(valid).contains(mutation.from());
    String marked =
        valid.replaceFirst(
            java.util.regex.Pattern.quote(mutation.from()),
            java.util.regex.Matcher.quoteReplacement(mutation.to()));
    Samples.write(folder, "runbook.yaml", marked.replace("«", ""));

    var refusal = catchThrowableOfType(RubiconException.class, () -> RunbookReader.read(folder));

    assertThat(refusal.code()).isEqualTo(ErrorCode.RUNBOOK_INVALID);
    List<Problem> problems = RunbookReader.problems(folder);
    assertThat(problems).hasSize(1);
    Problem problem = problems.getFirst();
    assertThat(problem.file()).isEqualTo(folder + "/runbook.yaml");
    assertThat(refusal).hasMessage(problem.toString());
    assertThat(problem.toString()).contains(mutation.words());
    int at = marked.indexOf('«');
    if (at >= 0) {
      String before = marked.substring(0, at);
      assertThat(problem.line()).isEqualTo((int) before.chars().filter(c -> c == '\n').count() + 1);
      assertThat(problem.column()).isEqualTo(before.length() - before.lastIndexOf('\n'));
    } else {
      assertThat(problem.line()).isEqualTo(line(problem, marked));
    }
  }

  /** Where something was only taken away: at the start of what it is missing from. */
  private static int line(Problem problem, String text) {
    String start =
        problem.message().contains("'name' is missing")
            ? "rubicon: 1"
            : problem.message().contains("'type' is missing")
                ? "- name: claim\n"
                : problem.message().contains("'blocks' is missing")
                    ? "- {id: stakeholders"
                    : problem.message().contains("'up' without 'down'")
                        ? "- name: gate_ok"
                        : problem.message().contains("needs a 'reason'")
                            ? "column: diagnostics"
                            : problem.message().contains("no 'rollback-deploy'")
                                ? "  deploy: {method: POST, url: \"${deployer}/switch\""
                                : "<<:";
    int at = text.indexOf(start);
    assertThat(at).isNotNegative();
    return (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
  }

  @Test
  void reportsEveryProblemAtOnceInOrder(@TempDir Path folder) {
    Samples.copyFull(folder);
    String valid = Samples.read(folder, "runbook.yaml");
    Samples.write(
        folder,
        "runbook.yaml",
        valid
            .replace("name: checks-canonical\n", "")
            .replace("sample-rows: 3", "sample-rows: many")
            .replace("column: aggregation", "column: agregation")
            .replace("blocks: cutover", "blocks: nothing"));

    List<Problem> problems = RunbookReader.problems(folder);

    assertThat(problems).hasSize(4).isSorted();
    assertThat(String.join("\n", problems.stream().map(Problem::toString).toList()))
        .contains("'name' is missing", "whole number", "agregation", "'nothing' is not one of");
  }

  @Test
  void refusesMigrationsThatDoNotComeBack(@TempDir Path folder) throws IOException {
    Samples.copyFull(folder);
    Files.delete(folder.resolve("expand/U1__anonymous_usage.sql"));
    Samples.write(folder, "expand/V2__mood.sql", "-- irreversible:\nSELECT 1;");
    Samples.write(folder, "expand/V3__a.sql", "-- irreversible: so\nSELECT 1;");
    Samples.write(folder, "expand/U3__a.sql", "SELECT 1;");
    Samples.write(folder, "expand/V03__b.sql", "SELECT 1;");
    Samples.write(folder, "expand/U03__b.sql", "SELECT 1;");
    Samples.write(folder, "expand/U9__gone.sql", "SELECT 1;");
    Samples.write(folder, "expand/V7__c.sql", "-- Rows.\n-- no transaction:\nCALL c();");
    Samples.write(folder, "expand/U7__c.sql", "SELECT 1;");
    Samples.write(folder, "expand/V0__zero.sql", "SELECT 1;");
    Samples.write(folder, "expand/U0__zero.sql", "SELECT 1;");
    Samples.write(folder, "expand/R__view.sql", "SELECT 1;");
    Samples.write(folder, "expand/V8__empty.sql", "\n");
    Samples.write(folder, "expand/U8__empty.sql", "SELECT 1;");

    var found = new ArrayList<String>();
    RunbookReader.problems(folder)
        .forEach(p -> found.add(p.toString().substring(folder.toString().length() + 1)));

    assertThat(found)
        .containsExactly(
            "expand/R__view.sql:1:1: is neither V<version>__<name>.sql nor U<version>__<name>.sql",
            "expand/U9__gone.sql:1:1: undoes V9__gone.sql, which is not there",
            "expand/V0__zero.sql:1:1: has version 0, at which the history begins: the first version"
                + " is above it",
            "expand/V1__anonymous_usage.sql:1:1: has no U1__anonymous_usage.sql, and its first line"
                + " is not '-- irreversible: reason'",
            "expand/V2__mood.sql:1:1: says '-- irreversible:' without a reason",
            "expand/V3__a.sql:1:1: has the same version as V03__b.sql",
            "expand/V3__a.sql:1:1: is irreversible, and has U3__a.sql: one of them is not true",
            "expand/V7__c.sql:1:1: says '-- no transaction:' without a reason",
            "expand/V8__empty.sql:1:1: is empty");
  }

  @Test
  void refusesAnItemThatBlocksAPhaseWhichTheRunbookDoesNotHave(@TempDir Path folder) {
    Samples.write(folder, "canonical.sql", "SELECT 1;");
    Samples.write(
        folder,
        "runbook.yaml",
        """
        rubicon: 1
        name: small
        title: Small
        canonical: {sql: [canonical.sql]}
        backup: {external: elsewhere}
        clone: {none: too small}
        rehearse: {checks: []}
        manual:
          - {id: a, title: A, owner: me, blocks: backup}
          - {id: b, title: B, owner: me, blocks: rehearse}
          - {id: c, title: C, owner: me, blocks: backfill}
          - {id: d, title: D, owner: me, blocks: cutover}
        """);

    assertThat(RunbookReader.problems(folder))
        .extracting(Problem::line, Problem::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                7, "there is no clone to rehearse on (clone: none)"),
            org.assertj.core.groups.Tuple.tuple(9, "this runbook has no phase 'backup' to block"),
            org.assertj.core.groups.Tuple.tuple(
                10, "this runbook has no phase 'rehearse' to block"),
            org.assertj.core.groups.Tuple.tuple(
                11, "this runbook has no phase 'backfill' to block"));
  }

  static Stream<List<String>> unreadable() {
    return Stream.of(
        List.of("", ":1:1: the file is empty"),
        List.of("name: [", ":1:8: is no YAML"),
        List.of("a: 1\n\tb: 2", ":2:1: is no YAML"),
        List.of("--- a\n--- b", "is no YAML"),
        List.of("- a\n- b", ":1:1: must be a mapping with rubicon, name"),
        List.of("a: \u0007", "not allowed"),
        List.of("name: &a [*a]", ":1:1: its aliases unfold"),
        List.of(bomb(), ":1:1: its aliases unfold to more than 20000 values"),
        List.of("a: " + "[".repeat(100) + "]".repeat(100), "is no YAML"));
  }

  private static String bomb() {
    var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i <= 20; i++) {
      yaml.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
    }
    return yaml.toString();
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void refusesWhatIsNoReadableYaml(List<String> yamlAndMessage, @TempDir Path folder) {
    Samples.write(folder, "runbook.yaml", yamlAndMessage.getFirst());

    var refusal = catchThrowableOfType(RubiconException.class, () -> RunbookReader.read(folder));

    assertThat(refusal.code()).isEqualTo(ErrorCode.RUNBOOK_INVALID);
    assertThat(refusal).hasMessageContaining(yamlAndMessage.getLast());
  }

  @Test
  void refusesBytesThatAreNotUtf8AndFoldersWithoutARunbook(@TempDir Path folder)
      throws IOException {
    assertThat(RunbookReader.problems(folder))
        .singleElement()
        .hasToString(folder + "/runbook.yaml:1:1: is not there");

    Files.write(folder.resolve("runbook.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
    assertThat(RunbookReader.problems(folder))
        .singleElement()
        .hasToString(folder + "/runbook.yaml:1:1: is not UTF-8");

    var none =
        catchThrowableOfType(
            RubiconException.class, () -> RunbookReader.read(folder.resolve("nowhere")));
    assertThat(none.code()).isEqualTo(ErrorCode.RUNBOOK_INVALID);
  }

  @Test
  void readsAPartThatAnAliasRepeats(@TempDir Path folder) {
    Samples.copyFull(folder);
    String valid = Samples.read(folder, "runbook.yaml");
    Samples.write(
        folder,
        "runbook.yaml",
        valid
            .replace("sql: \"SELECT 1 WHERE false\"", "sql: &none \"SELECT 1 WHERE false\"")
            .replace("query: \"SELECT false\"", "query: \"SELECT false\"")
            .replace("  - {name: program,", "  - {name: again, sql: *none}\n  - {name: program,"));

    assertThat(RunbookReader.read(folder).runbook().smoke()).hasSize(5);
  }
}
