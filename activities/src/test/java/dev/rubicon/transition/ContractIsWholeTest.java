package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Target;
import dev.rubicon.rehearse.CloneCopies;
import dev.rubicon.rehearse.Rehearse;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract takes everything away, or nothing. */
@Turn
class ContractIsWholeTest {
  private static final String DEFERRED = " DEFERRABLE INITIALLY DEFERRED";

  /** Two legacy relations whose foreign keys point at each other, and one at itself. */
  private static Bench circle(LegacyName name) {
    return new Bench(
            "CREATE TABLE teams (id int PRIMARY KEY, lead int)",
            "CREATE TABLE players (id int PRIMARY KEY, team int NOT NULL REFERENCES teams"
                + DEFERRED
                + ", boss int REFERENCES players)",
            "ALTER TABLE teams ADD FOREIGN KEY (lead) REFERENCES players" + DEFERRED,
            "BEGIN; INSERT INTO teams SELECT g, g * 10 FROM generate_series(1, 10) g; INSERT INTO"
                + " players SELECT g, 1 + g % 10, nullif(g - 1, 0) FROM generate_series(1, 100) g;"
                + " COMMIT")
        .migration(
            "V1__next.sql",
            """
            CREATE TABLE teams_n (id bigint PRIMARY KEY, lead bigint);
            CREATE TABLE players_n (id bigint PRIMARY KEY, team bigint NOT NULL, boss bigint);
            """)
        .migration("U1__next.sql", "DROP TABLE teams_n, players_n;")
        .shadow("public.teams", shadow("teams", name, key("teams_lead", "lead", "players_n")))
        .shadow(
            "public.players",
            shadow(
                "players",
                name,
                key("players_team", "team", "teams_n"),
                key("players_boss", "boss", "players_n")));
  }

  private static Shadow shadow(String table, LegacyName name, ForeignKey... keys) {
    return name != LegacyName.HIDE
        ? new Shadow("public." + table + "_n", Optional.empty(), name, List.of(keys))
        : new Shadow("public." + table, Optional.of("public." + table + "_n"), name, List.of(keys));
  }

  private static ForeignKey key(String name, String column, String table) {
    return new ForeignKey(
        name, "FOREIGN KEY (" + column + ") REFERENCES public." + table + " (id)" + DEFERRED);
  }

  @ParameterizedTest
  @CsvSource({
    "HIDE, DROP, DROP",
    "VIEW, DROP, DROP",
    "KEEP, DROP, DROP",
    "HIDE, DROP, ARCHIVE",
    "HIDE, ARCHIVE, DROP",
    "HIDE, KEEP, DROP",
    "HIDE, ARCHIVE, ARCHIVE"
  })
  void shadowsWhoseKeysFormACircle(
      LegacyName name, LegacyColumn.Action teams, LegacyColumn.Action players) {
    Bench bench = circle(name);
    legacy(bench, "public.teams", teams);
    legacy(bench, "public.players", players);
    bench.toVerified();
    bench.cutover();
    bench.contract();
    String suffix = name == LegacyName.HIDE ? "" : "_n";
    bench.run(
        "BEGIN; INSERT INTO teams%1$s VALUES (7001, 8001); INSERT INTO players%1$s VALUES (8001,"
                .formatted(suffix)
            + " 7001, 1); COMMIT");
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
    assertThat(
            bench.one(
                "SELECT count(*) FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid WHERE"
                    + " contype = 'f' AND relnamespace = 'public'::regnamespace"))
        .isEqualTo("3");
    assertThat(bench.one("SELECT count(*) FROM players" + suffix)).isEqualTo("101");
    // A key between two that are kept stands; one to a relation that is dropped goes with it.
    assertThat(
            bench.one(
                "SELECT count(*) FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid WHERE"
                    + " contype = 'f' AND relnamespace = to_regnamespace('rubicon_archive')"))
        .isEqualTo(
            teams == LegacyColumn.Action.DROP
                ? players == LegacyColumn.Action.DROP ? "0" : "1"
                : players == LegacyColumn.Action.DROP ? "0" : "3");
  }

  private static void legacy(Bench bench, String relation, LegacyColumn.Action action) {
    bench.legacy(
        new LegacyRelation(
            relation,
            action,
            action == LegacyColumn.Action.KEEP ? Optional.of("because") : Optional.empty()));
  }

  /** The view hangs on what goes last; what goes before it is a table, a column, and a shim. */
  @Test
  void nothingIsGoneWhereTheLastOfItCannotGo() {
    Bench bench =
        circle(LegacyName.HIDE)
            .contractSql("contract/shim.sql", "DROP FUNCTION shim(); DELETE FROM notes;");
    bench.run(
        "CREATE FUNCTION shim() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE notes (id int PRIMARY KEY, legacy text)",
        "INSERT INTO notes VALUES (1, 'kept')");
    bench.transition("public.notes", map("c", "text", "legacy", Map.of("legacy", "c")));
    bench.legacy("public.notes", "legacy", LegacyColumn.Action.ARCHIVE);
    bench.toVerified();
    bench.run(
        "CREATE VIEW report AS SELECT t.id, p.boss FROM teams t JOIN players p ON p.team = t.id");
    bench.cutover();
    String before = bench.fingerprint();
    assertThatThrownBy(bench::contract)
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.TARGET_CHANGED);
              assertThat(e.getMessage()).contains("view public.report");
            });
    assertThat(bench.fingerprint()).isEqualTo(before);
    assertThat(bench.one("SELECT shim(), legacy, c FROM notes")).isEqualTo("1|kept|kept");
    assertThat(bench.one("SELECT count(*) FROM report")).isEqualTo("100");

    // Both sides are still in step, and the way back is open.
    bench.run("INSERT INTO notes (id, c) VALUES (2, 'still')");
    assertThat(bench.one("SELECT legacy FROM notes WHERE id = 2")).isEqualTo("still");
    bench.rollback();
    bench.toVerifiedAgain();
    bench.cutover();
    bench.run("DROP VIEW report", "INSERT INTO notes (id, c) VALUES (3, 'late')");
    assertThat(bench.contract().actions()).hasSize(3);
    assertThat(bench.one("SELECT to_regnamespace('rubicon'), to_regproc('shim')")).isEqualTo("~|~");
    assertThat(bench.one("SELECT count(*) FROM notes")).isEqualTo("0");
    // What came between the attempt that failed and the one that ended it is archived, too.
    assertThat(
            bench.rows(
                "SELECT id, legacy FROM rubicon_archive.\"public.notes.legacy\" ORDER BY id"))
        .containsExactly("1|kept", "2|still", "3|late");
  }

  @Test
  void anArchiveOfAnotherRolloutIsNotTakenForThisOnes() {
    Bench bench =
        new Bench(
            "CREATE TABLE notes (id int PRIMARY KEY, legacy text)",
            "INSERT INTO notes VALUES (1, 'new')",
            "CREATE SCHEMA rubicon_archive",
            "CREATE TABLE rubicon_archive.\"public.notes.legacy\" AS SELECT 1 AS id, 'old' AS"
                + " legacy");
    bench.transition("public.notes", map("c", "text", "legacy", Map.of("legacy", "c")));
    bench.legacy("public.notes", "legacy", LegacyColumn.Action.ARCHIVE);
    bench.toVerified();
    bench.cutover();
    assertThatThrownBy(bench::contract)
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTRACT_NOT_DUE))
        .hasMessageContaining("not by this rollout");
    assertThat(bench.one("SELECT legacy FROM notes")).isEqualTo("new");
    bench.run("ALTER TABLE rubicon_archive.\"public.notes.legacy\" RENAME TO earlier");
    bench.contract();
    assertThat(bench.one("SELECT legacy FROM rubicon_archive.\"public.notes.legacy\""))
        .isEqualTo("new");
  }

  /** Contract is tried behind the rehearsal's crossing, and taken back there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "CREATE VIEW planned AS SELECT * FROM teams",
        "CREATE VIEW in_the_way AS SELECT legacy FROM notes"
      })
  void theRehearsalTriesContract(String owners) {
    Bench bench = circle(LegacyName.HIDE).contractSql("contract/shim.sql", "DELETE FROM notes;");
    bench.run(
        "CREATE TABLE notes (id int PRIMARY KEY, legacy text)",
        "INSERT INTO notes VALUES (1, 'kept')",
        owners);
    bench.transition("public.notes", map("c", "text", "legacy", Map.of("legacy", "c")));
    bench.legacy("public.notes", "legacy", LegacyColumn.Action.ARCHIVE);
    Facts.Rehearsal facts =
        new Rehearse((_, _) -> copy(bench), bench.target(), _ -> Optional.empty())
            .run(bench.context(Phase.REHEARSE), new Facts.Clone("golden", "test", 3));
    if (owners.contains("in_the_way")) {
      assertThat(facts.contract().orElseThrow())
          .contains("TARGET_CHANGED", "view public.in_the_way");
      assertThat(facts.line()).contains("contract could not end");
    } else {
      assertThat(facts.contract()).isEmpty();
    }
    assertThat(facts.predicted()).containsKey("contract");
    assertThat(bench.one("SELECT stage FROM rubicon.state")).isEqualTo("CUT_OVER");
    assertThat(bench.one("SELECT legacy, c FROM notes")).isEqualTo("kept|kept");
    assertThat(bench.one("SELECT to_regnamespace('rubicon_archive')")).isEqualTo("~");
  }

  private static CloneCopies.Copy copy(Bench bench) {
    return new CloneCopies.Copy() {
      @Override
      public Target target() {
        return bench.target();
      }

      @Override
      public void close() {}
    };
  }

  /** Canonical's clients are refused until it ends: what mirrors them writes to what is gone. */
  @ParameterizedTest
  @CsvSource({
    "KEEP, int",
    "VIEW, serial",
    "HIDE, int GENERATED ALWAYS AS IDENTITY",
    "KEEP, int GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME own START 5)"
  })
  void itEndsWhereSomebodyHasDroppedLegacy(LegacyName name, String key) {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id serial PRIMARY KEY, v text)", "INSERT INTO t (v) VALUES ('a')")
            .migration("V1__n.sql", "CREATE TABLE u (id " + key + " PRIMARY KEY, w text);")
            .migration("U1__n.sql", "DROP TABLE u;")
            .shadow(
                "public.t",
                new Shadow("public.u", Optional.empty(), name, List.of()),
                Bench.map("w", "", "v", Map.of("v", "w")));
    bench.toVerified();
    bench.cutover();
    bench.run(
        "DROP TABLE "
            + bench.one(
                "SELECT c.oid::regclass FROM pg_class c JOIN rubicon.transition t"
                    + " ON t.relations[1] = c.oid")
            + " CASCADE");
    assertThat(bench.contract().actions())
        .containsExactly("public.t=drop (was not there: somebody had dropped public.t)");
    bench.run(
        key.equals("int") ? "INSERT INTO u VALUES (2, 'b')" : "INSERT INTO u (w) VALUES ('b')");
    assertThat(bench.rows("SELECT * FROM u ORDER BY id")).containsExactly("1|a", "2|b");
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
  }

  @Test
  void norDoesItEndWhereCanonicalIsGone() {
    Bench bench =
        new Bench("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')")
            .migration("V1__n.sql", "CREATE TABLE u (id int PRIMARY KEY, w text);")
            .migration("U1__n.sql", "DROP TABLE u;")
            .shadow(
                "public.t",
                new Shadow("public.u", Optional.empty(), LegacyName.HIDE, List.of()),
                Bench.map("w", "", "v", Map.of("v", "w")));
    bench.toVerified();
    bench.cutover();
    bench.run("DROP TABLE u CASCADE");
    assertThatThrownBy(bench::contract)
        .isInstanceOfSatisfying(
            RubiconException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_CHANGED));
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("rubicon");
  }
}
