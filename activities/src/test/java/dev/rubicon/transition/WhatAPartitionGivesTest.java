package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same of partitions, which have defaults, triggers and rows of their own, and come and go. */
class WhatAPartitionGivesTest {
  private static final Map<String, String> DOWN = Map.of("legacy", "upper(c)");

  private static String row(Bench bench, long id) {
    return bench.one("SELECT legacy, c FROM t WHERE id = " + id);
  }

  private static void agrees(Bench bench) {
    bench.backfill();
    assertThat(bench.verify().mismatches()).isZero();
    assertThat(bench.one("SELECT count(*) FROM t WHERE _rubicon & 4 <> 0")).isEqualTo("0");
  }

  /** What stands where no trigger fired is filled like every row of before. */
  @Test
  void aRowStoredWithoutTriggersIsNotFilledYet() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id bigint, p int, legacy text, PRIMARY KEY (id, p))"
                    + " PARTITION BY LIST (p)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
                "INSERT INTO t VALUES (1, 1, 'one')")
            .transition("public.t", map("c", "text", "trim(legacy)", DOWN));
    bench.install();
    bench.run(
        "CREATE TABLE t_2 (LIKE t INCLUDING ALL)",
        "INSERT INTO t_2 (id, p, legacy) VALUES (2, 2, 'two'), (3, 2, 'three')",
        "ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES IN (2)",
        "UPDATE t SET p = p WHERE id = 2");
    assertThat(row(bench, 2)).isEqualTo("two|two");
    agrees(bench);
    assertThat(row(bench, 3)).isEqualTo("three|three");
  }

  @Test
  void aPartitionThatWasRenamedOrDetachedIsFreedByAnAbortToo() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id bigint, p int, legacy text DEFAULT 'ROOT', PRIMARY KEY (id, p))"
                    + " PARTITION BY LIST (p)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
                "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2)",
                "CREATE TABLE t_3 PARTITION OF t FOR VALUES IN (3)")
            .transition("public.t", map("c", "text", "trim(legacy)", DOWN));
    bench.install();
    bench.run(
        "ALTER TABLE t_1 RENAME TO t_one", "ALTER TABLE t DETACH PARTITION t_2", "DROP TABLE t_3");
    // Clients are freed all the same; what a table that left has of ours is its owner's to drop.
    assertThatThrownBy(bench::abort).hasMessageContaining("column:public.t_2.c");
    assertThat(bench.rows("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%rubicon%'")).isEmpty();
    bench.run("INSERT INTO t (id, p) VALUES (1, 1)", "INSERT INTO t_one (id, p) VALUES (2, 1)");
    assertThat(bench.rows("SELECT legacy FROM t")).containsExactly("ROOT", "ROOT");
    bench.run(
        "ALTER TABLE t_2 DROP COLUMN c, DROP COLUMN _rubicon, ALTER legacy SET DEFAULT 'ROOT'");
    assertThat(bench.abort().others())
        .contains("removed:table:public.t_1", "added:table:public.t_one");
  }

  @Test
  void partitionsKeepTheirOwnDefaultsAndTheirMovingRows() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id bigint, p int, legacy text DEFAULT 'ROOT', n int, PRIMARY KEY"
                    + " (id, p)) PARTITION BY LIST (p)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
                "CREATE TABLE t_2 PARTITION OF t (legacy DEFAULT 'LEAF') FOR VALUES IN (2)",
                "CREATE TABLE t_3 PARTITION OF t FOR VALUES IN (3)",
                "ALTER TABLE t_3 ALTER legacy DROP DEFAULT",
                "CREATE TABLE t_4 PARTITION OF t (legacy DEFAULT 'MID') FOR VALUES IN (4)"
                    + " PARTITION BY LIST (id)",
                "CREATE TABLE t_4a PARTITION OF t_4 (legacy DEFAULT 'ROOT') DEFAULT",
                "INSERT INTO t VALUES (1, 1, 'one'), (2, 2, 'two')")
            .transition("public.t", map("c", "text", "trim(legacy)", DOWN));
    String before = bench.fingerprint();
    bench.install();
    bench.run(
        "INSERT INTO t_2 (id, p) VALUES (100, 2)",
        "INSERT INTO t_4 (id, p) VALUES (98, 4)",
        "INSERT INTO t_4a (id, p) VALUES (99, 4)",
        "INSERT INTO t (id, p) VALUES (101, 2)",
        "INSERT INTO t_3 (id, p) VALUES (102, 3)",
        "INSERT INTO t_2 (id, p, c) VALUES (103, 2, 'Leaf')",
        "UPDATE t SET p = 2 WHERE id = 1",
        "UPDATE t SET c = 'Moved', p = 1 WHERE id = 2",
        "BEGIN; CREATE TEMP TABLE stage (LIKE t_2 INCLUDING DEFAULTS); INSERT INTO stage (id, p)"
            + " VALUES (1, 2); INSERT INTO t_2 (id, p, c) VALUES (104, 2, 'Staged'); COMMIT",
        "DO $$ DECLARE r t%rowtype; BEGIN SELECT * INTO r FROM t WHERE id = 2; r.id := 105;"
            + " r.legacy := 'copied'; INSERT INTO t VALUES (r.*); END $$",
        "INSERT INTO t (id, p, legacy) VALUES (106, 1, 'old')",
        "BEGIN; UPDATE t SET legacy = 'older' WHERE id = 106; DO $$ DECLARE r t%rowtype; BEGIN"
            + " SELECT * INTO r FROM t WHERE id = 106; DELETE FROM t WHERE id = 106; r.legacy :="
            + " 'anew'; INSERT INTO t VALUES (r.*); END $$; COMMIT");
    assertThatThrownBy(
            () ->
                bench.run(
                    "WITH a AS (INSERT INTO t_1 (id, p, c) VALUES (910, 1, 'One') RETURNING id)"
                        + " INSERT INTO t (id, p, n, c) VALUES (911, 1, (SELECT 1 FROM a), 'Two')"))
        .rootCause()
        .hasMessageContaining("one statement writes a table");
    assertThat(bench.rows("SELECT id, p, legacy, c FROM t ORDER BY id"))
        .containsExactly(
            "1|2|one|one",
            "2|1|MOVED|Moved",
            "98|4|MID|MID",
            "99|4|ROOT|ROOT",
            "100|2|LEAF|LEAF",
            "101|2|ROOT|ROOT",
            "102|3|~|~",
            "103|2|LEAF|Leaf",
            "104|2|STAGED|Staged",
            "105|1|copied|copied",
            "106|1|anew|anew");
    agrees(bench);
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  /** PostgreSQL fires the owner's trigger again where the row arrives, and it fills once more. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAnOwnersTriggerFillsInAMovingRowIsNotAWrite(boolean crossed) {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id bigint, p int, legacy text, n int, PRIMARY KEY (id, p))"
                    + " PARTITION BY LIST (p)",
                "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1)",
                "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2)",
                "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.legacy :="
                    + " coalesce(lower(NEW.legacy), 'none'); RETURN NEW; END $$",
                "CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION"
                    + " fill()",
                "INSERT INTO t VALUES (1, 1, 'one'), (2, 1, 'two'), (3, 1, 'three')")
            .transition("public.t", map("c", "text", "trim(legacy)", DOWN));
    bench.install();
    bench.backfill();
    if (crossed) {
      bench.verify();
      bench.cutover();
    }
    bench.run(
        "UPDATE t SET c = 'Hello', p = 2 WHERE id = 1",
        "UPDATE t SET c = NULL, p = 2 WHERE id = 2",
        "UPDATE t SET legacy = NULL, p = 2 WHERE id = 3");
    assertThat(row(bench, 1)).isEqualTo("HELLO|Hello");
    assertThat(row(bench, 2)).isEqualTo("~|~");
    assertThat(row(bench, 3)).isEqualTo("none|none");
    agrees(bench);
  }
}
