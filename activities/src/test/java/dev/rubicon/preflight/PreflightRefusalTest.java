package dev.rubicon.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSamples;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.KeptEvidence;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.stack.suite.Turn;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Turn
@Tag("slow")
class PreflightRefusalTest {
  private static final String TABLE =
      "CREATE TABLE public.t (id int PRIMARY KEY, secret text, legacy text);";

  @TempDir Path temp;

  private final KeptEvidence evidence = new KeptEvidence();

  @Test
  void aHazardThatIsNotAllowedStopsAfterTheEvidenceAndTheTargetStaysAsItWas() {
    Target target = CatalogSamples.database("hazard", TABLE);
    CatalogSamples.run(target, "INSERT INTO public.t VALUES (1, 'hunter2', 'x')");
    String fingerprint = CatalogSamples.snapshot(target).fingerprint();
    long written = written(target);
    Bundle bundle = bundle("preflight: {samples: [public.t]}\n");

    assertCode(
        bundle, target, ErrorCode.HAZARD_NOT_ALLOWED, "hazard:index-not-concurrent:public.t");

    assertThat(evidence.names())
        .contains("snapshot", "canonical", "findings", "tables", "samples", "effects");
    assertThat(evidence.toString()).doesNotContain("hunter2");
    assertThat(CatalogSamples.snapshot(target).fingerprint()).isEqualTo(fingerprint);
    assertThat(written(target)).isEqualTo(written);
    assertThat(scratchDatabases()).isZero();
  }

  @Test
  void anAllowedHazardIsToldAndDoesNotStop() {
    Target target = CatalogSamples.database("allowed", TABLE);
    Bundle bundle =
        bundle("hazards: [{hazard: \"hazard:index-not-concurrent:*\", reason: small}]\n");

    Facts.Preflight facts = run(bundle, target);

    assertThat(facts.open()).isEmpty();
    assertThat(findings())
        .filteredOn(finding -> finding.kind() == Finding.Kind.HAZARD)
        .extracting(Finding::disposition, Finding::reason)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(Finding.Disposition.ALLOWED, "small"));
  }

  @Test
  void anObjectOfUnknownKindStopsUntilTheRunbookSaysSomethingOfIt() {
    String aggregate = "CREATE AGGREGATE public.total(int) (SFUNC = int4pl, STYPE = int);";
    Target target = CatalogSamples.database("unknown", TABLE + aggregate);
    String allowed = "hazards: [{hazard: \"hazard:*\", reason: small}]\n";

    assertCode(
        bundle(allowed),
        target,
        ErrorCode.FINDING_OPEN,
        "unsupported:public.aggregate.total(integer)");
    assertThat(
            run(
                    bundle(
                        allowed
                            + "findings: [{match: \"unsupported:*\", disposition: ignore, reason:"
                            + " ours}]\n"),
                    target)
                .open())
        .isEmpty();
  }

  @Test
  void whatIsTheSameOnBothSidesStopsNothingThoughRubiconCannotMakeIt() {
    String both =
        """
        CREATE AGGREGATE public.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
        CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
        CREATE COLLATION public.german (LOCALE = 'C');
        """;
    Target target = CatalogSamples.database("same", TABLE + both);
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            TABLE + both,
            "COMMENT ON TABLE public.t IS 'a';\n",
            "COMMENT ON TABLE public.t IS NULL;\n",
            "");

    assertThat(run(bundle, target).open()).isEmpty();

    CatalogSamples.run(
        target,
        "DROP AGGREGATE public.total(int); CREATE AGGREGATE public.total(int) (SFUNC = int4pl,"
            + " STYPE = int, INITCOND = '1')");
    assertCode(
        bundle, target, ErrorCode.FINDING_OPEN, "unsupported:public.aggregate.total(integer)");
  }

  @Test
  void whatStandsInATransitionsWayIsNamed() {
    Target target =
        CatalogSamples.database(
            "transition",
            """
            CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE UNLOGGED TABLE public.t (
              id int PRIMARY KEY, legacy text, gen text GENERATED ALWAYS AS (legacy) STORED);
            CREATE TRIGGER "~~late" BEFORE UPDATE ON public.t
              FOR EACH ROW EXECUTE FUNCTION public.f();
            CREATE TRIGGER cols AFTER UPDATE OF legacy ON public.t
              FOR EACH ROW EXECUTE FUNCTION public.f();
            ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;
            """);
    Bundle bundle =
        bundle(
            """
            transitions:
              - relation: public.t
                columns:
                  - {name: claim, type: text, up: legacy, down: {legacy: claim}}
                  - {name: gen, type: text, up: legacy, irreversible: a test}
                  - {name: third, type: text, up: legacy, down: {nowhere: third}}
              - relation: public.absent
                columns:
                  - {name: a, type: text, up: b, irreversible: a test}
            """);

    assertCode(bundle, target, ErrorCode.HAZARD_NOT_ALLOWED, "hazard:unlogged:public.t");
    assertThat(findings())
        .extracting(Finding::id)
        .contains(
            "hazard:row-security:public.t",
            "unsupported:trigger-order:public.t.~~late",
            "unsupported:trigger-columns:public.t.cols",
            "unsupported:canonical-column:public.t.gen",
            "unsupported:legacy-column:public.t.nowhere",
            "unsupported:transition:public.absent");
  }

  @Test
  void anExpressionThatDoesNotCompileIsFoundBeforeAnythingIsInstalled() {
    Target target = CatalogSamples.database("expression", TABLE);
    Bundle bundle =
        bundle(
            """
            hazards: [{hazard: "hazard:*", reason: small}]
            transitions:
              - relation: public.t
                columns:
                  - {name: claim, type: integer, up: "no_such_function(legacy)", irreversible: a test}
            """);

    assertCode(bundle, target, ErrorCode.FINDING_OPEN, "unsupported:transition:public.t");
  }

  @Test
  void brokenCanonicalSqlIsNamedByFileAndLine() {
    Target target = CatalogSamples.database("broken", TABLE);
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            TABLE + "\n\nCREATE TABLE public.x (a nosuchtype);\n",
            "SELECT 1;",
            "SELECT 1;",
            "");

    assertCode(bundle, target, ErrorCode.RUNBOOK_INVALID, "canonical/schema.sql:3");
    assertThat(scratchDatabases()).isZero();
  }

  @Test
  void aRelaunchTakesOverTheBaselineAndAnotherBundleIsRefused() throws Exception {
    Target target = CatalogSamples.database("relaunch", TABLE);
    Bundle bundle = bundle("hazards: [{hazard: \"hazard:*\", reason: small}]\n");
    Facts.Preflight first = run(bundle, target);
    CatalogSnapshot baseline;
    try (PgSession session = CatalogSamples.open(target)) {
      baseline = CatalogReader.read(session, List.of("public"));
      session.execute(
          """
          CREATE SCHEMA rubicon;
          CREATE TABLE rubicon.state (
            bundle text, rollout text, stage text, baseline_fingerprint text, baseline jsonb);
          ALTER TABLE public.t ADD COLUMN half_way int;
          """);
      session.update(
          "INSERT INTO rubicon.state VALUES (?, 'r-0', 'EXPANDING', ?, ?::jsonb)",
          bundle.digest(),
          baseline.fingerprint(),
          new ObjectMapper().writeValueAsString(baseline));
    }

    Facts.Preflight second = run(bundle, target);

    assertThat(second.fingerprint()).isEqualTo(first.fingerprint());
    assertThat(findings()).extracting(Finding::id).contains("note:relaunch");
    CatalogSamples.run(target, "UPDATE rubicon.state SET bundle = 'another'");
    assertCode(bundle, target, ErrorCode.TARGET_CHANGED, "r-0");
  }

  @Test
  void sequencesThatLagAndStampsThatDoNotFitAreFound() {
    Target target =
        CatalogSamples.database(
            "sequence",
            """
            CREATE TABLE public.t (id serial PRIMARY KEY);
            INSERT INTO public.t VALUES (5);
            CREATE TABLE public.fine (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
            INSERT INTO public.fine DEFAULT VALUES;
            CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY);
            INSERT INTO public.alembic_version VALUES ('aaa');
            CREATE TABLE public.schema_migrations (version bigint, dirty boolean);
            INSERT INTO public.schema_migrations VALUES (3, true);
            """);
    Bundle bundle =
        bundle(
            """
            cutover:
              stamps: [{tool: alembic, table: public.alembic_version, from: bbb, version: ccc}]
            """);

    assertCode(bundle, target, ErrorCode.HAZARD_NOT_ALLOWED, "hazard:stamp:public.alembic_version");
    assertThat(findings())
        .extracting(Finding::id)
        .contains(
            "value-drift:sequence:public.t_id_seq",
            "note:version-table:public.alembic_version",
            "invalid:migration:public.schema_migrations:3")
        .doesNotContain("value-drift:sequence:public.fine_id_seq");
  }

  /** A finished rollout whose memory went with contract: its runbook is planned once more. */
  @Test
  void aStampThatIsThereStopsOnlyWhereTheTargetIsNotCanonical() {
    String stamped =
        TABLE
            + "CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY);"
            + "INSERT INTO public.alembic_version VALUES ('ccc');";
    Bundle bundle =
        PreflightSamples.bundle(
            temp,
            stamped,
            "COMMENT ON TABLE public.t IS 'a';\n",
            "COMMENT ON TABLE public.t IS NULL;\n",
            """
            cutover:
              stamps: [{tool: alembic, from: bbb, version: ccc}]
            """);

    assertThat(run(bundle, CatalogSamples.database("stamped", stamped)).open()).isEmpty();
    assertCode(
        bundle,
        CatalogSamples.database("stamped", stamped + "ALTER TABLE public.t ADD COLUMN more int;"),
        ErrorCode.HAZARD_NOT_ALLOWED,
        "hazard:stamp:public.alembic_version");
  }

  @Test
  void sequencesThatTheRunbookFixesAreFoundWithWhatSetsThem() {
    Target target =
        CatalogSamples.database(
            "drift",
            TABLE
                + """
                CREATE SEQUENCE public.t_id_seq OWNED BY public.t.id;
                INSERT INTO public.t VALUES (41);
                CREATE SEQUENCE public.nearly MAXVALUE 100;
                SELECT setval('public.nearly', 80);
                """);
    String allowed = "hazards: [{hazard: 'hazard:index*', reason: known}]\n";
    run(bundle(allowed), target);
    assertThat(findings())
        .filteredOn(f -> f.kind() == Finding.Kind.VALUE_DRIFT)
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.disposition()).isEqualTo(Finding.Disposition.OPEN);
              assertThat(f.suggestedSql().orElseThrow())
                  .contains("SELECT setval('\"public\".\"t_id_seq\"', greatest(last_value,");
            });
    assertThat(findings())
        .filteredOn(f -> f.id().equals("note:sequence-range:public.nearly"))
        .singleElement()
        .satisfies(
            f ->
                assertThat(f.suggestedSql())
                    .contains("ALTER SEQUENCE \"public\".\"nearly\" NO MAXVALUE;"));

    run(bundle(allowed + "fix: sequences\n"), target);
    assertThat(findings())
        .filteredOn(f -> f.kind() == Finding.Kind.VALUE_DRIFT)
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.disposition()).isEqualTo(Finding.Disposition.FIXED_BY_ROLLOUT);
              assertThat(f.reason()).contains("fix: sequences");
              assertThat(f.suggestedSql()).isPresent();
            });
  }

  @Test
  void aRoleThatMayTooLittleIsToldEverythingAtOnce() {
    Target owner = CatalogSamples.database("privilege", TABLE);
    CatalogSamples.run(
        owner,
        """
        DO $$ BEGIN
          CREATE ROLE preflight_weak LOGIN PASSWORD 'weak';
        EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        """);
    var weak = new Target("test", owner.url(), "preflight_weak", new Secret("weak"), Map.of());

    assertCode(bundle(""), weak, ErrorCode.PRIVILEGE_MISSING, "CREATE on schema public");
    assertThat(evidence.names()).isEmpty();
  }

  @Test
  void leftoversOlderThanADayAreSweptAndYoungerOnesStay() {
    String old = "rubicon_scratch_20200101000000_test";
    try (PgSession session = CatalogSamples.open(PreflightSamples.staging())) {
      session.execute("CREATE DATABASE " + old);
      ScratchDatabase.sweep(session, Instant.parse("2020-01-01T12:00:00Z"), "_nobody_");
      assertThat(databases(session, old)).isOne();
      ScratchDatabase.sweep(session, Instant.parse("2020-01-02T00:00:01Z"), "_nobody_");
      assertThat(databases(session, old)).isZero();
    }
  }

  @Test
  void whatAKilledAttemptLeftIsDroppedByTheNextOneOfTheSamePhase() {
    var tag = new SessionTag("prod-killed", Phase.PREFLIGHT);
    var other = new SessionTag("prod-other", Phase.PREFLIGHT);
    Target staging = PreflightSamples.staging();
    try (PgSession session = CatalogSamples.open(staging);
        ScratchDatabase others = ScratchDatabase.create(staging, other)) {
      String left = ScratchDatabase.create(staging, tag).target().database();
      try (ScratchDatabase next = ScratchDatabase.create(staging, tag)) {
        assertThat(databases(session, left)).isZero();
        assertThat(databases(session, next.target().database())).isOne();
        assertThat(databases(session, others.target().database())).isOne();
      }
    }
  }

  private Bundle bundle(String yaml) {
    return PreflightSamples.bundle(
        temp,
        TABLE,
        "CREATE INDEX ix ON public.t (id);\n",
        "DROP INDEX IF EXISTS public.ix;\n",
        yaml);
  }

  private Facts.Preflight run(Bundle bundle, Target target) {
    return new Preflight(PreflightSamples.staging())
        .run(PreflightSamples.context(bundle, target, evidence));
  }

  private void assertCode(Bundle bundle, Target target, ErrorCode code, String mentions) {
    assertThatThrownBy(() -> run(bundle, target))
        .hasMessageContaining(mentions)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.next()).isNotBlank();
            });
  }

  private List<Finding> findings() {
    return evidence.get(EvidenceNames.FINDINGS);
  }

  /** Rows written by anybody, as the server counts them. */
  private static long written(Target target) {
    try (PgSession session = CatalogSamples.open(target)) {
      session.execute("SELECT pg_stat_force_next_flush()");
      return Long.parseLong(
          session.value(
              "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_all_tables"
                  + " WHERE schemaname = 'public' OR relname IN ('pg_class', 'pg_attribute')"));
    }
  }

  private static long scratchDatabases() {
    try (PgSession session = CatalogSamples.open(PreflightSamples.staging())) {
      return databases(session, "rubicon_scratch_%");
    }
  }

  private static long databases(PgSession session, String like) {
    return Long.parseLong(
        session.value("SELECT count(*) FROM pg_database WHERE datname LIKE ?", like));
  }
}
