package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A key that is computed may say of two rows that they are one; it is never believed. */
@Turn
@Timeout(120)
@Tag("slow")
class ComputedKeysTest {
  private static final String PAST_THE_TRIGGERS =
      "ALTER TABLE t DISABLE TRIGGER USER; INSERT INTO t VALUES ('A', 1);"
          + " ALTER TABLE t ENABLE TRIGGER USER";

  private static Bench folded(String... canonical) {
    return shadow("text", "lower(id)", "id", canonical);
  }

  private static Bench shadow(String type, String up, String down, String... canonical) {
    return new Bench(
            "CREATE TABLE t (id text PRIMARY KEY, v int)",
            "INSERT INTO t SELECT g::text, g FROM generate_series(1, 5) g")
        .migration(
            "V1__u.sql",
            "CREATE TABLE u (id "
                + type
                + " PRIMARY KEY, v int);\n"
                + String.join(";\n", canonical))
        .migration("U1__u.sql", "DROP TABLE u;")
        .shadow(
            "public.t",
            new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()),
            map("id", "", up, Map.of("id", down)));
  }

  @Test
  void twoRowsThatWouldBeOneStopTheRolloutBeforeItsFirstTrigger() {
    Bench bench = folded();
    bench.run("INSERT INTO t VALUES ('a', 1), ('A', 1)");
    assertThatThrownBy(bench::install)
        .hasMessageContaining("1 keys of public.t do not come back")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!rubicon%'"))
        .isEqualTo("0");
  }

  @Test
  void aRowThatWouldBeAnotherIsRefusedOnEitherSide() {
    Bench bench = folded();
    bench.run("INSERT INTO t VALUES ('a', 10)");
    bench.install();
    refused(bench, "INSERT INTO t VALUES ('A', 9)");
    bench.backfill();
    refused(bench, "INSERT INTO t VALUES ('A', 9)", "UPDATE t SET id = 'B' WHERE id = '1'");
    bench.verify();
    bench.cutover();
    refused(
        bench,
        "INSERT INTO t VALUES ('A', 9)",
        "UPDATE t SET id = upper(id), v = 9",
        "UPDATE t SET id = upper(id)",
        "INSERT INTO u VALUES ('C', 9)",
        "UPDATE u SET id = 'C', v = 9 WHERE id = '1'");
    assertThatThrownBy(() -> bench.run("UPDATE t SET id = 'A' WHERE id = '1'"))
        .hasMessageContaining("u_pkey");
    assertThat(bench.rows("SELECT * FROM t ORDER BY id"))
        .containsExactly("1|1", "2|2", "3|3", "4|4", "5|5", "a|10");
    bench.run("UPDATE u SET id = 'b', v = 2 WHERE id = 'a'", "INSERT INTO t VALUES ('c', 3)");
    assertThat(bench.rows("SELECT * FROM t WHERE id > '9'")).containsExactly("b|2", "c|3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void whatIsSpeltInSeveralWaysIsRefused() {
    Bench bench = shadow("bigint", "id::bigint", "id::text");
    bench.toVerified();
    refused(bench, "INSERT INTO t VALUES ('007', 9)", "UPDATE t SET id = ' 1' WHERE id = '1'");
    bench.run("INSERT INTO t VALUES ('7', 7)", "INSERT INTO u VALUES (8, 8)");
    assertThat(bench.verify().mismatches()).isZero();
    assertThat(bench.rows("SELECT id FROM t WHERE v > 5 ORDER BY 1")).containsExactly("7", "8");
  }

  /** Two rows with one counterpart look alike, each by itself. */
  @Test
  void twoRowsThatShareACounterpartAreNotTakenForTwoPairs() {
    Bench bench = folded();
    bench.run("INSERT INTO t VALUES ('a', 1)");
    bench.install();
    bench.backfill();
    bench.run(PAST_THE_TRIGGERS);
    assertThatThrownBy(bench::verify)
        .hasMessageContaining("canonical lacks 1 and has 0 that legacy lacks")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.VERIFY_MISMATCH);
    bench.run(
        "ALTER TABLE t DISABLE TRIGGER USER; DELETE FROM t WHERE id = 'A'",
        // As they were installed: with triggers off no verification passes.
        """
        DO $$
        DECLARE one text;
        BEGIN
          FOR one IN SELECT tgname FROM pg_trigger WHERE tgrelid = 't'::regclass AND NOT tgisinternal
          LOOP EXECUTE format('ALTER TABLE t ENABLE ALWAYS TRIGGER %I', one);
          END LOOP;
        END $$
        """);
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void aKeyThatATriggerOfTheOtherSideChangesIsRefused() {
    Bench bench =
        shadow(
            "text",
            "id",
            "id",
            "CREATE FUNCTION folded() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN NEW.id = lower(NEW.id); RETURN NEW; END $$",
            "CREATE TRIGGER folds BEFORE INSERT OR UPDATE ON u FOR EACH ROW EXECUTE FUNCTION"
                + " folded();");
    bench.toVerified();
    refused(bench, "INSERT INTO t VALUES ('A', 9)", "UPDATE t SET id = 'A' WHERE id = '1'");
    bench.run("INSERT INTO u VALUES ('A', 9)");
    assertThat(bench.rows("SELECT * FROM t WHERE id > '9'")).containsExactly("a|9");
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static Bench collated(String was, String becomes) {
    return new Bench(
            "CREATE COLLATION folds (provider = icu, locale = 'und-u-ks-level2', deterministic ="
                + " false)",
            "CREATE TABLE t (id text COLLATE " + was + " PRIMARY KEY, v int)",
            "INSERT INTO t SELECT 'k' || g, g FROM generate_series(1, 2000) g")
        .migration(
            "V1__u.sql", "CREATE TABLE u (id text COLLATE " + becomes + " PRIMARY KEY, v int);")
        .migration("U1__u.sql", "DROP TABLE u;")
        .shadow("public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
  }

  /** Under any two that tell bytes apart keys pair off, and by their indexes. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "\"C\", \"und-x-icu\"",
        "\"und-x-icu\", \"default\"",
        "\"default\", \"C\"",
        "folds, folds"
      })
  void keysOfOtherCollationsPairOff(String was, String becomes) throws SQLException {
    Bench bench = collated(was, becomes);
    bench.toVerified();
    bench.cutover();
    bench.run("ANALYZE t", "ANALYZE u");
    try (Connection client = bench.connect("client");
        var statement = client.createStatement()) {
      client.setAutoCommit(false);
      statement.execute("UPDATE t SET v = -v WHERE id = 'k1'");
      statement.execute("UPDATE u SET v = -v WHERE id = 'k2'");
      var scans =
          statement.executeQuery(
              "SELECT sum(seq_scan), sum(idx_scan) > 0 FROM pg_stat_xact_user_tables WHERE relname"
                  + " IN ('t', 'u')");
      assertThat(scans.next()).isTrue();
      assertThat(scans.getInt(1)).isZero();
      assertThat(scans.getBoolean(2)).isTrue();
      client.commit();
    }
    bench.run(
        "UPDATE t SET id = 'ä1' WHERE id = 'k3'",
        "UPDATE u SET id = 'Z1' WHERE id = 'ä1'",
        "DELETE FROM t WHERE id = 'k4'",
        "INSERT INTO u VALUES ('ö', -9)");
    assertThat(bench.rows("SELECT * FROM t WHERE v IN (3, -9) ORDER BY v"))
        .containsExactly("ö|-9", "Z1|3");
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"folds, \"C\"", "\"C\", folds", "\"default\", folds"})
  void aCollationThatFoldsOnOneSideIsRefused(String was, String becomes) {
    Bench bench = collated(was, becomes);
    assertThatThrownBy(bench::install)
        .hasMessageContaining("one of them takes texts for equal that are not")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
  }

  private static void refused(Bench bench, String... statements) {
    for (String sql : statements) {
      for (String level : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
        assertThatThrownBy(() -> bench.run("BEGIN ISOLATION LEVEL " + level, sql, "COMMIT"))
            .as("%s in %s", sql, level)
            .cause()
            .hasMessageContaining("does not come back")
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("23514");
      }
    }
  }
}
