package dev.rubicon.verify;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.rows.TwoTables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pass before the crossing looks at what was written since the pass before it, and at every
 * key; it finds what went past the triggers all the same.
 */
@Turn
@Timeout(300)
@Tag("slow")
class TouchedSinceTest {
  private static final int ROWS = 2_000;
  private static final String PAST_THE_TRIGGERS =
      "ALTER TABLE t DISABLE TRIGGER USER; ALTER TABLE IF EXISTS u DISABLE TRIGGER USER; ";

  private static Bench inPlace(String up) {
    return new Bench(
            "CREATE TABLE t (id int PRIMARY KEY, old text, n int)",
            "INSERT INTO t SELECT g, 'v' || g, g FROM generate_series(1, " + ROWS + ") g",
            """
            CREATE FUNCTION mine(v text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
            $$ BEGIN RETURN v || '!'; END $$
            """)
        .transition("public.t", map("new", "text", up, Map.of("old", "lower(new)")));
  }

  private static Bench shadow(String canonical, String up) {
    var bench =
        new Bench(
            "CREATE TABLE t (id int, part int, old text, PRIMARY KEY (id, part))",
            "INSERT INTO t SELECT g, g % 2, 'v' || g FROM generate_series(1, " + ROWS + ") g",
            """
            CREATE FUNCTION mine(v text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
            $$ BEGIN RETURN v || '!'; END $$
            """);
    bench.migration(
        "V1__u.sql",
        "CREATE TABLE u (id bigint, part int, new text, PRIMARY KEY (id, part))" + canonical);
    bench.migration("U1__u.sql", "DROP TABLE u;");
    return bench.shadow(
        "public.t",
        new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
        map("new", "", up, Map.of("old", "lower(new)")));
  }

  private static Bench shadow() {
    return shadow(";", "upper(old)");
  }

  private static Bench partitioned() {
    return shadow(
        """
         PARTITION BY LIST (part);
        CREATE TABLE u0 PARTITION OF u FOR VALUES IN (0);
        CREATE TABLE u1 PARTITION OF u FOR VALUES IN (1);
        """,
        "upper(old)");
  }

  /** What the last pass looked at. */
  private static VerificationPass.Scope scope(Bench bench) {
    return bench.evidence.get(Phase.VERIFY, VerificationPass.COMPARED).getFirst();
  }

  @Test
  void theFirstPassIsWholeAndTheNextOneIsNot() {
    for (Bench bench : List.of(inPlace("upper(old)"), shadow())) {
      bench.toVerified();
      assertThat(scope(bench).whole()).contains("the first pass");
      bench.verify();
      assertThat(scope(bench))
          .isEqualTo(new VerificationPass.Scope("public.t", ROWS, 0, Optional.empty()));
      bench.run(
          "UPDATE t SET old = 'w' || id WHERE id <= 10",
          "DELETE FROM t WHERE id = 11",
          "INSERT INTO t (id, "
              + (bench.evidence.has(Phase.VERIFY, TwoTables.EVIDENCE) ? "part" : "n")
              + ", old) VALUES (0, 1, 'x')");
      assertThat(bench.verify().mismatches()).isZero();
      assertThat(scope(bench).whole()).isEmpty();
      assertThat(scope(bench).rows()).isEqualTo(ROWS);
      // A shadow's row is touched on both sides.
      assertThat(scope(bench).touched())
          .isEqualTo(bench.evidence.has(Phase.VERIFY, TwoTables.EVIDENCE) ? 22 : 11);
      // What this pass saw, the next one need not see again.
      bench.verify();
      assertThat(scope(bench).touched()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE t SET old = 'other' WHERE id = 7",
        "UPDATE t SET new = 'other' WHERE id = 7",
        "UPDATE t SET _rubicon = NULL WHERE id = 7",
        "INSERT INTO t (id, old, new, _rubicon) VALUES (0, 'a', 'B', 1)"
      })
  void whatWentPastTheTriggersOfATableIsFound(String write) {
    Bench bench = inPlace("upper(old)");
    bench.toVerified();
    bench.run(PAST_THE_TRIGGERS + write);
    assertMismatch(bench);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE t SET old = 'other' WHERE id = 7",
        "UPDATE u SET new = 'other' WHERE id = 7",
        "UPDATE t SET id = 0 WHERE id = 7",
        "UPDATE u SET id = 0 WHERE id = 7",
        "DELETE FROM t WHERE id = 7",
        "DELETE FROM u WHERE id = 7",
        "DELETE FROM t WHERE id = 7; DELETE FROM u WHERE id = 9",
        "INSERT INTO t VALUES (0, 0, 'a')",
        "INSERT INTO u VALUES (0, 0, 'A')",
        "INSERT INTO t VALUES (0, 0, 'a'); INSERT INTO u VALUES (-1, 0, 'A')",
        // Both columns of the key are there as often as before.
        "UPDATE u SET part = 1 - part WHERE id IN (7, 8)",
        "DELETE FROM u WHERE id = 7; INSERT INTO u VALUES (7, 1, 'other')",
      })
  void whatWentPastTheTriggersOfAShadowIsFound(String write) {
    for (Bench bench : List.of(shadow(), partitioned())) {
      bench.toVerified();
      bench.run(PAST_THE_TRIGGERS + write);
      assertMismatch(bench);
    }
  }

  /**
   * Each value is there as often on either side, and the sum of the records' hashes is the same.
   */
  @Test
  void keysThatHaveExchangedTheirPartsAreMissed() {
    Bench bench = shadow();
    String i =
        bench.one(
            """
            SELECT i FROM generate_series(5000, 6000, 2) i
            WHERE hash_record_extended(ROW(i::bigint, 0), 0)::numeric
                  + hash_record_extended(ROW(i + 1::bigint, 1), 0)
                = hash_record_extended(ROW(i::bigint, 1), 0)::numeric
                  + hash_record_extended(ROW(i + 1::bigint, 0), 0)
            LIMIT 1
            """);
    bench.run(
        "INSERT INTO t SELECT i, p, 'v' FROM generate_series(%1$s, %1$s + 1) i, generate_series(0, 1) p"
            .formatted(i));
    bench.toVerified();
    bench.run(
        PAST_THE_TRIGGERS
            + "DELETE FROM t WHERE (id, part) IN ((%1$s, 0), (%1$s + 1, 1));".formatted(i)
            + "DELETE FROM u WHERE (id, part) IN ((%1$s, 1), (%1$s + 1, 0))".formatted(i));
    assertMismatch(bench);
  }

  @Test
  void rowsThatWentWithTheirStorageAreMissed() {
    Bench bench = shadow();
    bench.toVerified();
    bench.run(PAST_THE_TRIGGERS + "TRUNCATE u");
    assertMismatch(bench);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE u DETACH PARTITION u1",
        "DROP TABLE u1",
        "ALTER TABLE u DETACH PARTITION u1; UPDATE u1 SET new = 'other' WHERE id = 7;"
            + " ALTER TABLE u ATTACH PARTITION u1 FOR VALUES IN (1)",
      })
  void partitionsThatWentAreMissed(String change) {
    Bench bench = partitioned();
    bench.toVerified();
    bench.run(change);
    assertMismatch(bench);
  }

  /** Its rows are older than the pass before, and yet nobody has compared them. */
  @Test
  void aPartitionThatWasFilledElsewhereIsComparedWhole() {
    Bench bench = partitioned();
    bench.run(
        "CREATE TABLE u1_other (id bigint, part int, new text, PRIMARY KEY (id, part))",
        "INSERT INTO u1_other SELECT g, 1, CASE g WHEN 7 THEN 'other' ELSE 'V' || g END"
            + " FROM generate_series(1, "
            + ROWS
            + ", 2) g");
    bench.toVerified();
    bench.run(
        "ALTER TABLE u DETACH PARTITION u1; ALTER TABLE u ATTACH PARTITION u1_other FOR VALUES IN"
            + " (1)");
    assertMismatch(bench);
  }

  /** It has written before the first pass's snapshot, which did not see it. */
  @Test
  void whatWasInProgressDuringThePassBeforeIsLookedAt() throws Exception {
    for (boolean shadow : new boolean[] {false, true}) {
      Bench bench = shadow ? shadow() : inPlace("upper(old)");
      bench.install();
      bench.backfill();
      // Back as it was before the pass, which no trigger that is off lets pass.
      String function =
          bench.one(
              """
              SELECT tgfoid::regprocedure FROM pg_trigger
              WHERE tgrelid = 't'::regclass AND tgname IN ('~rubicon_2_sync', '!rubicon_rows')
              """);
      String definition = bench.one("SELECT pg_get_functiondef('" + function + "'::regprocedure)");
      bench.run(
          "CREATE OR REPLACE FUNCTION "
              + function
              + " RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
      try (var writer = bench.connect("writer");
          var statement = writer.createStatement()) {
        writer.setAutoCommit(false);
        statement.execute("UPDATE t SET old = 'other' WHERE id = 7");
        bench.run(definition);
        // Others come and go meanwhile: the writer is the oldest, not the last.
        bench.run("SELECT pg_current_xact_id()", "SELECT pg_current_xact_id()");
        bench.verify();
        writer.commit();
      }
      assertMismatch(bench);
    }
  }

  @Test
  void aCanonicalWriteThatUpWouldNotGiveIsTakenAsWritten() {
    for (Bench bench : List.of(inPlace("upper(old)"), shadow())) {
      bench.toVerified();
      String canonical = bench.evidence.has(Phase.VERIFY, TwoTables.EVIDENCE) ? "u" : "t";
      bench.run("UPDATE " + canonical + " SET new = 'Mixed' WHERE id = 7");
      assertThat(bench.verify().mismatches()).isZero();
      assertThat(scope(bench).whole()).isEmpty();
      assertThat(bench.one("SELECT old FROM t WHERE id = 7")).isEqualTo("mixed");
    }
  }

  @Test
  void whatMayHaveAnotherResultByNowIsComparedWhole() {
    for (Bench bench : List.of(inPlace("mine(old)"), shadow(";", "mine(old)"))) {
      bench.toVerified();
      bench.run(
          """
          CREATE OR REPLACE FUNCTION mine(v text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
          $$ BEGIN RETURN v || '?'; END $$
          """);
      assertMismatch(bench);
    }
  }

  @Test
  void aTableThatWasRewrittenIsComparedWhole() {
    Bench bench = inPlace("upper(old)");
    bench.toVerified();
    bench.run("VACUUM FULL t");
    bench.verify();
    assertThat(scope(bench).whole()).contains("its storage is another");
    bench.verify();
    assertThat(scope(bench).whole()).isEmpty();
  }

  @Test
  void whereMuchWasWrittenAllIsCompared() {
    Bench bench = shadow();
    bench.run("INSERT INTO t SELECT g, 1, 'v' FROM generate_series(2001, 60000) g");
    bench.toVerified();
    bench.run("UPDATE t SET old = old || 'x' WHERE id <= 30000");
    bench.verify();
    assertThat(scope(bench).whole()).contains("60000 rows were written since");
  }

  @Test
  void inTheQuietWindowOnlyWhatIsNewIsCompared() {
    Bench bench = shadow();
    bench.cutover = "read-only: 20s, budget: 30s";
    bench.toVerified();
    // Past triggers that nobody touched: with those off nothing crosses.
    String past =
        "SET rubicon.\"guard_key_%s\" = 'copy'; "
            .formatted(bench.one("SELECT plan ->> 'id' FROM rubicon.transition"));
    bench.run(past + "DELETE FROM t WHERE id = 7; DELETE FROM u WHERE id = 9");
    assertThatThrownBy(bench::cutover)
        .isInstanceOf(RubiconException.class)
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.VERIFY_MISMATCH);
    bench.run(past + "INSERT INTO t VALUES (7, 1, 'v7'); INSERT INTO u VALUES (9, 1, 'V9')");
    bench.cutover();
    var scope = bench.evidence.get(Phase.CUTOVER, VerificationPass.COMPARED).getFirst();
    assertThat(scope).isEqualTo(new VerificationPass.Scope("public.t", ROWS, 2, Optional.empty()));
  }

  private static void assertMismatch(Bench bench) {
    assertThatThrownBy(bench::verify)
        .isInstanceOf(RubiconException.class)
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.VERIFY_MISMATCH);
  }
}
