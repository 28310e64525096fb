package dev.rubicon.transition.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.expand.Expand;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Canonical's identity column draws from legacy's sequence until contract, then from its own. */
@Turn
class IdentityColumnsTest {
  private static final String OPTIONS =
      " (INCREMENT BY 10 MINVALUE 1 MAXVALUE 1000000 START WITH 1 CACHE 2 CYCLE)";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "App Users; ; ALWAYS",
        "App Users; ; BY DEFAULT",
        "app_users; app_users_next; BY DEFAULT",
        "users; users_next; ALWAYS"
      })
  void aPlainRenameIsWhatCanonicalSays(String to, String builtAs, String generated) {
    String columns =
        " (id bigint GENERATED "
            + generated
            + " AS IDENTITY"
            + OPTIONS
            + " PRIMARY KEY, note text)";
    CatalogSnapshot canonical = snapshot(new Bench("CREATE TABLE \"" + to + "\"" + columns));
    String built = builtAs == null ? to : builtAs;
    Bench bench =
        new Bench(
                "CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)",
                "INSERT INTO users (note) SELECT 'n' || g FROM generate_series(1, 10) g")
            .migration("V1__next.sql", "CREATE TABLE \"" + built + "\"" + columns + ";")
            .migration("U1__next.sql", "DROP TABLE \"" + built + "\";")
            .shadow(
                "public.users",
                new Shadow(
                    "public.\"" + to + "\"",
                    Optional.ofNullable(builtAs).map(name -> "public." + name),
                    LegacyName.HIDE,
                    List.of()));
    new Expand(_ -> Optional.of(canonical)).run(bench.context(Phase.EXPAND));
    bench.dualWrite();
    bench.backfill();
    bench.verify();
    bench.cutover();
    bench.run("INSERT INTO \"" + to + "\" (note) VALUES ('crossed')");
    bench.rollback();
    bench.toVerifiedAgain();
    bench.cutover();
    bench.contract();
    bench.run("INSERT INTO \"" + to + "\" (note) VALUES ('ended')");
    assertThat(bench.one("SELECT count(*), count(DISTINCT id) FROM \"" + to + "\""))
        .isEqualTo("12|12");
    assertThat(CatalogDiff.between(snapshot(bench), canonical))
        .filteredOn(f -> f.id().contains("sequence") || f.id().contains("column"))
        .extracting(Finding::id)
        .isEmpty();
    assertThat(canonical.of(ObjectKind.SEQUENCE)).hasSize(1);
  }

  /** No UPDATE may set such a column, the engine's neither; legacy's clients notice nothing. */
  @Test
  void aKeyThatIsAlwaysGeneratedIsNotChangedFromTheOtherSide() {
    String columns = " (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)";
    Bench bench =
        new Bench("CREATE TABLE t" + columns, "INSERT INTO t (note) VALUES ('a'), ('b')")
            .migration("V1__u.sql", "CREATE TABLE u" + columns + ";")
            .migration("U1__u.sql", "DROP TABLE u;")
            .shadow(
                "public.t", new Shadow("public.u", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.toVerified();
    bench.run("UPDATE t SET id = DEFAULT WHERE id = 1", "UPDATE u SET note = 'c' WHERE id = 2");
    assertThatThrownBy(() -> bench.run("UPDATE u SET id = DEFAULT WHERE id = 2"))
        .cause()
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("428C9");
    bench.run("DELETE FROM u WHERE id = 2", "INSERT INTO u (note) VALUES ('d')");
    assertThat(bench.rows("SELECT id, note FROM t ORDER BY id"))
        .containsExactly("3|a", "5|d")
        .isEqualTo(bench.rows("SELECT id, note FROM u ORDER BY id"));
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static CatalogSnapshot snapshot(Bench bench) {
    try (PgSession session = bench.context(Phase.VERIFY).open(SessionLimits.SHORT)) {
      return CatalogReader.read(session, List.of("public"));
    }
  }
}
