package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.Transition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Through either name a client sees and writes the rows that its policies give it, and no other.
 */
class RowSecurityTest {
  private static final String MINE = "tenant = current_setting('app.tenant', true)";
  private static final String[] TENANT = {"SET ROLE rows_app", "SET app.tenant = 't1'"};

  private static Bench docs(LegacyName name, String... canonical) {
    return new Bench(
            role("rows_owner"),
            role("rows_app"),
            role("rows_other"),
            "GRANT CREATE, USAGE ON SCHEMA public TO rows_owner",
            "CREATE TABLE docs (id serial PRIMARY KEY, tenant text NOT NULL, body text NOT NULL)",
            "INSERT INTO docs (tenant, body) SELECT 't' || g % 3, 'doc' FROM generate_series(1, 9)"
                + " g",
            "ALTER TABLE docs OWNER TO rows_owner",
            "ALTER TABLE docs ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY by_tenant ON docs USING (" + MINE + ")",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON docs TO rows_app",
            "GRANT USAGE ON SEQUENCE docs_id_seq TO rows_app")
        .migration(
            "V1__next.sql",
            "CREATE TABLE documents (id serial PRIMARY KEY, tenant text NOT NULL, content text);"
                + String.join(";", canonical))
        .migration("U1__next.sql", "DROP TABLE documents;")
        .shadow(
            "public.docs",
            new Shadow("public.documents", Optional.empty(), name, List.of()),
            Bench.map("content", "", "body", Map.of("body", "content")));
  }

  private static String[] sameOnCanonical() {
    return new String[] {
      "ALTER TABLE documents ENABLE ROW LEVEL SECURITY",
      "CREATE POLICY by_tenant ON documents USING (" + MINE + ")"
    };
  }

  private static String role(String name) {
    return "DO $$ BEGIN CREATE ROLE "
        + name
        + "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
  }

  private static void onlyItsOwn(Bench bench, String name, String text) {
    bench.run(
        TENANT[0],
        TENANT[1],
        "UPDATE " + name + " SET " + text + " = 'mine'",
        "INSERT INTO " + name + " (tenant, " + text + ") VALUES ('t1', 'new')",
        "DELETE FROM " + name + " WHERE " + text + " = 'new'");
    assertThat(bench.rows("SELECT DISTINCT tenant FROM " + name + " WHERE " + text + " = 'mine'"))
        .containsExactly("t1");
    assertThatThrownBy(
            () ->
                bench.run(
                    TENANT[0],
                    TENANT[1],
                    "INSERT INTO " + name + " (tenant, " + text + ") VALUES ('t2', 'evil')"))
        .hasStackTraceContaining("row-level security");
    assertThat(read(bench, TENANT[0], "RESET app.tenant", name)).isEqualTo("0");
    assertThat(read(bench, "SET ROLE rows_owner", "RESET app.tenant", name)).isEqualTo("9");
    assertThatThrownBy(() -> read(bench, "SET ROLE rows_other", TENANT[1], name))
        .hasStackTraceContaining("permission denied");
  }

  private static String read(Bench bench, String role, String tenant, String name) {
    try (var connection = bench.connect("client");
        var statement = connection.createStatement()) {
      statement.execute(role);
      statement.execute(tenant);
      var row = statement.executeQuery("SELECT count(*) FROM " + name);
      row.next();
      return row.getString(1);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean invokerViews() {
    return Integer.parseInt(new Bench().one("SHOW server_version_num")) >= 150_000;
  }

  @Test
  void aViewUnderTheLegacyNameShowsAClientItsOwnRows() {
    assumeTrue(invokerViews());
    Bench bench = docs(LegacyName.VIEW, sameOnCanonical());
    bench.run("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO rows_other");
    bench.expand();
    bench.run("REVOKE ALL ON documents FROM rows_other");
    bench.dualWrite();
    bench.toVerifiedAgain();
    onlyItsOwn(bench, "docs", "body");
    onlyItsOwn(bench, "documents", "content");
    bench.cutover();
    onlyItsOwn(bench, "docs", "body");
    onlyItsOwn(bench, "documents", "content");
    bench.rollback();
    onlyItsOwn(bench, "docs", "body");
    onlyItsOwn(bench, "documents", "content");
    bench.toVerifiedAgain();
    bench.cutover();
    String hidden =
        bench.one(
            "SELECT oid::regclass FROM pg_class WHERE relname ~ '_hidden$' AND relkind = 'r'");
    assertThat(read(bench, TENANT[0], TENANT[1], hidden)).isEqualTo("3");
    List<String> ours =
        bench.rows(
            "SELECT oid::regclass FROM pg_class WHERE relkind = 'v'"
                + " AND relnamespace = 'rubicon'::regnamespace");
    assertThat(ours).hasSizeGreaterThan(1);
    for (String view : ours) {
      assertThatThrownBy(() -> read(bench, "SET ROLE rows_other", TENANT[1], view))
          .as(view)
          .hasStackTraceContaining("permission denied");
    }
    bench.contract();
    onlyItsOwn(bench, "documents", "content");
  }

  @Test
  void whatIsGrantedByColumnIsGrantedOnTheView() {
    Bench bench =
        new Bench(
                role("rows_app"),
                "CREATE TABLE docs (id int PRIMARY KEY, body text, secret text)",
                "INSERT INTO docs VALUES (1, 'a', 'b')",
                "GRANT SELECT (id, body), UPDATE (body) ON docs TO rows_app")
            .migration(
                "V1__next.sql",
                "CREATE TABLE documents (id int PRIMARY KEY, body text, secret text);")
            .migration("U1__next.sql", "DROP TABLE documents;")
            .shadow(
                "public.docs",
                new Shadow("public.documents", Optional.empty(), LegacyName.VIEW, List.of()));
    bench.toVerified();
    // A column that the view does not have must not stop the crossing.
    bench.run("ALTER TABLE docs ADD COLUMN late text", "GRANT SELECT (late) ON docs TO rows_app");
    bench.cutover();
    bench.run("SET ROLE rows_app", "UPDATE docs SET body = 'c' WHERE id = 1");
    assertThat(bench.one("SELECT body FROM documents")).isEqualTo("c");
    assertThatThrownBy(() -> bench.run("SET ROLE rows_app", "SELECT secret FROM docs"))
        .hasStackTraceContaining("permission denied");
  }

  @Test
  void onPostgres14AViewOverRowSecurityIsRefused() {
    assumeTrue(!invokerViews());
    Bench bench = docs(LegacyName.VIEW, sameOnCanonical());
    assertThatThrownBy(bench::install).hasMessageContaining("legacy-name: view");
  }

  @Test
  void canonicalWithoutRowSecurityIsRefused() {
    Bench bench = docs(LegacyName.HIDE);
    assertThatThrownBy(bench::install)
        .hasMessageContaining("public.docs has row security and public.documents has none");
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname ~ 'rubicon'"))
        .isEqualTo("0");
  }

  @Test
  void rowSecurityThatLegacyGetsInTheMiddleStopsTheCrossing() {
    Bench bench = docs(LegacyName.HIDE);
    bench.run("ALTER TABLE docs DISABLE ROW LEVEL SECURITY");
    bench.toVerified();
    bench.run("ALTER TABLE docs ENABLE ROW LEVEL SECURITY");
    assertThatThrownBy(bench::verify).hasMessageContaining("hazard:row-security:public.docs");
    bench.allow("hazard:*");
    bench.verify();
    assertThatThrownBy(bench::cutover).hasMessageContaining("public.documents has none");
    onlyItsOwn(bench, "docs", "body");
  }

  @Test
  void anOwnerThatMayNotOwnCanonicalIsNotPutUnderItsPolicies() {
    Bench bench = docs(LegacyName.HIDE, sameOnCanonical());
    bench.run(
        "REVOKE CREATE ON SCHEMA public FROM rows_owner",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    assertThatThrownBy(bench::install)
        .hasMessageContaining("rows_owner owns public.docs and may not own public.documents");
  }

  @Test
  void rowSecurityThatHidesRowsFromTheEngineIsRefused() {
    Bench bench = docs(LegacyName.HIDE, sameOnCanonical());
    bench.run("ALTER TABLE docs FORCE ROW LEVEL SECURITY");
    bench.expand();
    bench.run("ALTER TABLE documents OWNER TO rows_owner");
    try (PgSession session =
        PgSession.open(
            bench.target(), bench.context(Phase.DUAL_WRITE).tag(), SessionLimits.SHORT)) {
      session.execute("SET ROLE rows_owner");
      var wanted = bench.runbook().transitions().getFirst();
      assertThatThrownBy(() -> Transition.compile(session, bench.runbook(), wanted))
          .hasMessageContaining("docs forces row security on its owner");
    }
  }
}
