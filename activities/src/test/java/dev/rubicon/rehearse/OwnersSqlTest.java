package dev.rubicon.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.check.CheckResult;
import dev.rubicon.check.CheckSamples;
import dev.rubicon.check.Smoke;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SQL of the owner's finds names in the runbook's schemas, and is tried before it counts. */
@Turn
@Tag("slow")
class OwnersSqlTest {
  private static final String LEGACY =
      """
      CREATE SCHEMA "App";
      CREATE TABLE "App".item (id int PRIMARY KEY, price_text text);
      CREATE FUNCTION "App".named(int) RETURNS text LANGUAGE plpgsql STABLE
        AS $$ BEGIN RETURN (SELECT price_text FROM item WHERE id = $1); END $$;
      CREATE VIEW "App".prices AS SELECT "App".named(id) AS price FROM "App".item;
      """;

  private static final String RUNBOOK =
      """
      schemas: ['"App"']
      preflight: {samples: ['"App".prices'], redact: false}
      transitions:
        - relation: '"App".item'
          columns:
            - {name: price, type: int, up: price_text::int, down: {price_text: price::text}}
      verify:
        invariants: [{name: paired, sql: "SELECT id FROM item WHERE price IS NULL"}]
        counts: [{name: items, sql: "SELECT id FROM item"}]
      cutover:
        post-conditions: [{name: there, sql: "SELECT id FROM item WHERE price IS NULL"}]
      approvals: {gates: [], self-approval: true}
      """;

  @TempDir Path folder;
  private final CheckSamples.Probe probe = new CheckSamples.Probe();

  @Test
  void unqualifiedNamesAreThoseOfTheRunbooksSchemas() {
    PhaseContext context =
        context(
            """
            smoke:
              - {name: priced, sql: "SELECT id FROM item WHERE price IS NULL"}
              - name: bound
                sql: "SELECT price::text FROM item WHERE id = ?::int"
                parameters: ["1"]
                expect: [["7"]]
              - name: union
                duckdb:
                  export: {prod: "SELECT id FROM item"}
                  local: {loc: "SELECT id FROM item"}
                  local-sql: [local/sample.sql]
                  query: "SELECT count(*) FROM (FROM prod UNION ALL FROM loc)"
                expect: [["2"]]
            """);
    new Preflight(context.target()).run(context);
    assertThat(probe.evidence.get(EvidenceNames.SAMPLES)).hasToString("{App.prices=[{price=7}]}");

    rehearse(context);
    assertThat(tried()).extracting(CheckResult::name).contains("smoke priced", "smoke union");

    Target crossed =
        CheckSamples.freshTarget(
            LEGACY
                + "ALTER TABLE \"App\".item ADD price int; INSERT INTO \"App\".item VALUES (1, '7',"
                + " 7)",
            Map.of());
    assertThat(new Smoke(crossed).run(context.on(crossed).in(Phase.SMOKE)).failed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: s, sql: 'SELECT id FROM items'} | relation \"items\" does not exist",
        "{name: s, sql: 'SELECT prise FROM item'} | column \"prise\" does not exist",
        "{name: s, sql: 'SELECT id FROM item WHERE id = ?', parameters: ['1']} | integer ="
            + " character",
        "{name: s, sql: 'SELECT id FROM item WHERE id = ?::int'} | 1 parameters, 0 are given",
        "{name: s, sql: 'SELECT id, price FROM item', expect: [['1']]} | 2 columns, expected 1",
        "{name: s, sql: 'SELECT ?', parameters: ['${never}']} | nothing says what ${never} is",
        "{name: s, sql: 'SELECT 1', expect: [['${clone_database}']]} | what ${clone_database} is",
        "{name: s, http: {url: '${app}/'}} | nothing says what ${app} is",
        "{name: s, http: {url: 'http://a:b/'}} | is no valid call",
        "{name: s, command: [x, '${never}']} | nothing says what ${never} is",
        "{name: s, duckdb: {export: {v: 'SELECT id FROM item'}, query: 'SELECT id, id FROM v'},"
            + " expect: [['1']]} | 2 columns, expected 1",
        "{name: s, duckdb: {export: {v: 'SELECT nope FROM item'}, query: 'FROM v'}} | column"
            + " \"nope\" does not exist",
      })
  void aCheckThatCannotPassFailsTheRehearsal(String check, String said) {
    for (String list : List.of("smoke: [%s]", "watch: {checks: [%s]}")) {
      assertThatThrownBy(() -> rehearse(context(list.formatted(check) + "\n")))
          .hasMessageContaining("checks failed on the clone: " + list.substring(0, 5) + " s (")
          .hasMessageContaining(said);
    }
  }

  private PhaseContext context(String checks) {
    Bundle bundle =
        CheckSamples.bundle(
            folder,
            """
            CREATE SCHEMA "App";
            CREATE TABLE "App".item (id int PRIMARY KEY, price_text text, name text, price int);
            """,
            RUNBOOK
                + "findings: [{match: \"missing:column:App.item.name\", disposition: accept,"
                + " reason: x}]\n"
                + checks);
    return CheckSamples.context(bundle, filled(), Phase.REHEARSE, probe);
  }

  private static Target filled() {
    return CheckSamples.freshTarget(LEGACY + "INSERT INTO \"App\".item VALUES (1, '7')", Map.of());
  }

  private Facts.Rehearsal rehearse(PhaseContext context) {
    Target clone = filled();
    CloneCopies copies =
        (_, _) ->
            new CloneCopies.Copy() {
              @Override
              public Target target() {
                return clone;
              }

              @Override
              public void close() {}
            };
    return new Rehearse(copies, context.target(), _ -> Optional.empty())
        .run(context, new Facts.Clone("clone", "a test", 1));
  }

  private List<CheckResult> tried() {
    return probe.evidence.get(CheckResult.EVIDENCE);
  }
}
