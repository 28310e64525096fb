package dev.rubicon.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.sql.Side;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each drift of one feature is found, and nothing else is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogDiffTest {
  private PgSession session;
  private CatalogSnapshot canonical;
  private CatalogStructure structure;

  @BeforeAll
  void build() {
    Target target =
        CatalogSamples.database(
            "drift",
            CatalogSamples.EVERYTHING
                + """
                DROP ROLE IF EXISTS drift_app;
                CREATE ROLE drift_app;
                CREATE TABLE public.plain (a int, b text, c numeric(10, 2) NOT NULL DEFAULT 1);
                ALTER TABLE public.plain ADD CONSTRAINT plain_pkey PRIMARY KEY (a);
                CREATE INDEX plain_b ON public.plain (b);
                CREATE TABLE public.child (a int REFERENCES public.plain (a), n int NOT NULL);
                GRANT SELECT ON public.plain TO drift_app;
                """);
    canonical = CatalogSamples.snapshot(target);
    session = CatalogSamples.open(target);
    structure = CatalogStructure.read(session, CatalogSamples.SCHEMAS);
  }

  @AfterAll
  void close() {
    session.close();
  }

  /**
   * @param since the first major of PostgreSQL that understands it
   */
  record Drift(int since, String sql, List<String> findings) {
    @Override
    public String toString() {
      return sql.strip();
    }
  }

  private static Drift drift(String sql, String... findings) {
    return new Drift(14, sql, List.of(findings));
  }

  private static Drift since15(String sql, String... findings) {
    return new Drift(15, sql, List.of(findings));
  }

  static Stream<Drift> drifts() {
    return Stream.of(
        // Nothing.
        drift("SELECT 1"),
        drift("ALTER TABLE public.plain ADD x int; ALTER TABLE public.plain DROP x"),
        drift(
            "GRANT INSERT ON public.plain TO drift_app; REVOKE INSERT ON public.plain FROM"
                + " drift_app"),
        drift(
            "ALTER TABLE public.plain OWNER TO drift_app; GRANT SELECT ON public.plain TO"
                + " drift_app",
            "missing:grant:public.plain.drift_app"),
        // Tables.
        drift(
            "CREATE TABLE public.more (id int PRIMARY KEY, v text); CREATE INDEX ON public.more"
                + " (v)",
            "extra:table:public.more"),
        drift("DROP TABLE public.child", "missing:table:public.child"),
        drift("ALTER TABLE public.child SET UNLOGGED", "changed:table:public.child"),
        drift("ALTER TABLE public.plain SET (fillfactor = 50)", "changed:table:public.plain"),
        drift("ALTER TABLE public.plain REPLICA IDENTITY FULL", "changed:table:public.plain"),
        drift("ALTER TABLE public.plain ENABLE ROW LEVEL SECURITY", "changed:table:public.plain"),
        drift("ALTER TABLE public.checks FORCE ROW LEVEL SECURITY", "changed:table:public.checks"),
        drift("ALTER TABLE public.plain CLUSTER ON plain_b", "changed:index:public.plain.plain_b"),
        drift("CREATE TABLE public.heir () INHERITS (public.child)", "extra:table:public.heir"),
        drift(
            "CREATE TABLE \"Shop\".\"L27\" PARTITION OF \"Shop\".\"Order Lines\" FOR VALUES FROM"
                + " ('2027-01-01') TO ('2028-01-01')",
            "extra:table:Shop.L27"),
        drift(
            "ALTER TABLE \"Shop\".\"Order Lines\" DETACH PARTITION \"Shop\".\"Lines 2026\"",
            "changed:table:Shop.Lines 2026",
            "changed:sequence:public.counter"),
        // Columns.
        drift(
            "ALTER TABLE public.plain DROP b CASCADE",
            "missing:column:public.plain.b",
            "missing:index:public.plain.plain_b"),
        drift("ALTER TABLE public.plain ADD d jsonb", "extra:column:public.plain.d"),
        drift(
            "ALTER TABLE public.plain RENAME b TO bb",
            "missing:column:public.plain.b",
            "extra:column:public.plain.bb",
            "changed:index:public.plain.plain_b"),
        drift("ALTER TABLE public.child ALTER n TYPE bigint", "changed:column:public.child.n"),
        drift(
            "ALTER TABLE public.plain ALTER c TYPE numeric(12,2)", "changed:column:public.plain.c"),
        drift("ALTER TABLE public.plain ALTER c SET DEFAULT 2", "changed:column:public.plain.c"),
        drift("ALTER TABLE public.plain ALTER c DROP DEFAULT", "changed:column:public.plain.c"),
        drift("ALTER TABLE public.plain ALTER c DROP NOT NULL", "changed:column:public.plain.c"),
        drift("ALTER TABLE public.plain ALTER b SET NOT NULL", "changed:column:public.plain.b"),
        drift(
            "ALTER TABLE public.child ALTER n TYPE int, ALTER n ADD GENERATED BY DEFAULT AS"
                + " IDENTITY",
            "changed:column:public.child.n",
            "extra:sequence:public.child_n_seq"),
        drift(
            "ALTER TABLE public.checks ALTER id SET GENERATED BY DEFAULT",
            "changed:column:public.checks.id"),
        drift(
            "ALTER TABLE public.checks ALTER doubled DROP EXPRESSION",
            "changed:column:public.checks.doubled"),
        drift(
            "ALTER TABLE public.plain ALTER b TYPE text COLLATE \"C\"",
            "changed:column:public.plain.b"),
        drift(
            "ALTER TABLE public.plain ALTER b SET STORAGE EXTERNAL",
            "extra:column-setting:public.plain.b"),
        drift(
            "ALTER TABLE public.plain ALTER b SET COMPRESSION pglz",
            "changed:column:public.plain.b"),
        drift(
            "ALTER TABLE public.plain ALTER b SET STATISTICS 1000",
            "extra:column-setting:public.plain.b"),
        drift(
            "ALTER TABLE public.plain ALTER b SET (n_distinct = 5)",
            "extra:column-setting:public.plain.b"),
        // Constraints.
        drift(
            "ALTER TABLE public.plain DROP CONSTRAINT plain_pkey CASCADE",
            "missing:constraint:public.plain.plain_pkey",
            "missing:constraint:public.child.child_a_fkey"),
        drift(
            "ALTER TABLE public.plain ADD CHECK (c > 0)",
            "extra:constraint:public.plain.plain_c_check"),
        drift(
            "ALTER TABLE public.users DROP CONSTRAINT email_lower; ALTER TABLE public.users ADD"
                + " CONSTRAINT email_lower CHECK (email = upper(email))",
            "changed:constraint:public.users.email_lower",
            "missing:comment:public.users.constraint email_lower"),
        drift(
            "ALTER TABLE public.users VALIDATE CONSTRAINT tagged",
            "invalid:constraint:public.users.tagged"),
        drift(
            "ALTER TABLE public.child DROP CONSTRAINT child_a_fkey; ALTER TABLE public.child ADD"
                + " CONSTRAINT child_a_fkey FOREIGN KEY (a) REFERENCES public.plain (a) NOT VALID",
            "invalid:constraint:public.child.child_a_fkey"),
        drift(
            "ALTER TABLE public.child DROP CONSTRAINT child_a_fkey; ALTER TABLE public.child ADD"
                + " CONSTRAINT child_a_fkey FOREIGN KEY (a) REFERENCES public.plain (a) ON DELETE"
                + " CASCADE",
            "changed:constraint:public.child.child_a_fkey"),
        drift(
            "ALTER TABLE public.child ALTER CONSTRAINT child_a_fkey DEFERRABLE",
            "changed:constraint:public.child.child_a_fkey"),
        since15(
            "ALTER TABLE public.users DROP CONSTRAINT users_email_key; ALTER TABLE public.users ADD"
                + " CONSTRAINT users_email_key UNIQUE NULLS NOT DISTINCT (email)",
            "changed:constraint:public.users.users_email_key"),
        drift(
            "ALTER TABLE public.users DROP CONSTRAINT users_email_key; ALTER TABLE public.users ADD"
                + " CONSTRAINT users_email_key UNIQUE (email) INCLUDE (id)",
            "changed:constraint:public.users.users_email_key"),
        drift(
            "ALTER TABLE public.checks DROP CONSTRAINT checks_claim_text_excl",
            "missing:constraint:public.checks.checks_claim_text_excl"),
        // Indexes.
        drift("CREATE INDEX ix_more ON public.plain (c)", "extra:index:public.plain.ix_more"),
        drift("DROP INDEX public.ix_claim", "missing:index:public.checks.ix_claim"),
        drift(
            "DROP INDEX public.ix_claim; CREATE INDEX ix_claim ON public.checks (lower(claim_text))"
                + " WHERE amount > 1",
            "changed:index:public.checks.ix_claim"),
        drift(
            "DROP INDEX public.ix_claim; CREATE INDEX ix_claim ON public.checks"
                + " (lower(claim_text))",
            "changed:index:public.checks.ix_claim"),
        drift(
            "DROP INDEX public.plain_b; CREATE INDEX plain_b ON public.plain USING hash (b)",
            "changed:index:public.plain.plain_b"),
        drift(
            "DROP INDEX public.plain_b; CREATE INDEX plain_b ON public.plain (b text_pattern_ops)",
            "changed:index:public.plain.plain_b"),
        drift(
            "DROP INDEX public.plain_b; CREATE INDEX plain_b ON public.plain (b NULLS FIRST)",
            "changed:index:public.plain.plain_b"),
        drift(
            "DROP INDEX public.plain_b; CREATE INDEX plain_b ON public.plain (b DESC)",
            "changed:index:public.plain.plain_b"),
        drift(
            "DROP INDEX public.plain_b; CREATE INDEX plain_b ON public.plain (b) INCLUDE (c)",
            "changed:index:public.plain.plain_b"),
        drift(
            "DROP INDEX public.plain_b; CREATE UNIQUE INDEX plain_b ON public.plain (b)",
            "changed:index:public.plain.plain_b"),
        drift(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.plain_b'::regclass",
            "invalid:index:public.plain.plain_b"),
        drift(
            "DROP INDEX public.totals_user_id_idx",
            "missing:index:public.totals.totals_user_id_idx"),
        // Sequences: parameters, not values.
        drift("SELECT nextval('public.counter'), setval('public.users_id_seq', 4711)"),
        drift("ALTER SEQUENCE public.counter INCREMENT 7", "changed:sequence:public.counter"),
        drift("ALTER SEQUENCE public.counter NO CYCLE", "changed:sequence:public.counter"),
        drift(
            "ALTER SEQUENCE public.users_id_seq AS integer",
            "changed:sequence:public.users_id_seq"),
        drift(
            "ALTER SEQUENCE public.users_id_seq OWNED BY NONE",
            "changed:sequence:public.users_id_seq"),
        drift(
            "ALTER TABLE public.checks ALTER id SET INCREMENT 3",
            "changed:sequence:public.checks_id_seq"),
        drift(
            "ALTER TABLE public.child ALTER n SET DEFAULT nextval('public.counter')",
            "changed:column:public.child.n",
            "changed:sequence:public.counter"),
        // Views and rules.
        drift(
            "CREATE OR REPLACE VIEW public.rich WITH (security_barrier) AS SELECT * FROM"
                + " public.checks WHERE amount > 8",
            "changed:view:public.rich"),
        drift("ALTER VIEW public.rich SET (security_barrier = false)", "changed:view:public.rich"),
        drift(
            "ALTER VIEW public.rich ALTER claim_text SET DEFAULT 'x'",
            "extra:column:public.rich.claim_text"),
        drift("DROP MATERIALIZED VIEW public.totals", "missing:materialized-view:public.totals"),
        drift("DROP RULE no_delete ON public.users", "missing:rule:public.users.no_delete"),
        drift(
            "ALTER TABLE public.users DISABLE RULE no_delete",
            "changed:rule:public.users.no_delete"),
        // Routines and triggers.
        drift(
            "CREATE OR REPLACE FUNCTION public.twice(n integer) RETURNS integer LANGUAGE sql"
                + " IMMUTABLE RETURN n * 3",
            "changed:function:public.twice(integer)"),
        drift(
            "ALTER FUNCTION public.twice(integer) VOLATILE",
            "changed:function:public.twice(integer)"),
        drift("ALTER FUNCTION public.touch() SECURITY DEFINER", "changed:function:public.touch()"),
        drift(
            "ALTER FUNCTION public.touch() SET search_path = public",
            "changed:function:public.touch()"),
        drift(
            "CREATE FUNCTION public.twice(n text) RETURNS text LANGUAGE sql AS 'SELECT n'",
            "extra:function:public.twice(text)"),
        drift("DROP PROCEDURE public.nothing()", "missing:function:public.nothing()"),
        drift("DROP TRIGGER touch ON public.users", "missing:trigger:public.users.touch"),
        drift(
            "ALTER TABLE public.users DISABLE TRIGGER touch", "changed:trigger:public.users.touch"),
        drift(
            "CREATE OR REPLACE TRIGGER touch BEFORE UPDATE OF email ON public.users FOR EACH ROW"
                + " EXECUTE FUNCTION public.touch()",
            "changed:trigger:public.users.touch"),
        drift(
            "ALTER POLICY own ON public.checks USING (user_id = 2)",
            "changed:policy:public.checks.own"),
        drift("ALTER POLICY own ON public.checks TO drift_app", "changed:policy:public.checks.own"),
        // Types.
        drift(
            "ALTER TYPE public.mood RENAME VALUE 'ok' TO 'fine'",
            "changed:enum:public.mood",
            "changed:column:public.users.mood"),
        drift("ALTER TYPE public.mood ADD VALUE 'glad' BEFORE 'ok'", "changed:enum:public.mood"),
        drift("ALTER DOMAIN public.email DROP NOT NULL", "changed:domain:public.email"),
        drift(
            "ALTER DOMAIN public.email ADD CONSTRAINT short CHECK (length(VALUE) < 99) NOT VALID",
            "extra:constraint:public.email.short"),
        drift("ALTER TYPE public.pair ADD ATTRIBUTE c date", "changed:composite-type:public.pair"),
        drift("DROP TYPE public.floats", "missing:range-type:public.floats"),
        // Privileges, comments, the rest.
        drift("GRANT INSERT ON public.plain TO drift_app", "changed:grant:public.plain.drift_app"),
        drift(
            "GRANT SELECT ON public.plain TO drift_app WITH GRANT OPTION",
            "changed:grant:public.plain.drift_app"),
        drift(
            "REVOKE SELECT ON public.plain FROM drift_app", "missing:grant:public.plain.drift_app"),
        drift("REVOKE INSERT ON public.plain FROM postgres", "extra:grant:public.plain.OWNER"),
        drift(
            "GRANT UPDATE (b) ON public.plain TO drift_app",
            "extra:grant:public.plain.b/drift_app"),
        drift("GRANT CREATE ON SCHEMA \"Shop\" TO drift_app", "extra:grant:Shop.drift_app"),
        drift("REVOKE USAGE ON TYPE public.mood FROM PUBLIC", "missing:grant:public.mood.PUBLIC"),
        drift(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO drift_app",
            "extra:default-privileges:public.tables.drift_app"),
        drift("COMMENT ON TABLE public.checks IS 'other'", "changed:comment:public.checks"),
        drift(
            "COMMENT ON COLUMN public.checks.claim_text IS NULL",
            "missing:comment:public.checks.claim_text"),
        drift("COMMENT ON COLUMN public.plain.b IS 'b'", "extra:comment:public.plain.b"),
        drift("COMMENT ON INDEX public.plain_b IS 'i'", "extra:comment:public.plain.index plain_b"),
        drift("DROP STATISTICS public.dep", "missing:statistics:public.dep"),
        drift("ALTER PUBLICATION few ADD TABLE public.plain", "extra:publication:public.plain.few"),
        since15(
            "ALTER PUBLICATION few SET TABLE public.users (id, email) WHERE (id > 0)",
            "changed:publication:public.users.few"),
        drift("CREATE PUBLICATION everything FOR ALL TABLES", "note:publication.everything"),
        drift(
            "CREATE EXTENSION hstore SCHEMA public",
            "extra:extension:hstore",
            "note:extension-version.hstore"),
        drift(
            "CREATE FUNCTION public.ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
                + " REVOKE ALL ON FUNCTION public.ev() FROM PUBLIC; CREATE EVENT TRIGGER ev ON"
                + " ddl_command_end EXECUTE FUNCTION public.ev()",
            "extra:function:public.ev()",
            "note:event-trigger.ev"),
        drift("ALTER PUBLICATION few SET (publish = 'insert')", "extra:publication:few"),
        drift("CREATE PUBLICATION nothing_yet", "extra:publication:nothing_yet"),
        drift(
            "CREATE SUBSCRIPTION sub CONNECTION 'dbname=x password=hunter2' PUBLICATION p WITH"
                + " (connect = false)",
            "note:subscription.sub"),
        drift(
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO drift_app",
            "extra:default-privileges:tables.drift_app"),
        drift(
            "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
            "extra:default-privileges:functions.PUBLIC"),
        drift(
            "ALTER INDEX public.ix_claim ALTER COLUMN 1 SET STATISTICS 500",
            "changed:index:public.checks.ix_claim"),
        drift(
            "ALTER TABLE public.child DISABLE TRIGGER ALL",
            "changed:constraint:public.child.child_a_fkey"),
        new Drift(
            18,
            "ALTER TABLE public.child RENAME CONSTRAINT child_n_not_null TO n_there",
            List.of("note:not-null-name.public.child.n")),
        // What we compare and do not carry over.
        drift("CREATE LANGUAGE plx HANDLER plpgsql_call_handler", "extra:unsupported:language.plx"),
        drift("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC", "extra:unsupported:language.plpgsql"),
        drift(
            "CREATE TRANSFORM FOR public.pair LANGUAGE sql (FROM SQL WITH FUNCTION"
                + " prsd_lextype(internal))",
            "extra:unsupported:transform.FOR public.pair LANGUAGE sql"),
        drift(
            "CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler",
            "extra:unsupported:access-method.other"),
        drift(
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER sv FOREIGN DATA WRAPPER w; CREATE USER"
                + " MAPPING FOR drift_app SERVER sv OPTIONS (password 'hunter2')",
            "extra:unsupported:foreign-data-wrapper.w",
            "note:user-mapping.sv FOR drift_app"),
        drift(
            "ALTER FUNCTION public.twice(integer) DEPENDS ON EXTENSION pg_trgm",
            "unsupported:public.extension-dependency.function twice(integer) on pg_trgm"),
        drift(
            "ALTER INDEX public.ix_trgm DEPENDS ON EXTENSION pg_trgm",
            "unsupported:public.extension-dependency.index ix_trgm on pg_trgm"),
        drift(
            "ALTER TRIGGER touch ON public.users DEPENDS ON EXTENSION pg_trgm",
            "unsupported:public.extension-dependency.trigger touch of users on pg_trgm"),
        drift(
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql RETURN 1; ALTER FUNCTION"
                + " public.f() DEPENDS ON EXTENSION pg_trgm",
            "extra:function:public.f()"),
        drift(
            "CREATE OPERATOR CLASS public.oc FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1"
                + " btint4cmp(int, int)",
            "unsupported:public.operator-family.oc USING btree"),
        drift(
            "CREATE AGGREGATE public.total(int) (SFUNC = int4pl, STYPE = int)",
            "unsupported:public.aggregate.total(integer)"),
        drift(
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER sv FOREIGN DATA WRAPPER w; CREATE FOREIGN"
                + " TABLE public.ft (a int) SERVER sv",
            "unsupported:public.foreign-table.ft",
            "extra:unsupported:foreign-data-wrapper.w"),
        drift(
            "CREATE COLLATION public.german (LOCALE = 'C')", "unsupported:public.collation.german"),
        drift(
            "CREATE TEXT SEARCH CONFIGURATION public.ts (COPY = simple)",
            "unsupported:public.text-search-configuration.ts"),
        drift(
            "CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
            "unsupported:public.operator.=== (integer, integer)"),
        drift(
            "CREATE CAST (public.pair AS text) WITH INOUT",
            "unsupported:public.cast.public.pair AS text"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("drifts")
  void findsTheDriftAndNothingElseAndSuggestsOnlyWhatWorks(Drift drift) {
    int major = Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
    assumeThat(major)
        .as("it is not SQL before PostgreSQL 15")
        .isGreaterThanOrEqualTo(drift.since());
    session.execute("BEGIN");
    try {
      session.execute(drift.sql());
      CatalogSnapshot drifted = CatalogReader.read(session, CatalogSamples.SCHEMAS);

      List<Finding> findings = CatalogDiff.between(drifted, canonical);
      assertThat(findings)
          .extracting(Finding::id)
          // From PostgreSQL 18 on a partition's NOT NULL keeps the parent's name when it leaves.
          .filteredOn(id -> !id.startsWith("note:not-null-name") || drift.findings().contains(id))
          .containsExactlyInAnyOrderElementsOf(drift.findings());
      boolean noteOnly = drift.findings().stream().allMatch(id -> id.startsWith("note:"));
      assertThat(drifted.fingerprint().equals(canonical.fingerprint())).isEqualTo(noteOnly);
      applySuggestions();
    } finally {
      session.execute("ROLLBACK");
    }
  }

  /** Running what is suggested removes the finding, though nothing extra may be dropped. */
  private void applySuggestions() {
    Repair repair =
        Repair.between(
            Side.read(session, CatalogSamples.SCHEMAS),
            new Side(canonical, structure),
            id -> false);
    repair.steps().forEach(step -> session.execute(step.sql().replace(" CONCURRENTLY", "")));
    List<String> repaired =
        repair.findings().stream()
            .filter(finding -> finding.suggestedSql().isPresent())
            .map(Finding::id)
            .toList();
    assertThat(CatalogDiff.between(CatalogReader.read(session, CatalogSamples.SCHEMAS), canonical))
        .extracting(Finding::id)
        .filteredOn(repaired::contains)
        .isEmpty();
  }

  @Test
  void findingsCarryBothDefinitions() {
    session.execute("BEGIN");
    session.execute("ALTER TABLE public.plain ALTER c SET DEFAULT 2");
    Finding finding =
        CatalogDiff.between(CatalogReader.read(session, CatalogSamples.SCHEMAS), canonical)
            .getFirst();
    session.execute("ROLLBACK");

    assertThat(finding.kind()).isEqualTo(Finding.Kind.CHANGED);
    assertThat(finding.target()).contains("numeric(10,2) DEFAULT 2 NOT NULL");
    assertThat(finding.canonical()).contains("numeric(10,2) DEFAULT 1 NOT NULL");
    assertThat(finding.disposition()).isEqualTo(Finding.Disposition.OPEN);
  }
}
