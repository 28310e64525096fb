package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.stack.suite.Turn;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In place, which side a client writes is judged by what its own statement gives: not by what
 * another statement, a default, a trigger of the owner or a copied row has left behind.
 */
@Turn
class WhatAStatementGivesTest {
  private static final Map<String, String> DOWN = Map.of("legacy", "upper(c)");

  private static Bench bench(String... setup) {
    Bench bench = new Bench(setup);
    bench.transition(
        "public.t", with(map("c", "text", "trim(legacy)", DOWN), "'dflt'", true, null));
    return bench;
  }

  private static Bench plain() {
    return bench(
        "CREATE TABLE t (id bigint PRIMARY KEY, legacy text DEFAULT 'L', n int)",
        "INSERT INTO t SELECT g, 'v' || g, g FROM generate_series(1, 10) g");
  }

  private static String row(Bench bench, long id) {
    return bench.one("SELECT legacy, c FROM t WHERE id = " + id);
  }

  private static void agrees(Bench bench) {
    bench.backfill();
    var verified = bench.verify();
    assertThat(verified.mismatches()).isZero();
    assertThat(bench.one("SELECT count(*) FROM t WHERE _rubicon & 4 <> 0")).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDefaultThatAnUpdateEvaluatesIsNoInserts(boolean crossed) {
    Bench bench = plain();
    if (crossed) {
      bench.toVerified();
      bench.cutover();
    } else {
      bench.install();
    }
    bench.run(
        "BEGIN; UPDATE t SET c = DEFAULT WHERE id = 1; INSERT INTO t (id, c) VALUES (101, 'Mixed');"
            + " COMMIT",
        "INSERT INTO t (id, c) VALUES (2, 'Alpha'), (102, 'Beta')"
            + " ON CONFLICT (id) DO UPDATE SET c = DEFAULT",
        "BEGIN; CREATE TEMP TABLE stage (LIKE t INCLUDING DEFAULTS); INSERT INTO stage (id) VALUES"
            + " (1); INSERT INTO t (id, c) VALUES (103, 'Staged'); COMMIT",
        "BEGIN; UPDATE t SET legacy = DEFAULT WHERE id = 3; INSERT INTO t (id, legacy) VALUES (104,"
            + " 'given'); COMMIT");
    assertThat(row(bench, 101)).isEqualTo("MIXED|Mixed");
    assertThat(row(bench, 102)).isEqualTo("BETA|Beta");
    assertThat(row(bench, 103)).isEqualTo("STAGED|Staged");
    assertThat(row(bench, 104)).isEqualTo("given|given");
    assertThat(row(bench, 2)).isEqualTo("DFLT|dflt");
    if (!crossed) {
      agrees(bench);
    }
  }

  @Test
  void aForeignKeyThatSetsTheDefaultRaisesNoFlagForAnInsert() {
    Bench bench =
        bench(
            "CREATE TABLE kind (k text PRIMARY KEY)",
            "INSERT INTO kind VALUES ('L'), ('OTHER'), ('MIXED')",
            "CREATE TABLE t (id bigint PRIMARY KEY,"
                + " legacy text DEFAULT 'L' REFERENCES kind ON DELETE SET DEFAULT, n int)",
            "INSERT INTO t VALUES (1, 'OTHER', 1)");
    bench.install();
    bench.run(
        "BEGIN; DELETE FROM kind WHERE k = 'OTHER'; INSERT INTO t (id, c) VALUES (101, 'Mixed');"
            + " INSERT INTO t (id, legacy) VALUES (102, 'MIXED'); COMMIT");
    assertThat(row(bench, 1)).isEqualTo("L|L");
    assertThat(row(bench, 101)).isEqualTo("MIXED|Mixed");
    assertThat(row(bench, 102)).isEqualTo("MIXED|MIXED");
    agrees(bench);
  }

  @Test
  void aRowThatAFunctionInsertsWhileAnotherIsComputedKeepsItsOwn() {
    Bench bench =
        bench(
            "CREATE TABLE t (id bigint PRIMARY KEY, legacy text DEFAULT 'L', n int)",
            "CREATE FUNCTION nested() RETURNS int LANGUAGE plpgsql AS $$ BEGIN"
                + " INSERT INTO t (id, legacy) VALUES (301, 'inner'); RETURN 7; END $$",
            "CREATE FUNCTION updating() RETURNS int LANGUAGE plpgsql AS $$ BEGIN"
                + " UPDATE t SET legacy = DEFAULT WHERE id = 301; RETURN 8; END $$");
    bench.install();
    bench.run(
        "INSERT INTO t (id, n, c) VALUES (300, nested(), 'Outer')",
        "INSERT INTO t (id, legacy, n) VALUES (302, 'given', updating()), (303, 'too', 1)",
        "INSERT INTO t (id, n, c) VALUES (304, updating(), 'After')",
        "WITH a AS (INSERT INTO t (id, c) VALUES (310, 'First') RETURNING id)"
            + " INSERT INTO t (id, c) SELECT id + 1, 'Second' FROM a");
    assertThat(row(bench, 300)).isEqualTo("OUTER|Outer");
    assertThat(row(bench, 301)).isEqualTo("L|L");
    assertThat(row(bench, 302)).isEqualTo("given|given");
    assertThat(row(bench, 303)).isEqualTo("too|too");
    assertThat(row(bench, 304)).isEqualTo("AFTER|After");
    assertThat(row(bench, 310)).isEqualTo("FIRST|First");
    assertThat(row(bench, 311)).isEqualTo("SECOND|Second");
    assertThatThrownBy(
            () ->
                bench.run(
                    "WITH a AS (INSERT INTO t (id, c) VALUES (320, 'First') RETURNING id)"
                        + " INSERT INTO t (id, n, c) VALUES (321, (SELECT id FROM a), 'Second')"))
        .rootCause()
        .hasMessageContaining(
            "one statement writes a table, and evaluates its defaults, while it computes a row");
    assertThatThrownBy(
            () ->
                bench.run(
                    "SET search_path = public, rubicon",
                    "WITH a AS (UPDATE t SET n = 1 WHERE id = 300 RETURNING id)"
                        + " INSERT INTO t (id, n, c) VALUES (321, (SELECT id FROM a), 'Second')"))
        .rootCause()
        .hasMessageContaining(
            "one statement writes a table, and evaluates its defaults, while it computes a row");
    agrees(bench);
  }

  @Test
  void aDomainsDefaultIsNotAWrite() {
    Bench bench =
        bench(
            "CREATE DOMAIN code AS text DEFAULT 'X'",
            "CREATE TABLE t (id bigint PRIMARY KEY, legacy code, n int)",
            "INSERT INTO t VALUES (1, 'one')");
    String before = bench.fingerprint();
    bench.install();
    bench.run(
        "INSERT INTO t (id, c) VALUES (101, 'Hello')",
        "INSERT INTO t (id, legacy) VALUES (102, 'there')",
        "INSERT INTO t (id) VALUES (103)");
    assertThat(row(bench, 101)).isEqualTo("HELLO|Hello");
    assertThat(row(bench, 102)).isEqualTo("there|there");
    assertThat(row(bench, 103)).isEqualTo("X|X");
    agrees(bench);
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text DEFAULT 'LL'", "told"})
  void withoutAWayBackADefaultOfLegacysIsNoWriteEither(String type) {
    Bench bench =
        new Bench(
                "CREATE DOMAIN told AS text DEFAULT 'LL'",
                "CREATE TABLE t (id bigint PRIMARY KEY, legacy " + type + ", other text)",
                "INSERT INTO t VALUES (1, 'one', 'o')")
            .transition(
                "public.t",
                with(map("n", "int", "length(legacy)", Map.of()), "188", true, null),
                map("c", "text", "trim(other)", Map.of("other", "upper(c)")));
    String before = bench.fingerprint();
    bench.install();
    bench.run(
        "INSERT INTO t (id, c) VALUES (101, 'Hello')",
        "INSERT INTO t (id) VALUES (102)",
        "INSERT INTO t (id, legacy, c) VALUES (103, 'there', 'Both')");
    assertThat(bench.one("SELECT legacy, n FROM t WHERE id = 101")).isEqualTo("LL|188");
    assertThat(bench.one("SELECT legacy, n FROM t WHERE id = 102")).isEqualTo("LL|2");
    assertThat(bench.one("SELECT legacy, n FROM t WHERE id = 103")).isEqualTo("there|5");
    agrees(bench);
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  @Test
  void aCanonicalColumnWhoseDomainHasADefaultIsFilledFromLegacy() {
    Bench bench =
        new Bench(
                "CREATE DOMAIN code AS text DEFAULT 'X'",
                "CREATE TABLE t (id bigint PRIMARY KEY, legacy text, n int)",
                "INSERT INTO t VALUES (1, 'one')")
            .transition("public.t", map("c", "code", "trim(legacy)", DOWN));
    bench.install();
    assertThat(row(bench, 1)).isEqualTo("one|~");
    bench.run(
        "INSERT INTO t (id, c) VALUES (101, 'Hello')",
        "INSERT INTO t (id, legacy) VALUES (102, 'there')");
    assertThat(row(bench, 101)).isEqualTo("HELLO|Hello");
    assertThat(row(bench, 102)).isEqualTo("there|there");
    agrees(bench);
  }

  @Test
  void whatAnOwnersTriggerFillsIsNotAWrite() {
    Bench bench =
        bench(
            "CREATE TABLE t (id bigint PRIMARY KEY, legacy text, n int)",
            "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.legacy :="
                + " coalesce(NEW.legacy, 'none'); NEW.n := NEW.n + 1; RETURN NEW; END $$",
            "CREATE TRIGGER fill BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fill()",
            "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " NEW.legacy := NEW.legacy || '!'; RETURN NEW; END $$",
            "CREATE TRIGGER stamp BEFORE UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION stamp()",
            "INSERT INTO t VALUES (1, 'one', 1), (2, 'two', 1), (3, 'three', 1)");
    bench.install();
    bench.run(
        "INSERT INTO t (id, c) VALUES (101, 'Hello')",
        "INSERT INTO t (id, legacy) VALUES (102, 'there')",
        "INSERT INTO t (id, n) VALUES (103, 5)",
        "UPDATE t SET c = 'Two', n = 2 WHERE id = 2",
        "UPDATE t SET n = 2 WHERE id = 3");
    assertThat(row(bench, 101)).isEqualTo("HELLO|Hello");
    assertThat(row(bench, 102)).isEqualTo("there|there");
    assertThat(row(bench, 2)).isEqualTo("TWO|Two");
    assertThat(row(bench, 3)).isEqualTo("three!|three!");
    bench.backfill();
    bench.run("UPDATE t SET c = 'Uno', n = 2 WHERE id = 1", "UPDATE t SET n = 3 WHERE id = 2");
    assertThat(row(bench, 1)).isEqualTo("UNO|Uno");
    assertThat(row(bench, 2)).isEqualTo("TWO!|TWO!");
    agrees(bench);
  }

  /** The foreign key is the second to update it, and the owner's trigger fires again. */
  @Test
  void aRowThatPointsAtItselfAndGetsAnotherKeyIsTheSameOnBothSides() {
    Bench bench =
        bench(
            "CREATE TABLE t (id bigint PRIMARY KEY, legacy text, n int,"
                + " parent bigint REFERENCES t ON UPDATE CASCADE)",
            "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.legacy :="
                + " coalesce(NEW.legacy, 'none'); RETURN NEW; END $$",
            "CREATE TRIGGER fill BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fill()",
            "INSERT INTO t VALUES (1, 'one', 1, 1), (2, 'two', 1, 1), (3, 'three', 1, NULL)");
    bench.install();
    bench.backfill();
    bench.run(
        "UPDATE t SET c = NULL, id = 11 WHERE id = 1",
        "UPDATE t SET c = NULL, id = 13 WHERE id = 3");
    assertThat(bench.rows("SELECT id, legacy, c, parent FROM t ORDER BY id"))
        .containsExactly("2|two|two|11", "11|none|none|11", "13|~|~|~");
    agrees(bench);
  }

  /** An ORM reads an entity before its batch and saves every column of it. */
  @Test
  void aNullThatRepeatsAnUnfilledNullIsNotAWrite() {
    Bench bench = plain();
    bench.install();
    bench.run(
        "UPDATE t SET c = NULL, n = 77 WHERE id = 1",
        "UPDATE t SET c = NULL WHERE id = 2",
        "BEGIN; SET LOCAL rubicon.side = 'canonical'; UPDATE t SET c = NULL WHERE id = 3; COMMIT",
        "BEGIN; SET LOCAL rubicon.side = 'canonical'; UPDATE t SET n = 5 WHERE id = 4; COMMIT");
    assertThat(row(bench, 1)).isEqualTo("v1|v1");
    assertThat(row(bench, 2)).isEqualTo("v2|v2");
    assertThat(row(bench, 3)).isEqualTo("~|~");
    assertThat(row(bench, 4)).isEqualTo("v4|v4");
    bench.run("UPDATE t SET c = NULL WHERE id = 2");
    assertThat(row(bench, 2)).isEqualTo("~|~");
    agrees(bench);
  }

  /** A statement that writes one column of a group means what it says of the others. */
  @Test
  void aNullBesideAColumnThatIsWrittenIsMeant() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id bigint PRIMARY KEY, legacy text)",
                "INSERT INTO t SELECT g, 'a-' || g FROM generate_series(1, 3) g")
            .transition(
                "public.t",
                map(
                    "one",
                    "text",
                    "split_part(legacy, '-', 1)",
                    Map.of("legacy", "one || '-' || coalesce(two, 'none')")),
                map("two", "text", "split_part(legacy, '-', 2)", Map.of()));
    bench.install();
    bench.run(
        "UPDATE t SET one = 'b', two = NULL WHERE id = 1",
        "UPDATE t SET one = 'c' WHERE id = 2",
        "UPDATE t SET one = NULL, two = NULL WHERE id = 3");
    bench.backfill();
    assertThat(bench.rows("SELECT legacy, one, two FROM t ORDER BY id"))
        .containsExactly("b-none|b|~", "c-2|c|2", "a-3|a|3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static final List<String> WHOLE_ROWS =
      List.of(
          "DO $$ DECLARE r t%rowtype; BEGIN SELECT * INTO r FROM t WHERE id = 5; r.id := 700;"
              + " r.legacy := 'changed'; INSERT INTO t VALUES (r.*); END $$",
          "DO $$ DECLARE r t%rowtype; BEGIN r.id := 701; r.legacy := 'fresh';"
              + " INSERT INTO t VALUES (r.*); END $$",
          "INSERT INTO t SELECT (jsonb_populate_record(null::t,"
              + " '{\"id\":702,\"legacy\":\"json\"}')).*",
          "DO $$ DECLARE r t%rowtype; BEGIN SELECT * INTO r FROM t WHERE id = 6; r.id := 703;"
              + " INSERT INTO t VALUES (r.*); END $$",
          "DO $$ DECLARE r t%rowtype; BEGIN SELECT * INTO r FROM t WHERE id = 6; r.id := 704;"
              + " r.legacy := 'after'; INSERT INTO t VALUES (r.*); END $$");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWholeRowGivesOnlyWhatItsWriterKnows(boolean withOwnersTrigger) {
    Bench bench = plain();
    if (withOwnersTrigger) {
      bench.run(
          "CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
          "CREATE TRIGGER same BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION same()");
    }
    bench.install();
    bench.backfill();
    bench.run("UPDATE t SET c = 'Mixed' WHERE id = 6");
    bench.run(WHOLE_ROWS.toArray(String[]::new));
    assertThat(row(bench, 700)).isEqualTo("changed|changed");
    assertThat(row(bench, 701)).isEqualTo("fresh|fresh");
    assertThat(row(bench, 702)).isEqualTo("json|json");
    assertThat(row(bench, 703)).isEqualTo("MIXED|Mixed");
    assertThat(row(bench, 704)).isEqualTo("after|after");
    agrees(bench);
  }

  @Test
  void afterTheCutoverAWholeRowDestroysNoLegacyValue() {
    Bench bench = plain();
    bench.toVerified();
    bench.cutover();
    bench.run(
        "DO $$ DECLARE r t%rowtype; BEGIN r.id := 701; r.legacy := 'fresh';"
            + " INSERT INTO t VALUES (r.*); END $$",
        "DO $$ DECLARE r t%rowtype; BEGIN r.id := 702; r.c := 'Canon';"
            + " INSERT INTO t VALUES (r.*); END $$");
    assertThat(row(bench, 701)).isEqualTo("fresh|fresh");
    assertThat(row(bench, 702)).isEqualTo("CANON|Canon");
  }

  /** A generated upsert sets every column that it finds, the marker too. */
  @Test
  void aMarkerThatAnUpdateCopiesSaysNothing() {
    Bench bench = plain();
    bench.install();
    bench.run(
        "INSERT INTO t (id, legacy) VALUES (1, 'merged') ON CONFLICT (id) DO UPDATE SET legacy ="
            + " EXCLUDED.legacy, c = EXCLUDED.c, n = EXCLUDED.n, _rubicon = EXCLUDED._rubicon",
        "UPDATE t SET _rubicon = 1 WHERE id = 2");
    assertThat(row(bench, 1)).isEqualTo("merged|merged");
    assertThat(row(bench, 2)).isEqualTo("v2|v2");
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** A trigger of the owner that asks whether the row changes gets the answer that it would get. */
  @Test
  void anUpdateThatChangesNothingIsSeenToChangeNothing() {
    Bench bench =
        bench(
            "CREATE TABLE t (id bigint PRIMARY KEY, legacy text, n int)",
            "CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " NEW.n := NEW.n + 1; RETURN NEW; END $$",
            "CREATE TRIGGER bump BEFORE UPDATE ON t FOR EACH ROW"
                + " WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION bump()",
            "INSERT INTO t VALUES (1, 'one', 1)");
    bench.install();
    bench.run("UPDATE t SET legacy = 'one' WHERE id = 1");
    bench.backfill();
    bench.run("UPDATE t SET legacy = 'one' WHERE id = 1");
    assertThat(bench.one("SELECT n FROM t")).isEqualTo("1");
    bench.run("UPDATE t SET c = 'Two' WHERE id = 1");
    assertThat(bench.one("SELECT n, legacy, c FROM t")).isEqualTo("2|TWO|Two");
    agrees(bench);
  }

  /** The owner's trigger drops a row, inserted or updated: its flags go with it. */
  @Test
  void aRowThatATriggerDropsTakesItsFlagsWithIt() {
    Bench bench =
        bench(
            "CREATE TABLE t (id bigint PRIMARY KEY, legacy text DEFAULT 'L', n int)",
            "CREATE FUNCTION drop_negative() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " IF NEW.n < 0 THEN RETURN NULL; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER drop_negative BEFORE INSERT OR UPDATE ON t FOR EACH ROW"
                + " EXECUTE FUNCTION drop_negative()",
            "INSERT INTO t VALUES (1, 'one', 1)");
    bench.install();
    bench.run(
        "INSERT INTO t (id, n, c) VALUES (10, -1, 'Gone'), (11, 1, 'Kept')",
        "INSERT INTO t (id, n, c) VALUES (1, 1, 'X'), (12, 1, 'Twelve')"
            + " ON CONFLICT (id) DO UPDATE SET c = DEFAULT, legacy = DEFAULT, n = -5",
        "INSERT INTO t (id, n, legacy) VALUES (1, 1, 'X'), (13, 1, 'thirteen')"
            + " ON CONFLICT (id) DO UPDATE SET legacy = DEFAULT, n = -5");
    assertThat(bench.rows("SELECT id, legacy, c FROM t WHERE id > 9 ORDER BY id"))
        .containsExactly("11|KEPT|Kept", "12|TWELVE|Twelve", "13|thirteen|thirteen");
    agrees(bench);
  }

  @Test
  void aDomainThatTakesNoNullKeepsItsDefault() {
    Bench bench =
        new Bench(
                "CREATE DOMAIN code AS text NOT NULL DEFAULT 'X'",
                "CREATE TABLE t (id bigint PRIMARY KEY, legacy text)",
                "INSERT INTO t VALUES (1, 'one')")
            .transition("public.t", map("c", "code", "trim(legacy)", DOWN));
    bench.install();
    bench.run(
        "INSERT INTO t (id, legacy) VALUES (2, 'two')",
        "INSERT INTO t (id, c) VALUES (3, 'Three')");
    bench.backfill();
    assertThat(bench.rows("SELECT legacy, c FROM t ORDER BY id"))
        .containsExactly("one|one", "two|two", "THREE|Three");
    agrees(bench);
  }

  /** Who inserts a whole row of legacy's does not know what is new, and gives it no NULL. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWholeRowLeavesANewColumnItsDefault(boolean crossed) {
    Bench bench =
        new Bench("CREATE TABLE t (id bigint PRIMARY KEY, legacy text, n int)")
            .transition(
                "public.t",
                map("c", "text", "trim(legacy)", DOWN),
                Bench.with(map("added", "text", null, Map.of()), "'theirs'", false, null),
                Bench.with(map("drawn", "uuid", null, Map.of()), "gen_random_uuid()", true, null));
    bench.install();
    bench.backfill();
    if (crossed) {
      bench.verify();
      bench.cutover();
    }
    bench.run(
        "INSERT INTO t SELECT (jsonb_populate_record(null::t,"
            + " '{\"id\":702,\"legacy\":\"json\"}')).*");
    assertThat(row(bench, 702)).isEqualTo("json|json");
    assertThat(bench.one("SELECT added FROM t WHERE id = 702")).isEqualTo("theirs");
    assertThat(bench.one("SELECT drawn IS NOT NULL FROM t WHERE id = 702")).isEqualTo("t");
  }
}
