package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A trigger that returns NULL (a soft delete, a filter) or a rule lets a write pass by without an
 * error. A write that is acknowledged on one side and never reaches the other would be lost with
 * the next change of sides: its client gets an error instead.
 */
@Timeout(120)
@Tag("slow")
class RowsThatDoNotFollowTest {
  private static final String TABLE =
      "CREATE TABLE %s (id int PRIMARY KEY, v int, gone boolean DEFAULT false);";

  private static final String SOFT_DELETE =
      """
      CREATE FUNCTION soft_delete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE pg_catalog.format('UPDATE public.%I SET gone = true WHERE id = $1', TG_ARGV[0]) USING OLD.id;
        RETURN NULL;
      END $$;
      """;

  private static final String FILTER =
      """
      CREATE FUNCTION filter() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.v > 100 THEN RETURN NULL; END IF;
        RETURN NEW;
      END $$;
      """;

  private static Bench bench(String side, String functions, String trigger) {
    String there = functions + trigger.formatted(side);
    String legacy = TABLE.formatted("t") + (side.equals("t") ? there : "");
    return new Bench(legacy, "INSERT INTO t SELECT g, g FROM generate_series(1, 5) g")
        .migration("V1__u.sql", TABLE.formatted("u") + (side.equals("u") ? there : ""))
        .migration("U1__u.sql", "DROP TABLE u;")
        .allow("hazard:*")
        .shadow("public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
  }

  private static void refused(Bench bench, String sql) {
    assertThatThrownBy(() -> bench.run(sql))
        .as(sql)
        .cause()
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("27000"))
        .hasMessageContaining("does not let a row follow the other side");
  }

  private static void inStep(Bench bench) {
    assertThat(bench.rows("SELECT * FROM u ORDER BY id"))
        .isEqualTo(bench.rows("SELECT * FROM t ORDER BY id"));
    assertThat(bench.verify().mismatches()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"t, u", "u, t"})
  void aDeleteThatATriggerTurnsIntoAnUpdate(String side, String other) {
    String trigger =
        "CREATE TRIGGER soft BEFORE DELETE ON %1$s FOR EACH ROW EXECUTE FUNCTION"
            + " soft_delete('%1$s');";
    Bench bench = bench(side, SOFT_DELETE, trigger);
    bench.toVerified();
    refused(bench, "DELETE FROM " + other + " WHERE id = 1");
    bench.run("DELETE FROM " + side + " WHERE id = 2");
    assertThat(bench.one("SELECT gone FROM " + other + " WHERE id = 2")).isEqualTo("t");
    inStep(bench);
    bench.cutover();
    refused(bench, "DELETE FROM " + other + " WHERE id = 1");
  }

  @ParameterizedTest
  @CsvSource({"t, u", "u, t"})
  void aRowThatATriggerDrops(String side, String other) {
    String trigger =
        "CREATE TRIGGER filter BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION"
            + " filter();";
    Bench bench = bench(side, FILTER, trigger);
    bench.toVerified();
    refused(bench, "INSERT INTO " + other + " VALUES (10, 101)");
    refused(bench, "UPDATE " + other + " SET v = 101 WHERE id = 1");
    refused(bench, "UPDATE " + other + " SET v = 101, id = 11 WHERE id = 1");
    bench.run(
        "INSERT INTO " + side + " VALUES (12, 101)",
        "UPDATE " + side + " SET v = 101 WHERE id = 2",
        "INSERT INTO " + other + " VALUES (13, 13)");
    inStep(bench);
  }

  @ParameterizedTest
  @CsvSource({
    "t, u, ON DELETE, DELETE FROM u WHERE id = 1",
    "u, t, ON DELETE, DELETE FROM t WHERE id = 1",
    "t, u, ON UPDATE, UPDATE u SET v = 9 WHERE id = 1",
    "t, u, ON INSERT, 'INSERT INTO u VALUES (10, 1)'"
  })
  void aRuleThatComesInTheMiddle(String side, String other, String event, String sql) {
    Bench bench = bench("", "", "");
    bench.hazards = "[]";
    bench.toVerified();
    bench.run("CREATE RULE nothing AS " + event + " TO " + side + " DO INSTEAD NOTHING");
    assertThatThrownBy(() -> bench.run(sql)).cause().isInstanceOf(SQLException.class);
    assertThat(bench.rows("SELECT * FROM u ORDER BY id"))
        .isEqualTo(bench.rows("SELECT * FROM t ORDER BY id"));
    assertThatThrownBy(bench::verify)
        .hasMessageContaining("hazard:meanwhile:added:rule:public." + side + ".nothing")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.HAZARD_NOT_ALLOWED);
    bench.run("DROP RULE nothing ON " + side);
    assertThat(bench.verify().others()).isEmpty();
  }

  @Test
  void rowsThatATriggerKeepsFromATruncate() {
    Bench bench =
        bench(
            "u",
            SOFT_DELETE,
            "CREATE TABLE child (u int REFERENCES u (id)); CREATE TRIGGER soft BEFORE DELETE ON"
                + " %1$s FOR EACH ROW EXECUTE FUNCTION soft_delete('%1$s');");
    bench.toVerified();
    assertThatThrownBy(() -> bench.run("TRUNCATE t"))
        .cause()
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("27000"));
    inStep(bench);
  }
}
