package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.preflight.trial.Trial;
import dev.rubicon.stack.suite.Turn;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each statement's hazard is seen from what it does, and harmless ones are let pass. */
@Turn
@Tag("slow")
class TrialTest {
  private static final String TARGET =
      """
      CREATE TABLE public.t (id int PRIMARY KEY, a varchar(20), b int, c text);
      CREATE TABLE public.u (id int PRIMARY KEY, t_id int);
      CREATE INDEX t_a ON public.t (a);
      CREATE VIEW public.v AS SELECT id FROM public.t;
      ALTER TABLE public.t ADD CONSTRAINT b_small CHECK (b < 100) NOT VALID;
      ALTER TABLE public.t ADD CONSTRAINT c_there CHECK (c IS NOT NULL);
      """;

  @TempDir Path temp;

  record Case(String up, String undo, List<String> hazards) {
    @Override
    public String toString() {
      return up;
    }
  }

  private static Case change(String up, String undo, String... hazards) {
    return new Case(up, undo, List.of(hazards));
  }

  static Stream<Case> cases() {
    return Stream.of(
        // Harmless.
        change("ALTER TABLE t ADD d int DEFAULT 7 NOT NULL", "ALTER TABLE t DROP d"),
        change(
            "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID",
            "ALTER TABLE t DROP CONSTRAINT k"),
        change(
            "ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (t_id) REFERENCES t NOT VALID; ALTER TABLE"
                + " u VALIDATE CONSTRAINT f",
            "ALTER TABLE u DROP CONSTRAINT f",
            "hazard:validate-in-same-transaction:public.u"),
        change("ALTER TABLE t ALTER c SET NOT NULL", "ALTER TABLE t ALTER c DROP NOT NULL"),
        change(
            "CREATE TABLE n (id int PRIMARY KEY); INSERT INTO n VALUES (1); CREATE INDEX n_i ON n"
                + " (id); UPDATE n SET id = 2",
            "DROP TABLE n"),
        change("ALTER TABLE t ALTER a TYPE varchar(40)", "ALTER TABLE t ALTER a TYPE varchar(20)"),
        change(
            "CREATE OR REPLACE VIEW v AS SELECT id, a FROM t",
            "DROP VIEW v; CREATE VIEW v AS SELECT id FROM t",
            "hazard:replaced:view:public.v"),
        change("COMMENT ON TABLE t IS 'semicolon; -- no comment'", "COMMENT ON TABLE t IS NULL"),
        change(
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1"
                + " END; SELECT 2; END; CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $x$"
                + " BEGIN RETURN 1; END $x$",
            "DROP FUNCTION f(); DROP FUNCTION g()"),
        // Hazards.
        change(
            "CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN"
                + " CASE WHEN true THEN 1 END /* both */ END; SELECT 2; END",
            "DROP FUNCTION h()",
            "hazard:function-cut:expand/V1__change.sql:1"),
        change(
            "ALTER TABLE t ALTER b TYPE bigint",
            "ALTER TABLE t ALTER b TYPE int",
            "hazard:rewrite:public.t"),
        change(
            "ALTER TABLE t ADD r float DEFAULT random()",
            "ALTER TABLE t DROP r",
            "hazard:rewrite:public.t"),
        change(
            "ALTER TABLE t ALTER a TYPE varchar(5)",
            "ALTER TABLE t ALTER a TYPE varchar(20)",
            "hazard:rewrite:public.t",
            "hazard:type-shrink:public.t.a"),
        change(
            "ALTER TABLE t ALTER b SET NOT NULL",
            "ALTER TABLE t ALTER b DROP NOT NULL",
            "hazard:not-null-scan:public.t"),
        change(
            "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0)",
            "ALTER TABLE t DROP CONSTRAINT k",
            "hazard:constraint-not-valid-missing:public.t"),
        change(
            "ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (t_id) REFERENCES t",
            "ALTER TABLE u DROP CONSTRAINT f",
            "hazard:constraint-not-valid-missing:public.u"),
        change("CREATE INDEX i ON t (b)", "DROP INDEX i", "hazard:index-not-concurrent:public.t"),
        change(
            "ALTER TABLE t ADD UNIQUE (b)",
            "ALTER TABLE t DROP CONSTRAINT t_b_key",
            "hazard:index-not-concurrent:public.t"),
        change("DROP INDEX t_a", "CREATE INDEX t_a ON t (a)", "hazard:index-drop:public.t.t_a"),
        change("DROP VIEW v", "CREATE VIEW v AS SELECT id FROM t", "hazard:drop:view:public.v"),
        change(
            "ALTER TABLE t RENAME b TO bb",
            "ALTER TABLE t RENAME bb TO b",
            "hazard:drop:column:public.t.b"),
        change(
            "ALTER TABLE t DROP CONSTRAINT b_small",
            "ALTER TABLE t ADD CONSTRAINT b_small CHECK (b < 100) NOT VALID",
            "hazard:drop:constraint:public.t.b_small"),
        change(
            "ALTER TABLE u RENAME TO w", "ALTER TABLE w RENAME TO u", "hazard:drop:table:public.u"),
        change("UPDATE t SET b = 1", "SELECT 1", "hazard:data-change:public.t"),
        change(
            "CREATE INDEX CONCURRENTLY i ON t (b)",
            "SELECT 1",
            "hazard:statement:expand/V1__change.sql:1"),
        change(
            "SELECT 1;\nALTER TABLE nowhere ADD x int",
            "SELECT 1",
            "hazard:fails:expand/V1__change.sql:2"),
        change("ALTER TABLE t ADD d int", "SELECT 1", "hazard:undo-not-symmetric"),
        change(
            "ALTER TABLE t ADD d int",
            "ALTER TABLE t DROP x",
            "hazard:undo-not-symmetric",
            "hazard:undo-fails:expand/U1__change.sql:1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void namesTheHazard(Case change) {
    Bundle bundle =
        PreflightSamples.bundle(temp, TARGET, change.up() + ";\n", change.undo() + ";\n", "");

    assertThat(trial(bundle).findings())
        .extracting(Finding::id)
        .containsExactlyInAnyOrderElementsOf(change.hazards());
  }

  @Test
  void aGrantToARoleThatStagingLacksIsNotedAndTheRestIsTried() {
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            TARGET,
            "GRANT SELECT ON t TO nobody_here;\nCREATE INDEX i ON t (b);\n",
            "DROP INDEX i;\n",
            "");

    assertThat(trial(bundle).findings())
        .extracting(Finding::id)
        .containsExactlyInAnyOrder(
            "note:not-tried:expand/V1__change.sql:1", "hazard:index-not-concurrent:public.t");
  }

  private static Trial.Result trial(Bundle bundle) {
    try (var scratch = ScratchDatabase.create(PreflightSamples.staging(), CatalogSamples.TAG);
        PgSession session = scratch.open()) {
      scratch.apply(bundle, List.of("canonical/schema.sql"));
      return new Trial(bundle, session, Optional.empty()).run();
    }
  }
}
