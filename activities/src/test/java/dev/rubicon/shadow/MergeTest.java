package dev.rubicon.shadow;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Runbook.LegacyName;
import dev.rubicon.runbook.Runbook.PartOf;
import dev.rubicon.runbook.Runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Two relations become one: by columns, where the second is optional, and by rows. */
class MergeTest {

  private static Bench byColumns(LegacyName legacyName) {
    return new Bench(
            "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL)",
            "CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users ON UPDATE CASCADE, bio"
                + " text, site text)",
            "INSERT INTO users (name) SELECT 'n' || g FROM generate_series(1, 40) g",
            "INSERT INTO profiles SELECT g, 'b' || g, CASE WHEN g % 4 = 0 THEN 's' || g END FROM"
                + " generate_series(2, 40, 2) g")
        .migration(
            "V1__merge.sql",
            "CREATE TABLE app_users (id bigserial PRIMARY KEY, label text NOT NULL, about text,"
                + " site text);")
        .migration("U1__merge.sql", "DROP TABLE app_users;")
        .shadow(
            "public.users",
            new Shadow("public.app_users", Optional.empty(), legacyName, List.of()),
            map("label", "", "name", Map.of("name", "label")))
        .shadow(
            "public.profiles",
            new Shadow(
                "public.app_users",
                Optional.empty(),
                legacyName,
                List.of(),
                Optional.empty(),
                Optional.of("about IS NOT NULL OR site IS NOT NULL"),
                PartOf.CANONICAL),
            map("id", "", "user_id", Map.of("user_id", "id")),
            map("about", "", "bio", Map.of("bio", "about")));
  }

  private static void agree(Bench bench) {
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static String canonical(Bench bench, int id) {
    List<String> rows = bench.rows("SELECT label, about, site FROM app_users WHERE id = " + id);
    return rows.isEmpty() ? "none" : rows.getFirst();
  }

  private static String legacy(Bench bench, int id) {
    List<String> rows =
        bench.rows(
            "SELECT name, user_id, bio, site FROM users LEFT JOIN profiles ON user_id = id WHERE id"
                + " = "
                + id);
    return rows.isEmpty() ? "none" : rows.getFirst();
  }

  @Test
  void clientsOfLegacyWriteBothPartsBeforeAndAfterTheCopy() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.install();
    bench.run(
        "UPDATE profiles SET bio = 'early' WHERE user_id = 2",
        "INSERT INTO profiles VALUES (1, 'first', NULL)",
        "DELETE FROM profiles WHERE user_id = 4",
        "INSERT INTO users (id, name) VALUES (50, 'no part')",
        "INSERT INTO users (id, name) VALUES (51, 'part')",
        "INSERT INTO profiles VALUES (51, NULL, 'x')");
    assertThat(canonical(bench, 1)).as("a part whose row was not copied").isEqualTo("n1|first|~");
    assertThat(canonical(bench, 2)).isEqualTo("n2|early|~");
    bench.backfill();
    agree(bench);
    assertThat(canonical(bench, 6)).isEqualTo("n6|b6|~");
    assertThat(canonical(bench, 4)).isEqualTo("n4|~|~");
    assertThat(canonical(bench, 51)).isEqualTo("part|~|x");
    bench.run(
        "UPDATE profiles SET bio = 'late' WHERE user_id = 6",
        "DELETE FROM profiles WHERE user_id = 8",
        "UPDATE profiles SET user_id = 3 WHERE user_id = 10",
        "UPDATE users SET name = 'new' WHERE id = 12",
        "DELETE FROM profiles WHERE user_id = 14",
        "DELETE FROM users WHERE id = 14");
    assertThat(canonical(bench, 6)).isEqualTo("n6|late|~");
    assertThat(canonical(bench, 8)).isEqualTo("n8|~|~");
    assertThat(canonical(bench, 3)).isEqualTo("n3|b10|~");
    assertThat(canonical(bench, 10)).isEqualTo("n10|~|~");
    assertThat(canonical(bench, 12)).isEqualTo("new|b12|s12");
    assertThat(canonical(bench, 14)).isEqualTo("none");
    agree(bench);
    assertThatThrownBy(() -> bench.run("DELETE FROM users WHERE id = 16"))
        .as("legacy's own foreign key still speaks")
        .hasMessageContaining("profiles");
    assertThat(legacy(bench, 16)).isEqualTo("n16|16|b16|s16");
  }

  /** Both rows that it touches are the engine's own writes: canonical is not open yet. */
  @Test
  void aPartMovesFromRowToRowBeforeTheCopy() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.install();
    bench.run(
        "UPDATE profiles SET bio = 'early' WHERE user_id = 2",
        "UPDATE profiles SET user_id = 1, bio = 'moved' WHERE user_id = 2");
    assertThat(canonical(bench, 1)).isEqualTo("n1|moved|~");
    assertThat(canonical(bench, 2)).isEqualTo("n2|~|~");
    bench.backfill();
    agree(bench);
  }

  /**
   * The part's writer has the part, the other has the row, and neither sees what the other does:
   * who brings the row under its old key would leave it there.
   */
  @Test
  void aPartIsWrittenBeforeTheCopyWhileItsRowGetsAnotherKey() throws Exception {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.install();
    try (Connection ofPart = bench.connect("part");
        var part = ofPart.createStatement();
        Connection ofRow = bench.connect("row");
        var row = ofRow.createStatement()) {
      part.execute("BEGIN");
      part.execute("SELECT FROM profiles WHERE user_id = 2 FOR UPDATE");
      var rekeyed =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return row.executeUpdate("UPDATE users SET id = 100 WHERE id = 2");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'row'"
                          + " AND wait_event_type = 'Lock' AND datname = current_database()")
                  .equals("1"));
      part.execute("UPDATE profiles SET bio = 'late' WHERE user_id = 2");
      part.execute("COMMIT");
      assertThat(rekeyed.join()).isOne();
    }
    assertThat(canonical(bench, 2)).isEqualTo("none");
    assertThat(canonical(bench, 100)).isEqualTo("n2|late|~");
    bench.backfill();
    agree(bench);
  }

  @Test
  void clientsOfCanonicalWriteOneRow() {
    Bench bench = byColumns(LegacyName.VIEW);
    bench.toVerified();
    bench.cutover();
    bench.run(
        "INSERT INTO app_users (label) VALUES ('plain')",
        "INSERT INTO app_users (label, about) VALUES ('whole', 'it')",
        "UPDATE app_users SET about = 'changed' WHERE id = 2",
        "UPDATE app_users SET about = NULL, site = NULL WHERE id = 4",
        "UPDATE app_users SET site = 'www' WHERE id = 5",
        "UPDATE app_users SET label = 'six' WHERE id = 6",
        "DELETE FROM app_users WHERE id = 8",
        "UPDATE app_users SET id = 80 WHERE id = 10");
    assertThat(legacy(bench, 41)).isEqualTo("plain|~|~|~");
    assertThat(legacy(bench, 42)).isEqualTo("whole|42|it|~");
    assertThat(legacy(bench, 2)).isEqualTo("n2|2|changed|~");
    assertThat(legacy(bench, 4)).isEqualTo("n4|~|~|~");
    assertThat(legacy(bench, 5)).isEqualTo("n5|5|~|www");
    assertThat(legacy(bench, 6)).isEqualTo("six|6|b6|~");
    assertThat(legacy(bench, 8)).isEqualTo("none");
    assertThat(legacy(bench, 80)).isEqualTo("n10|80|b10|~");
    agree(bench);
    bench.rollback();
    agree(bench);
    bench.run("UPDATE profiles SET bio = 'back' WHERE user_id = 42");
    assertThat(canonical(bench, 42)).isEqualTo("whole|back|~");
    bench.cutover();
    agree(bench);
    bench.contract();
    assertThat(bench.one("SELECT to_regclass('users') IS NULL AND to_regclass('profiles') IS NULL"))
        .isEqualTo("t");
    bench.run("INSERT INTO app_users (label) VALUES ('after')");
  }

  @Test
  void abortLeavesNothingBehind() {
    Bench bench = byColumns(LegacyName.HIDE);
    String before = bench.fingerprint();
    bench.toVerified();
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
    bench.toVerified();
    bench.cutover();
    bench.rollback();
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  /** Legacy's own foreign key takes the parts along in the same statement. */
  @Test
  void truncateCascadeOfTheHeadTakesThePartsInEveryIsolationLevel() {
    for (String level : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
      Bench bench = byColumns(LegacyName.KEEP);
      bench.toVerified();
      bench.run(
          "BEGIN ISOLATION LEVEL " + level + "; TRUNCATE users CASCADE; COMMIT",
          "INSERT INTO users (id, name) VALUES (1, 'again')",
          "INSERT INTO profiles VALUES (1, 'mine')");
      assertThat(bench.rows("SELECT id, label, about FROM app_users"))
          .containsExactly("1|again|mine");
      agree(bench);
    }
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
    bench.expand();
    assertThatThrownBy(bench::dualWrite)
        .hasMessageContaining("which rows from public.b")
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
    bench.expand();
    assertThatThrownBy(bench::dualWrite)
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
