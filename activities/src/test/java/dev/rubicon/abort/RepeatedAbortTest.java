package dev.rubicon.abort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.transition.Touch.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An abort goes on at whichever point it ended, and ends whatever others did meanwhile. */
@Turn
@Timeout(300)
@Tag("slow")
class RepeatedAbortTest {

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aForeignColumnIsNamedAndStays(Kind kind) {
    for (int asks = 0; ; asks++) {
      Bench bench = kind.bench();
      String before = bench.fingerprint();
      bench.toVerified();
      bench.run("ALTER TABLE t ADD COLUMN foreign_column int");
      bench.untilCancelled.set(asks);
      boolean whole = false;
      List<String> others = List.of();
      try {
        others = bench.abort().others();
        whole = true;
      } catch (Progress.PhaseCancelled e) {
        assertThat(bench.untilCancelled.get()).as("stopped at %d", asks).isNegative();
      }
      bench.untilCancelled.set(Integer.MAX_VALUE);
      if (!whole) {
        others = bench.abort().others();
      }
      assertThat(others).contains("added:column:public.t.foreign_column");
      assertThat(others).allMatch(id -> id.endsWith(".foreign_column"));
      assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname ~ 'rubicon'"))
          .isEqualTo("0");
      bench.run("ALTER TABLE t DROP COLUMN foreign_column");
      assertThat(bench.abort().fingerprint()).isEqualTo(before);
      if (whole) {
        break;
      }
    }
  }

  /** Each is ordinary work of an owner; what is the rollout's goes all the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE t_more PARTITION OF t FOR VALUES FROM (1000) TO (2000)",
        "CREATE INDEX t_old ON t (old)",
        "ALTER TABLE t ALTER old TYPE varchar(50)",
        "DROP TABLE t_high",
        "GRANT SELECT ON t TO PUBLIC",
        "CREATE VIEW t_v AS SELECT id FROM t",
        "CREATE TRIGGER own BEFORE UPDATE ON t FOR EACH ROW"
            + " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "COMMENT ON COLUMN t.old IS 'theirs'",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
      })
  void itEndsWhateverOthersDid(String change) {
    Bench bench = Kind.PARTITIONED.bench();
    bench.install();
    if (change.contains("TYPE")) {
      assertThatThrownBy(() -> bench.run(change)).hasMessageContaining("cannot alter type");
      return;
    }
    bench.run(change);
    assertThat(bench.abort().others()).isNotEmpty();
    assertThat(bench.one("SELECT to_regnamespace('rubicon') IS NULL AND to_regclass('u') IS NULL"))
        .isEqualTo("t");
    bench.run("INSERT INTO t VALUES (21, 'written') ON CONFLICT (id) DO UPDATE SET old = 'w'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DROP TABLE t_new CASCADE", "DROP TABLE t CASCADE"})
  void itEndsWhereARelationOfEitherSideIsGone(String drop) {
    Bench bench = Kind.SHADOW.bench();
    bench.toVerified();
    bench.run(drop);
    bench.abort();
    assertThat(bench.one("SELECT to_regnamespace('rubicon') IS NULL")).isEqualTo("t");
    assertThat(bench.one("SELECT to_regclass('t_new') IS NULL")).isEqualTo("t");
    if (drop.contains("t_new")) {
      bench.run("INSERT INTO t VALUES (99, 'written')");
    }
  }

  /** What stands on others' tables goes too, whatever they did with their own keys. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE kid DROP CONSTRAINT kid_t_fkey",
        "ALTER TABLE kid RENAME CONSTRAINT kid_t_fkey TO other",
        "ALTER TABLE kid RENAME TO kids",
        "ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE",
        "DROP TABLE t CASCADE"
      })
  void itEndsWhereAForeignKeyOfOthersOrANumberIsGone(String change) {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id serial PRIMARY KEY, v text)",
                "CREATE TABLE kid (id int PRIMARY KEY, t int REFERENCES t)",
                "INSERT INTO t (v) SELECT 'v' FROM generate_series(1, 3)",
                "INSERT INTO kid VALUES (1, 1)")
            .migration("V1__u.sql", "CREATE TABLE u (id serial PRIMARY KEY, v text);")
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.toVerified();
    bench.run(change);
    if (change.equals("ALTER TABLE kid DROP CONSTRAINT kid_t_fkey")) {
      // The next phase takes the twin away: what the owner allows is allowed.
      bench.verify();
      bench.run("DELETE FROM t WHERE id = 1", "UPDATE kid SET t = 77");
    }
    assertThat(bench.abort().others()).isNotEmpty();
    assertThat(bench.rows("SELECT conname FROM pg_constraint WHERE conname LIKE 'rubicon%'"))
        .isEmpty();
    assertThat(bench.one("SELECT to_regnamespace('rubicon') IS NULL AND to_regclass('u') IS NULL"))
        .isEqualTo("t");
  }

  /** Nor is a key that its owner has dropped back after contract. */
  @Test
  void aForeignKeyThatItsOwnerDropsIsNotBackAfterContract() {
    Bench bench =
        new Bench(
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE TABLE kid (id int PRIMARY KEY, t int REFERENCES t, more int REFERENCES t)",
                "INSERT INTO t VALUES (1)")
            .migration("V1__u.sql", "CREATE TABLE u (id int PRIMARY KEY);")
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t", new Shadow("public.u", Optional.empty(), LegacyName.VIEW, List.of()))
            .legacy(new LegacyRelation("public.t", LegacyColumn.Action.DROP, Optional.empty()));
    bench.toVerified();
    bench.run("ALTER TABLE kid DROP CONSTRAINT kid_t_fkey");
    bench.cutover();
    bench.run("INSERT INTO kid VALUES (1, 77, 1)");
    bench.run("ALTER TABLE kid DROP CONSTRAINT kid_more_fkey");
    bench.contract();
    bench.run("INSERT INTO kid VALUES (2, 77, 78)");
    assertThat(bench.rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")).isEmpty();
  }

  @Test
  void itEndsWhereATableThatIsTransformedInPlaceIsGoneAndSaysWhereItIsRenamed() {
    Bench bench = Kind.IN_PLACE.bench();
    bench.install();
    bench.run("ALTER TABLE t RENAME TO other");
    assertThatThrownBy(bench::abort).hasMessageContaining("is called public.other by now");
    bench.run("DROP TABLE other");
    assertThat(bench.abort().others()).containsExactly("removed:table:public.t");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"IN_PLACE", "SHADOW"})
  void aViewOfOthersOverCanonicalIsNamedAndNotDropped(Kind kind) {
    Bench bench = kind.bench();
    bench.toVerified();
    bench.run("CREATE VIEW theirs AS SELECT " + kind.column + " FROM " + kind.canonical);
    assertThatThrownBy(bench::abort)
        .hasMessageContaining("theirs")
        .isInstanceOfSatisfying(
            RubiconException.class,
            e ->
                assertThat(e.code())
                    .isEqualTo(
                        kind == Kind.IN_PLACE
                            ? ErrorCode.TARGET_CHANGED
                            : ErrorCode.TRANSITION_UNSUPPORTED));
    bench.run("DROP VIEW theirs");
    bench.abort();
  }

  @Test
  void whatTheRolloutItselfMadeMustGo() {
    Bench bench = Kind.SHADOW.bench().migration("U1__n.sql", "SELECT 1");
    bench.toVerified();
    bench.run("CREATE INDEX t_old ON t (old)");
    assertThatThrownBy(bench::abort)
        .hasMessageContaining("added:table:public.t_new")
        .isInstanceOfSatisfying(
            RubiconException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.FINGERPRINT_MISMATCH));
    bench.run("DROP TABLE t_new");
    assertThat(bench.abort().others()).containsExactly("added:index:public.t.t_old");
  }
}
