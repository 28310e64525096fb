package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What PostgreSQL checks at the end of a statement is not checked for each mirrored row: a
 * statement that passes without a rollout passes with one, on either side, in every phase.
 */
@Turn
class StatementChecksTest {
  private static final String NOT_DEFERRABLE =
      "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint"
          + " WHERE contype = 'f' AND NOT condeferrable ORDER BY 1";

  /** A tree, its leaves in a table that stays, and a second relation of the rollout beside it. */
  private static Bench tree() {
    return new Bench(
            "CREATE TABLE emp (id int PRIMARY KEY, boss int REFERENCES emp, name text)",
            "CREATE TABLE badge (id int PRIMARY KEY, emp int REFERENCES emp)",
            "CREATE TABLE desk (id int PRIMARY KEY, emp int REFERENCES emp, note text)",
            "INSERT INTO emp SELECT g, nullif(g - 1, 0), 'e' FROM generate_series(1, 10) g",
            "INSERT INTO badge VALUES (1, 1)",
            "INSERT INTO desk VALUES (1, 1, 'd')")
        .migration(
            "V1__next.sql",
            """
            CREATE TABLE emp_next (id int PRIMARY KEY, boss int, name text);
            CREATE TABLE desk_next (id int PRIMARY KEY, emp int, note text);
            """)
        .migration("U1__next.sql", "DROP TABLE desk_next; DROP TABLE emp_next;")
        .shadow("public.emp", to("emp_next", "boss", "emp_next"))
        .shadow("public.desk", to("desk_next", "emp", "emp_next"));
  }

  private static Shadow to(String name, String column, String target) {
    return new Shadow(
        "public." + name,
        Optional.empty(),
        LegacyName.KEEP,
        List.of(
            new ForeignKey(
                name + "_" + column,
                "FOREIGN KEY (%s) REFERENCES public.%s (id)".formatted(column, target))));
  }

  /** Each is legal on a tree, and leaves nothing. */
  private static void treeStatements(Bench bench, String emp, String desk) {
    bench.run(
        "INSERT INTO %s (id, boss, name) VALUES (101, 102, 'child'), (102, NULL, 'parent')"
            .formatted(emp),
        "INSERT INTO %s (id, boss, name) VALUES (111, 112, 'a'), (112, 111, 'b')".formatted(emp),
        "WITH p AS (INSERT INTO %1$s (id, name) VALUES (120, 'p')) INSERT INTO badge VALUES (20, 120)"
            .formatted(emp),
        "WITH p AS (INSERT INTO %1$s (id, name) VALUES (121, 'p')) INSERT INTO %2$s VALUES (21, 121, 'd')"
            .formatted(emp, desk),
        "UPDATE %s SET id = id + 1000, boss = boss + 1000 WHERE id IN (111, 112)".formatted(emp),
        "BEGIN; INSERT INTO %1$s (id, boss, name) VALUES (131, 132, 'c'), (132, NULL, 'p'); DELETE FROM %1$s WHERE id IN (131, 132); COMMIT"
            .formatted(emp));
    bench.run(
        "WITH b AS (DELETE FROM badge WHERE id = 20) DELETE FROM %s WHERE id = 120".formatted(emp),
        "WITH d AS (DELETE FROM %2$s WHERE id = 21) DELETE FROM %1$s WHERE id = 121"
            .formatted(emp, desk),
        "DELETE FROM %s WHERE id IN (101, 102, 1111, 1112)".formatted(emp));
  }

  @Test
  void parentAndChildInOneStatement() {
    Bench bench = tree();
    List<String> before = bench.rows(NOT_DEFERRABLE);
    bench.install();
    treeStatements(bench, "emp", "desk");
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
    treeStatements(bench, "emp", "desk");
    treeStatements(bench, "emp_next", "desk_next");
    assertThat(bench.verify().mismatches()).isZero();
    bench.cutover();
    treeStatements(bench, "emp", "desk");
    treeStatements(bench, "emp_next", "desk_next");
    assertThatThrownBy(() -> bench.run("INSERT INTO emp (id, boss, name) VALUES (200, 201, 'x')"))
        .rootCause()
        .hasMessageContaining("emp_boss_fkey");
    bench.rollback();
    treeStatements(bench, "emp", "desk");
    assertThat(bench.rows("SELECT count(*) FROM emp UNION ALL SELECT count(*) FROM emp_next"))
        .containsExactly("10", "10");
    bench.abort();
    assertThat(bench.rows(NOT_DEFERRABLE)).isEqualTo(before);
  }

  /** With no right on anything of the engine's. */
  @Test
  void anOrdinaryClient() {
    Bench bench = tree();
    bench.run(
        "DO $$ BEGIN CREATE ROLE tree_client; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON emp, desk, badge TO tree_client");
    bench.toVerified();
    String family = "INSERT INTO %s (id, boss, name) VALUES (%d, %d, 'child'), (%3$d, NULL, 'p')";
    bench.run(
        "SET ROLE tree_client",
        family.formatted("emp", 101, 102),
        family.formatted("emp_next", 103, 104),
        "DELETE FROM emp WHERE id > 100");
    assertThat(bench.rows("SELECT count(*) FROM emp_next")).containsExactly("10");
  }

  /** A constraint that only the other side has is checked at COMMIT. */
  @Test
  void whatTheOtherSideRefusesIsRefused() {
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY, boss int, name text)",
                "INSERT INTO emp VALUES (1, NULL, 'e')")
            .migration(
                "V1__next.sql", "CREATE TABLE emp_next (id int PRIMARY KEY, boss int, name text)")
            .migration("U1__next.sql", "DROP TABLE emp_next")
            .shadow("public.emp", to("emp_next", "boss", "emp_next"));
    bench.toVerified();
    assertThatThrownBy(() -> bench.run("BEGIN", "INSERT INTO emp VALUES (2, 99, 'x')", "COMMIT"))
        .rootCause()
        .hasMessageContaining("emp_next_boss");
    bench.run("INSERT INTO emp VALUES (2, 99, 'x'), (99, NULL, 'late')");
    assertThat(bench.rows("SELECT count(*) FROM emp_next")).containsExactly("3");
  }

  @Test
  void contractLeavesTheKeysAsTheRunbookHasThem() {
    Bench bench = tree();
    bench.legacy(new LegacyRelation("public.emp", LegacyColumn.Action.ARCHIVE, Optional.empty()));
    bench.legacy(new LegacyRelation("public.desk", LegacyColumn.Action.DROP, Optional.empty()));
    bench.toVerified();
    bench.cutover();
    bench.contract();
    assertThat(bench.rows(NOT_DEFERRABLE))
        .containsExactly(
            "badge badge_emp_fkey",
            "desk_next desk_next_emp",
            "emp_next emp_next_boss",
            "rubicon_archive.emp emp_boss_fkey");
  }

  /** Nobody can ask whether a client has deferred its key: canonical's waits for COMMIT. */
  @Test
  void aKeyThatClientsDefer() {
    Bench bench =
        new Bench(
                "CREATE TABLE emp (id int PRIMARY KEY, name text,"
                    + " boss int REFERENCES emp DEFERRABLE INITIALLY DEFERRED)",
                "INSERT INTO emp VALUES (1, 'e')")
            .migration(
                "V1__next.sql", "CREATE TABLE emp_next (id int PRIMARY KEY, name text, boss int)")
            .migration("U1__next.sql", "DROP TABLE emp_next")
            .shadow("public.emp", to("emp_next", "boss", "emp_next"));
    bench.toVerified();
    String late =
        "BEGIN; INSERT INTO %1$s VALUES (2, 'child', 3); INSERT INTO %1$s VALUES (3, 'parent');"
            + " COMMIT";
    bench.run(late.formatted("emp"));
    bench.run(
        "BEGIN; SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO emp VALUES (4, 'x', 1); TRUNCATE emp;"
            + " COMMIT");
    bench.run("INSERT INTO emp_next VALUES (5, 'child', 6), (6, 'parent', NULL)");
    assertThat(bench.rows("SELECT count(*) FROM emp UNION ALL SELECT count(*) FROM emp_next"))
        .containsExactly("2", "2");
  }

  /** Others may do so at any time between the verification and contract. */
  @Test
  void keysThatCameOrWentSinceTheVerification() {
    Bench bench = tree();
    bench.toVerified();
    bench.cutover();
    bench.run(
        "ALTER TABLE emp_next DROP CONSTRAINT emp_next_boss",
        "CREATE TABLE late (id int, emp int CONSTRAINT late_emp REFERENCES emp)");
    assertThatThrownBy(bench::contract)
        .hasMessageContaining("late_emp of public.late points at public.emp");
    bench.run("ALTER TABLE late DROP CONSTRAINT late_emp");
    bench.contract();
    assertThat(bench.rows(NOT_DEFERRABLE))
        .containsExactly("badge badge_emp_fkey", "desk_next desk_next_emp");
  }

  @Test
  void deferrableConstraints() {
    Bench bench =
        new Bench(
                "CREATE TABLE track (id int PRIMARY KEY, album int NOT NULL, pos int NOT NULL,"
                    + " CONSTRAINT track_pos UNIQUE (album, pos) DEFERRABLE)",
                "INSERT INTO track SELECT g, g / 10, g % 10 FROM generate_series(0, 99) g")
            .migration(
                "V1__next.sql",
                """
                CREATE TABLE track_next (id int PRIMARY KEY, album int NOT NULL, pos int NOT NULL,
                  CONSTRAINT next_pos UNIQUE (album, pos) DEFERRABLE);
                """)
            .migration("U1__next.sql", "DROP TABLE track_next")
            .shadow(
                "public.track",
                new Shadow("public.track_next", Optional.empty(), LegacyName.VIEW, List.of()));
    bench.install();
    swaps(bench, "track", "track_pos");
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
    swaps(bench, "track", "track_pos");
    swaps(bench, "track_next", "next_pos");
    bench.cutover();
    swaps(bench, "track", "ALL");
    assertThatThrownBy(() -> bench.run("BEGIN; SET CONSTRAINTS track_pos DEFERRED"))
        .rootCause()
        .hasMessageContaining("does not exist"); // the view has none
    swaps(bench, "track_next", "next_pos");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void aStricterConstraintOfCanonicalsIsRefused() {
    Bench bench =
        new Bench(
                "CREATE TABLE track (id int PRIMARY KEY, \"Pos\" int NOT NULL UNIQUE DEFERRABLE)",
                "INSERT INTO track SELECT g, g FROM generate_series(1, 9) g")
            .migration(
                "V1__next.sql",
                "CREATE TABLE track_next (id int PRIMARY KEY, place int NOT NULL, UNIQUE (place))")
            .migration("U1__next.sql", "DROP TABLE track_next")
            .shadow(
                "public.track",
                new Shadow("public.track_next", Optional.empty(), LegacyName.KEEP, List.of()),
                Bench.map("place", "", "\"Pos\"", Map.of("\"Pos\"", "place")));
    assertThatThrownBy(bench::install)
        .hasMessageContaining("track_Pos_key")
        .hasMessageContaining("track_next_place_key");
  }

  private static void swaps(Bench bench, String table, String constraint) {
    bench.run(
        "UPDATE %s SET pos = 9 - pos WHERE album = 1".formatted(table),
        "UPDATE %s SET pos = 9 - pos WHERE album IN (2, 3)".formatted(table),
        "BEGIN; SET CONSTRAINTS %2$s DEFERRED; UPDATE %1$s SET pos = 3 WHERE id = 40; UPDATE %1$s SET pos = 0 WHERE id = 43; UPDATE %1$s SET pos = id - 40 WHERE id IN (40, 43); COMMIT"
            .formatted(table, constraint));
  }

  /** ON CONFLICT without a target is forbidden on a relation that has one. */
  @Test
  void aConstraintThatMayWaitUnderASnapshot() {
    String unique = "ADD UNIQUE (place) DEFERRABLE INITIALLY ";
    Bench bench =
        new Bench(
                "CREATE TABLE seat (id int PRIMARY KEY, place int)",
                "ALTER TABLE seat " + unique + "IMMEDIATE",
                "INSERT INTO seat SELECT g, g FROM generate_series(1, 20) g")
            .migration(
                "V1__next.sql",
                "CREATE TABLE seat_next (id int PRIMARY KEY, place int); ALTER TABLE seat_next "
                    + unique
                    + "DEFERRED;")
            .migration("U1__next.sql", "DROP TABLE seat_next")
            .shadow(
                "public.seat",
                new Shadow("public.seat_next", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.install();
    String level = "BEGIN ISOLATION LEVEL %s; %s; COMMIT";
    for (String each : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
      // Not copied yet: nothing is found on the other side.
      bench.run(
          level.formatted(each, "DELETE FROM seat WHERE id = (SELECT max(id) FROM seat)"),
          level.formatted(each, "UPDATE seat SET id = -id WHERE id = (SELECT max(id) FROM seat)"),
          level.formatted(each, "UPDATE seat SET place = 3 - place WHERE place IN (1, 2)"));
    }
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
    for (String table : List.of("seat", "seat_next")) {
      bench.run(
          level.formatted(
              "SERIALIZABLE",
              "UPDATE %1$s SET place = 3 - place WHERE place IN (1, 2); DELETE FROM %1$s WHERE id = 3"
                  .formatted(table)));
    }
    assertThat(bench.verify().mismatches()).isZero();
  }
}
