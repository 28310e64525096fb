package dev.rubicon.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DDL of others while a rollout is under way is named at the gate, followed, or stops there. */
@Turn
class ChangedMeanwhileTest {
  private static Bench shadow() {
    return new Bench(
            role("meanwhile_old"),
            role("meanwhile_new"),
            role("meanwhile_owner"),
            "GRANT CREATE, USAGE ON SCHEMA public TO meanwhile_owner",
            "CREATE TABLE acct (id int PRIMARY KEY, tenant text, v text)",
            "CREATE TABLE beside (id int PRIMARY KEY)",
            "GRANT SELECT, UPDATE ON acct TO meanwhile_old",
            "INSERT INTO acct SELECT g, 't' || g % 3, ' v' || g FROM generate_series(1, 50) g")
        .migration(
            "V1__next.sql",
            "CREATE TABLE acct_next (id bigint PRIMARY KEY, tenant text, label text);")
        .migration("U1__next.sql", "DROP TABLE acct_next;")
        .shadow(
            "public.acct",
            new Shadow("public.acct", Optional.of("public.acct_next"), LegacyName.HIDE, List.of()),
            Bench.map("label", "", "trim(v)", Map.of("v", "upper(label)")));
  }

  private static Bench inPlace() {
    return new Bench(
            "CREATE TABLE acct (id int PRIMARY KEY, tenant text, v text)",
            "INSERT INTO acct SELECT g, 't' || g % 3, ' v' || g FROM generate_series(1, 50) g")
        .transition(
            "public.acct", Bench.map("label", "text", "trim(v)", Map.of("v", "upper(label)")));
  }

  private static String role(String name) {
    return "DO $$ BEGIN CREATE ROLE "
        + name
        + "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
  }

  private static void stops(Bench bench, String named) {
    assertThatThrownBy(bench::verify)
        .hasMessageContaining(named)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.HAZARD_NOT_ALLOWED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ALTER TABLE acct ENABLE ROW LEVEL SECURITY; hazard:row-security:public.acct;"
            + " ALTER TABLE acct DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON acct USING (true); hazard:meanwhile:added:policy:public.acct.p;"
            + " DROP POLICY p ON acct",
        "ALTER TABLE acct ADD COLUMN phone text DEFAULT '+49';"
            + " hazard:meanwhile:added:column:public.acct.phone; ALTER TABLE acct DROP phone",
        "ALTER TABLE acct ADD CONSTRAINT known CHECK (tenant IN ('t0', 't1', 't2'));"
            + " hazard:meanwhile:added:constraint:public.acct.known;"
            + " ALTER TABLE acct DROP CONSTRAINT known",
        "ALTER TABLE acct ALTER v SET NOT NULL; hazard:meanwhile:changed:column:public.acct.v;"
            + " ALTER TABLE acct ALTER v DROP NOT NULL",
        "CREATE VIEW acct_v AS SELECT id, v FROM acct;"
            + " hazard:shadow-view:public.acct:acct_v; DROP VIEW acct_v",
        "CREATE TRIGGER g BEFORE UPDATE ON acct FOR EACH ROW EXECUTE FUNCTION"
            + " suppress_redundant_updates_trigger(); hazard:meanwhile:added:trigger:public.acct.g;"
            + " DROP TRIGGER g ON acct",
        "CREATE INDEX acct_tenant ON acct (tenant);"
            + " hazard:meanwhile:added:index:public.acct.acct_tenant; DROP INDEX acct_tenant",
        "GRANT SELECT (v) ON acct TO meanwhile_new;"
            + " hazard:meanwhile:added:grant:public.acct.v/meanwhile_new;"
            + " REVOKE SELECT (v) ON acct FROM meanwhile_new",
      })
  void whatDoesNotFollowToCanonicalStopsBeforeTheGateUntilItIsTakenBack(
      String change, String named, String back) {
    Bench bench = shadow();
    bench.install();
    bench.run(change);
    bench.backfill();
    stops(bench, named);
    stops(bench, named);
    bench.run(back);
    assertThat(bench.verify().others()).isEmpty();
  }

  @Test
  void whatTheRunbookAllowsIsNamedAndGoesOn() {
    Bench bench = shadow();
    bench.hazards = "[{hazard: 'hazard:meanwhile:added:index:*', reason: known}]";
    bench.install();
    bench.run("CREATE INDEX acct_tenant ON acct (tenant)");
    bench.backfill();
    assertThat(bench.verify().others()).containsExactly("added:index:public.acct.acct_tenant");
  }

  @Test
  void grantsAndOwnerAreFollowed() {
    Bench bench = shadow();
    bench.install();
    bench.backfill();
    bench.run(
        "REVOKE SELECT ON acct FROM meanwhile_old",
        "GRANT SELECT, INSERT ON acct TO meanwhile_new",
        "ALTER TABLE acct OWNER TO meanwhile_owner");
    assertThat(bench.verify().others())
        .containsExactlyInAnyOrder(
            "changed:grant:public.acct.meanwhile_old (followed)",
            "added:grant:public.acct.meanwhile_new (followed)",
            "changed:note:public.acct.owner (followed)");
    bench.verify();
    bench.cutover();
    assertThat(
            bench.one(
                """
                SELECT pg_get_userbyid(relowner), has_table_privilege('meanwhile_old', oid, 'SELECT'),
                       has_table_privilege('meanwhile_old', oid, 'UPDATE'),
                       has_table_privilege('meanwhile_new', oid, 'SELECT, INSERT')
                FROM pg_class WHERE oid = 'acct'::regclass
                """))
        .isEqualTo("meanwhile_owner|f|t|t");
  }

  /** Each canonical has what its legacy relations have, of a split and of a merge. */
  @Test
  void everyCanonicalFollowsAndNoneLosesWhatAnotherLegacyGrants() {
    Bench bench =
        new Bench(
                role("meanwhile_old"),
                role("meanwhile_new"),
                "CREATE TABLE acct (id int PRIMARY KEY, kind text NOT NULL, v text)",
                "CREATE TABLE old_a (id int PRIMARY KEY, v text)",
                "CREATE TABLE old_b (id int PRIMARY KEY, v text)",
                "GRANT SELECT ON acct, old_a, old_b TO meanwhile_old",
                "GRANT INSERT ON old_a TO meanwhile_old")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE acct_a (id int PRIMARY KEY, kind text NOT NULL, v text);
                CREATE TABLE acct_b (id int PRIMARY KEY, kind text NOT NULL, v text);
                CREATE TABLE whole (id int PRIMARY KEY, v text, kind text NOT NULL);
                """)
            .migration("U1__next.sql", "DROP TABLE acct_a; DROP TABLE acct_b; DROP TABLE whole;");
    for (String kind : List.of("a", "b")) {
      bench.shadow("public.acct", rows("public.acct_" + kind, Optional.of(is(kind)), false));
      bench.shadow(
          "public.old_" + kind,
          rows("public.whole", Optional.of(is(kind)), true),
          Bench.map("kind", "", "'" + kind + "'::text", Map.of()));
    }
    bench.install();
    bench.run(
        "REVOKE SELECT ON acct FROM meanwhile_old",
        "GRANT SELECT ON acct TO meanwhile_new",
        "REVOKE SELECT, INSERT ON old_a FROM meanwhile_old");
    bench.backfill();
    bench.verify();
    for (String table : List.of("acct_a", "acct_b")) {
      assertThat(may(bench, "meanwhile_old", table, "SELECT")).isEqualTo("f");
      assertThat(may(bench, "meanwhile_new", table, "SELECT")).isEqualTo("t");
    }
    assertThat(may(bench, "meanwhile_old", "whole", "INSERT")).isEqualTo("f");
    assertThat(may(bench, "meanwhile_old", "whole", "SELECT")).isEqualTo("t");
  }

  private static String may(Bench bench, String role, String table, String privilege) {
    return bench.one(
        "SELECT has_table_privilege('%s', '%s', '%s')".formatted(role, table, privilege));
  }

  private static String is(String kind) {
    return "kind = '" + kind + "'";
  }

  private static Shadow rows(String to, Optional<String> rows, boolean merged) {
    return new Shadow(
        to,
        Optional.empty(),
        LegacyName.KEEP,
        List.of(),
        merged ? Optional.empty() : rows,
        merged ? rows : Optional.empty(),
        PartOf.NEITHER);
  }

  @Test
  void whatConcernsNoTransitionIsNamed() {
    Bench bench = shadow();
    bench.install();
    bench.run(
        "CREATE TABLE made_meanwhile (id int PRIMARY KEY)", "ALTER TABLE beside ADD COLUMN n int");
    bench.backfill();
    assertThat(bench.verify().others())
        .containsExactlyInAnyOrder(
            "added:table:public.made_meanwhile", "added:column:public.beside.n");
  }

  /** Its rehearsal knows nothing of them: what was approved must not look like another crossing. */
  @Test
  void whatWasApprovedIsNoPartOfWhatTheCrossingChanged() {
    Bench alone = shadow();
    alone.toVerified();
    Bench bench = shadow();
    bench.install();
    bench.run(
        "CREATE TABLE made_meanwhile (id int PRIMARY KEY)",
        "ALTER TABLE beside ADD COLUMN n int",
        "GRANT SELECT ON acct TO meanwhile_new",
        "REVOKE SELECT ON acct FROM meanwhile_old");
    bench.backfill();
    bench.verify();
    alone.run("GRANT SELECT ON acct TO meanwhile_new", "REVOKE SELECT ON acct FROM meanwhile_old");
    alone.verify();
    assertThat(bench.cutover().change()).isEqualTo(alone.cutover().change());
  }

  /** While dual write and verification change the catalog themselves. */
  @ParameterizedTest
  @ValueSource(strings = {"installing triggers", "adding constraints"})
  void whatOthersCreateDuringAPhaseThatCreatesIsTheirs(String moment) {
    Bench bench =
        new Bench(
                role("meanwhile_new"),
                "CREATE TABLE acct (id int PRIMARY KEY, tenant text, v text)",
                "CREATE TABLE beside (id int PRIMARY KEY, n text)",
                "INSERT INTO acct SELECT g, 't' || g % 3, ' v' || g FROM generate_series(1, 50) g")
            .transition(
                "public.acct",
                new ColumnMapping(
                    "label",
                    "text",
                    Optional.of("trim(v)"),
                    Map.of("v", "upper(label)"),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    Optional.of("label <> '-'"),
                    Optional.empty()));
    Runnable others =
        () ->
            bench.run(
                "ALTER TABLE acct ADD CONSTRAINT known CHECK (tenant <> '') NOT VALID",
                "CREATE INDEX acct_tenant ON acct (tenant)",
                "CREATE SEQUENCE numbers",
                "ALTER TABLE beside ALTER n SET DEFAULT 'x', ADD CHECK (n <> '')",
                "GRANT SELECT ON beside TO meanwhile_new");
    List<String> theirs =
        List.of(
            "added:constraint:public.acct.known",
            "added:constraint:public.beside.beside_n_check",
            "added:grant:public.beside.meanwhile_new",
            "added:index:public.acct.acct_tenant",
            "added:sequence:public.numbers",
            "changed:column:public.beside.n");
    if (moment.equals("installing triggers")) {
      bench.atNextUpdate(moment, others);
    }
    bench.install();
    bench.backfill();
    if (!moment.equals("installing triggers")) {
      bench.atNextUpdate(moment, others);
    }
    bench.verify();
    assertThat(bench.verify().others()).containsExactlyInAnyOrderElementsOf(theirs);
    assertThat(bench.abort().others()).containsExactlyInAnyOrderElementsOf(theirs);
  }

  @Test
  void theEnginesOwnChangesAreNotOthers() {
    for (Bench bench : List.of(shadow(), inPlace())) {
      bench.toVerified();
      assertThat(bench.verify().others()).isEmpty();
      bench.cutover();
      bench.rollback();
      assertThat(bench.verify().others()).isEmpty();
      bench.cutover();
      assertThat(bench.verify().others()).isEmpty();
    }
  }

  @Test
  void inPlaceAColumnIsNamedAndRowSecurityAskedAbout() {
    Bench bench = inPlace();
    bench.install();
    bench.run(
        "ALTER TABLE acct ADD COLUMN phone text", "ALTER TABLE acct ENABLE ROW LEVEL SECURITY");
    bench.backfill();
    stops(bench, "hazard:row-security:public.acct");
    bench.run("ALTER TABLE acct DISABLE ROW LEVEL SECURITY");
    assertThat(bench.verify().others()).containsExactly("added:column:public.acct.phone");
  }

  @Test
  void whatChangedAfterTheCrossingIsNamedAtTheGateToWhichARollbackReturns() {
    Bench bench = shadow();
    bench.toVerified();
    bench.cutover();
    bench.run("ALTER TABLE acct ADD COLUMN phone text");
    bench.rollback();
    assertThat(bench.verify().others())
        .containsExactly("added:column:public.acct.phone (before the rollback)");
  }

  @Test
  void contractDropsNoColumnThatNobodyCarriesOver() {
    Bench bench = shadow();
    bench.toVerified();
    bench.cutover();
    String legacy =
        bench.one(
            "SELECT format('%I.%I', n.nspname, relname) FROM pg_class c JOIN pg_namespace n"
                + " ON n.oid = relnamespace JOIN pg_attribute a ON attrelid = c.oid"
                + " AND attname = 'v' AND NOT attisdropped WHERE relkind = 'r'");
    bench.run(
        "ALTER TABLE " + legacy + " ADD COLUMN phone text",
        "UPDATE " + legacy + " SET phone = '+49' WHERE id = 1");
    assertThatThrownBy(bench::contract)
        .hasMessageContaining("phone")
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTRACT_NOT_DUE));
    bench.run("ALTER TABLE " + legacy + " DROP COLUMN phone");
    bench.contract();
  }
}
