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

/** One relation becomes two: each row goes to one of them, or to none. */
@Tag("slow")
class SplitByRowsTest {

  private static void agree(Bench bench) {
    assertThat(bench.verify().mismatches()).isZero();
  }

  @Test
  void byRows() {
    Bench bench =
        new Bench(
                "CREATE TABLE documents (id serial PRIMARY KEY, kind text NOT NULL, amount"
                    + " numeric)",
                "INSERT INTO documents (kind, amount) SELECT CASE g % 2 WHEN 0 THEN 'invoice' ELSE"
                    + " 'receipt' END, g FROM generate_series(1, 20) g")
            .migration(
                "V1__split.sql",
                """
                CREATE TABLE invoices (id bigserial PRIMARY KEY, amount numeric);
                CREATE TABLE receipts (id bigserial PRIMARY KEY, amount numeric);
                """)
            .migration("U1__split.sql", "DROP TABLE invoices; DROP TABLE receipts;")
            .shadow(
                "public.documents",
                rows("public.invoices", "kind = 'invoice'"),
                map("id", "", "id", Map.of("id", "id", "kind", "'invoice'::text")))
            .shadow(
                "public.documents",
                rows("public.receipts", "kind = 'receipt'"),
                map("id", "", "id", Map.of("id", "id", "kind", "'receipt'::text")));
    bench.toVerified();
    bench.cutover();
    bench.run(
        "INSERT INTO invoices (amount) VALUES (100)",
        "INSERT INTO receipts (amount) VALUES (200)",
        "UPDATE documents SET kind = 'receipt' WHERE id = 2",
        "UPDATE invoices SET amount = -4 WHERE id = 4",
        "DELETE FROM receipts WHERE id = 1");
    assertThat(
            bench.rows(
                "SELECT id, kind, amount FROM documents WHERE id IN (1, 2, 4, 21, 22) ORDER BY id"))
        .containsExactly("2|receipt|2", "4|invoice|-4", "21|invoice|100", "22|receipt|200");
    assertThat(bench.rows("SELECT id FROM receipts WHERE id = 2")).hasSize(1);
    assertThat(bench.rows("SELECT id FROM invoices WHERE id = 2")).isEmpty();
    agree(bench);
    bench.run("TRUNCATE invoices");
    assertThat(bench.one("SELECT count(*) FROM documents WHERE kind = 'invoice'")).isEqualTo("0");
    assertThat(bench.one("SELECT count(*) FROM documents WHERE kind = 'receipt'")).isEqualTo("11");
    agree(bench);
    bench.rollback();
    agree(bench);
    bench.run("INSERT INTO documents (kind, amount) VALUES ('letter', 1), ('note', 2)");
    bench.cutover();
    // Nobody said that these may go.
    assertThatThrownBy(bench::contract)
        .hasMessageContaining("2 rows of public.documents are in no canonical relation")
        .extracting(e -> ((RubiconException) e).code())
        .isEqualTo(ErrorCode.CONTRACT_NOT_DUE);
    assertThat(bench.one("SELECT count(*) FROM documents WHERE kind IN ('letter', 'note')"))
        .isEqualTo("2");
    bench.run("DELETE FROM documents WHERE kind IN ('letter', 'note')");
    bench.contract();
    bench.run(
        "INSERT INTO receipts (amount) VALUES (1)", "INSERT INTO invoices (amount) VALUES (1)");
  }

  /** Where the column that sorts the rows is carried along, either side may write it. */
  @Test
  void aRowThatWouldBeAnotherRelationsIsRefused() {
    Bench bench =
        new Bench(
                "CREATE TABLE orders (id int PRIMARY KEY, region text NOT NULL, v int)",
                "INSERT INTO orders VALUES (1, 'eu', 1), (2, 'us', 2)")
            .migration(
                "V1__split.sql",
                "CREATE TABLE eu (id int PRIMARY KEY, region text NOT NULL, v int);"
                    + "CREATE TABLE us (id int PRIMARY KEY, region text NOT NULL, v int);")
            .migration("U1__split.sql", "DROP TABLE eu; DROP TABLE us;")
            .shadow("public.orders", rows("public.eu", "region = 'eu'"))
            .shadow("public.orders", rows("public.us", "region = 'us'"));
    bench.toVerified();
    bench.cutover();
    for (String sql :
        List.of(
            "UPDATE eu SET region = 'us' WHERE id = 1",
            "UPDATE eu SET region = 'asia', v = 9 WHERE id = 1",
            "INSERT INTO us VALUES (3, 'eu', 3)")) {
      assertThatThrownBy(() -> bench.run(sql))
          .as(sql)
          .cause()
          .hasMessageContaining("would not be one of its rows in public.orders")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("23514");
    }
    // Two statements of legacy's client say what one of canonical's cannot.
    bench.run(
        "UPDATE orders SET region = 'us' WHERE id = 1",
        "UPDATE us SET v = 10 WHERE id = 1",
        "INSERT INTO eu VALUES (3, 'eu', 3)");
    assertThat(bench.rows("SELECT * FROM us ORDER BY id")).containsExactly("1|us|10", "2|us|2");
    assertThat(bench.rows("SELECT * FROM orders ORDER BY id"))
        .containsExactly("1|us|10", "2|us|2", "3|eu|3");
    agree(bench);
  }

  /** Triggers of canonical's own make nothing of a row that is not there. */
  @Test
  void aRowThatNoRelationTakesIsLeftAlone() {
    Bench bench =
        new Bench(
                "CREATE TABLE orders (id int PRIMARY KEY, region text NOT NULL, v int)",
                "INSERT INTO orders VALUES (1, 'eu', 1), (2, 'asia', 2)")
            .migration(
                "V1__split.sql",
                """
                CREATE TABLE eu (id int PRIMARY KEY, region text NOT NULL, w int);
                CREATE FUNCTION even() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN NEW.w = NEW.w / 2 * 2; RETURN NEW; END $$;
                CREATE TRIGGER even BEFORE INSERT OR UPDATE ON eu FOR EACH ROW EXECUTE FUNCTION even();
                """)
            .migration("U1__split.sql", "DROP TABLE eu; DROP FUNCTION even();")
            .shadow(
                "public.orders",
                rows("public.eu", "region = 'eu'"),
                map("w", "", "v", Map.of("v", "w")));
    bench.toVerified();
    bench.run("UPDATE orders SET v = v + 10", "UPDATE orders SET id = id + 10, v = v + 10");
    assertThat(bench.rows("SELECT * FROM orders ORDER BY id"))
        .containsExactly("11|eu|20", "12|asia|22");
    assertThat(bench.rows("SELECT * FROM eu")).containsExactly("11|eu|20");
    bench.run("DELETE FROM orders WHERE id = 12");
    agree(bench);
  }

  private static Shadow rows(String to, String condition) {
    return new Shadow(
        to,
        Optional.empty(),
        LegacyName.KEEP,
        List.of(),
        Optional.of(condition),
        Optional.empty(),
        PartOf.NEITHER);
  }
}
