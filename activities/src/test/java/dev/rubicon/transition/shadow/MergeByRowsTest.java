package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two relations become one, whose rows say where they come from. */
@Tag("slow")
class MergeByRowsTest {

  private static void agree(Bench bench) {
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void byRows() {
    Bench bench =
        new Bench(
                "CREATE TABLE invoices (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), amount"
                    + " numeric)",
                "CREATE TABLE receipts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), amount"
                    + " numeric, shop text)",
                "INSERT INTO invoices (amount) SELECT g FROM generate_series(1, 20) g",
                "INSERT INTO receipts (amount, shop) SELECT -g, 's' || g FROM generate_series(1,"
                    + " 20) g")
            .migration(
                "V1__merge.sql",
                """
                CREATE TABLE documents (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), kind text NOT NULL,
                  amount numeric, shop text);
                """)
            .migration("U1__merge.sql", "DROP TABLE documents;")
            .shadow(
                "public.invoices",
                rows("kind = 'invoice'"),
                map("kind", "", "'invoice'::text", Map.of()))
            .shadow(
                "public.receipts",
                rows("kind = 'receipt'"),
                map("kind", "", "'receipt'::text", Map.of()));
    bench.toVerified();
    assertThat(bench.one("SELECT count(*) FROM documents")).isEqualTo("40");
    bench.run(
        "UPDATE invoices SET amount = 100 WHERE amount = 1",
        "DELETE FROM receipts WHERE amount = -1");
    agree(bench);
    bench.cutover();
    bench.run(
        "INSERT INTO documents (kind, amount) VALUES ('invoice', 500)",
        "INSERT INTO documents (kind, amount, shop) VALUES ('receipt', 501, 'new')",
        "UPDATE documents SET kind = 'receipt', shop = 'moved' WHERE amount = 2",
        "DELETE FROM documents WHERE amount = 3");
    assertThat(
            bench.rows("SELECT amount FROM invoices WHERE amount IN (2, 3, 100, 500) ORDER BY 1"))
        .containsExactly("100", "500");
    assertThat(bench.rows("SELECT amount, shop FROM receipts WHERE amount > 0 ORDER BY 1"))
        .containsExactly("2|moved", "501|new");
    agree(bench);
    bench.run("TRUNCATE documents");
    assertThat(bench.one("SELECT count(*) FROM invoices")).isEqualTo("0");
    assertThat(bench.one("SELECT count(*) FROM receipts")).isEqualTo("0");
    agree(bench);
  }

  @Test
  void aMergeThatDoesNotSayWhichRowsIsRefused() {
    Bench bench =
        new Bench("CREATE TABLE a (id uuid PRIMARY KEY)", "CREATE TABLE b (id uuid PRIMARY KEY)")
            .migration("V1__c.sql", "CREATE TABLE c (id uuid PRIMARY KEY);")
            .migration("U1__c.sql", "DROP TABLE c;")
            .shadow(
                "public.a", new Shadow("public.c", Optional.empty(), LegacyName.KEEP, List.of()))
            .shadow(
                "public.b", new Shadow("public.c", Optional.empty(), LegacyName.KEEP, List.of()));
    bench.refused = true;
    assertThatThrownBy(bench::install)
        .hasMessageContaining("public.c comes from several relations")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!rubicon%'"))
        .isEqualTo("0");
  }

  @Test
  void aKeyThatBothRelationsHaveIsRefusedAndTakesNothingAway() {
    Bench bench = keyed();
    bench.install();
    bench.backfill();
    common(bench);
    bench.verify();
    common(bench);
    bench.run("INSERT INTO receipts VALUES ('v', 4)", "DELETE FROM receipts WHERE id = 'v'");
    bench.cutover();
    common(bench);
    assertThatThrownBy(() -> bench.run("INSERT INTO documents VALUES ('x', 'receipt', 9)"))
        .hasMessageContaining("documents_pkey");
    bench.run("UPDATE documents SET kind = 'receipt' WHERE id = 'x'");
    assertThat(bench.rows("SELECT * FROM receipts ORDER BY id")).containsExactly("x|1", "z|3");
    bench.rollback();
    bench.run(
        "DELETE FROM receipts WHERE id = 'x'",
        "INSERT INTO invoices VALUES ('x', 1)",
        "UPDATE invoices SET id = 'q' WHERE id = 'x'",
        "UPDATE invoices SET id = 'x' WHERE id = 'q'");
    common(bench);
    agree(bench);
  }

  private static Bench keyed() {
    return new Bench(
            "CREATE TABLE invoices (id text PRIMARY KEY, amount int)",
            "CREATE TABLE receipts (id text PRIMARY KEY, amount int)",
            "INSERT INTO invoices VALUES ('x', 1), ('y', 2)",
            "INSERT INTO receipts VALUES ('z', 3)")
        .migration(
            "V1__merge.sql",
            "CREATE TABLE documents (id text PRIMARY KEY, kind text NOT NULL, amount int);")
        .migration("U1__merge.sql", "DROP TABLE documents;")
        .shadow(
            "public.invoices",
            rows("kind = 'invoice'"),
            map("kind", "", "'invoice'::text", Map.of()))
        .shadow(
            "public.receipts",
            rows("kind = 'receipt'"),
            map("kind", "", "'receipt'::text", Map.of()));
  }

  /** No client gets the other relation's key, and nobody's row is touched. */
  private static void common(Bench bench) {
    for (String sql :
        List.of(
            "INSERT INTO receipts VALUES ('x', 9)",
            "INSERT INTO receipts VALUES ('x', 9) ON CONFLICT (id) DO UPDATE SET amount = 9",
            "INSERT INTO invoices VALUES ('z', 9)",
            "UPDATE receipts SET id = 'y', amount = 9 WHERE id = 'z'",
            "UPDATE invoices SET id = 'z', amount = 9 WHERE id = 'x'")) {
      for (String level : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
        assertThatThrownBy(() -> bench.run("BEGIN ISOLATION LEVEL " + level, sql, "COMMIT"))
            .as("%s in %s", sql, level)
            .cause()
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("23505");
      }
    }
    assertThat(bench.rows("SELECT * FROM invoices ORDER BY id")).containsExactly("x|1", "y|2");
    assertThat(bench.rows("SELECT * FROM receipts")).containsExactly("z|3");
  }

  @Test
  void aKeyThatBothRelationsHaveBeforehandIsNamed() {
    Bench bench = keyed();
    bench.run("INSERT INTO receipts VALUES ('x', 9)");
    assertThatThrownBy(bench::install)
        .hasMessageContaining("public.invoices and public.receipts have 1 keys in common")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.TRANSITION_UNSUPPORTED);
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!rubicon%'"))
        .isEqualTo("0");
  }

  /** Until the one is copied, canonical does not know of it. */
  @Test
  void aKeyThatBothRelationsHaveAllTheSameStopsTheBackfillUntilItIsGone() {
    Bench bench = keyed();
    bench.install();
    bench.run("INSERT INTO receipts VALUES ('x', 9)");
    assertThatThrownBy(bench::backfill)
        .hasMessageContaining("1 rows of public.invoices have a key")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.BACKFILL_STUCK);
    bench.run("DELETE FROM receipts WHERE id = 'x'");
    bench.backfill();
    agree(bench);
    assertThat(bench.rows("SELECT * FROM documents ORDER BY id"))
        .containsExactly("x|invoice|1", "y|invoice|2", "z|receipt|3");
  }

  /** The same of legacy's clients, where the column is theirs too. */
  @Test
  void aRowThatWouldBeAnotherRelationsIsRefused() {
    Bench bench =
        new Bench(
                "CREATE TABLE eu (id uuid PRIMARY KEY, region text NOT NULL)",
                "CREATE TABLE us (id uuid PRIMARY KEY, region text NOT NULL)",
                "INSERT INTO eu VALUES (gen_random_uuid(), 'eu')",
                "INSERT INTO us VALUES (gen_random_uuid(), 'us')")
            .migration(
                "V1__merge.sql",
                "CREATE TABLE documents (id uuid PRIMARY KEY, region text NOT NULL);")
            .migration("U1__merge.sql", "DROP TABLE documents;")
            .shadow("public.eu", rows("region = 'eu'"))
            .shadow("public.us", rows("region = 'us'"));
    bench.toVerified();
    for (String sql :
        List.of("UPDATE eu SET region = 'us'", "INSERT INTO eu SELECT gen_random_uuid(), 'us'")) {
      assertThatThrownBy(() -> bench.run(sql))
          .cause()
          .hasMessageContaining("would not be one of its rows in public.documents")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("23514");
    }
    bench.cutover();
    bench.run("UPDATE documents SET region = 'us'");
    assertThat(bench.one("SELECT count(*) FROM us")).isEqualTo("2");
    assertThat(bench.one("SELECT count(*) FROM eu")).isEqualTo("0");
    agree(bench);
  }

  private static Shadow rows(String condition) {
    return new Shadow(
        "public.documents",
        Optional.empty(),
        LegacyName.KEEP,
        List.of(),
        Optional.empty(),
        Optional.of(condition),
        PartOf.NEITHER);
  }
}
