package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbers become random uuids, in a relation and in those that point at it. */
@Turn
@Tag("slow")
class MappedKeysTest {

  private static Bench bench() {
    var bench =
        new Bench(
                "CREATE TABLE users (id serial PRIMARY KEY, name text, boss int REFERENCES users)",
                "CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users"
                    + " ON DELETE CASCADE, amount numeric)",
                "INSERT INTO users (name, boss) SELECT 'n' || g, nullif(g / 2, 0) FROM"
                    + " generate_series(1, 200) g",
                "INSERT INTO orders (user_id, amount) SELECT 1 + g % 200, g FROM"
                    + " generate_series(1, 600) g")
            .migration(
                "V1__uuid.sql",
                """
                CREATE TABLE users_next (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, boss uuid);
                CREATE TABLE orders_next (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL,
                  amount numeric);
                CREATE INDEX ON orders_next (user_id);
                """)
            .migration("U1__uuid.sql", "DROP TABLE users_next; DROP TABLE orders_next;")
            // Who points comes first here: the map is there all the same.
            .shadow(
                "public.orders",
                new Shadow(
                    "public.orders",
                    Optional.of("public.orders_next"),
                    LegacyName.HIDE,
                    List.of(
                        new ForeignKey(
                            "orders_user",
                            "FOREIGN KEY (user_id) REFERENCES users_next (id) ON DELETE CASCADE"))),
                map("id", "", "mapped(id)", Map.of("id", "mapped(id)")),
                map(
                    "user_id",
                    "",
                    "mapped(user_id, public.users)",
                    Map.of("user_id", "mapped(user_id, public.users)")))
            .shadow(
                "public.users",
                new Shadow(
                    "public.users", Optional.of("public.users_next"), LegacyName.HIDE, List.of()),
                map("id", "", "mapped(id)", Map.of("id", "mapped(id)")),
                map(
                    "boss",
                    "",
                    "mapped(boss, public.users)",
                    Map.of("boss", "mapped(boss, public.users)")));
    bench.batchTarget = "5ms";
    return bench;
  }

  private static void agree(Bench bench) {
    assertThat(bench.verify().mismatches()).isZero();
  }

  /** Both sides, told without keys. */
  private static void sameStory(
      Bench bench, String users, String orders, String others, String theirOrders) {
    String story =
        "SELECT u.name, b.name, count(o.id), sum(o.amount) FROM %s u LEFT JOIN %s b ON b.id ="
            + " u.boss LEFT JOIN %s o ON o.user_id = u.id GROUP BY 1, 2 ORDER BY 1, 2";
    assertThat(bench.rows(story.formatted(others, others, theirOrders)))
        .isEqualTo(bench.rows(story.formatted(users, users, orders)));
  }

  @Test
  void everyKeyKeepsItsCounterpartThereAndBack() {
    Bench bench = bench();
    bench.install();
    bench.run(
        "UPDATE orders SET amount = -1 WHERE id = 5",
        "INSERT INTO users (name, boss) VALUES ('early', 3)",
        "DELETE FROM users WHERE id = 199",
        "UPDATE users SET boss = 7 WHERE id = 200");
    bench.backfill();
    agree(bench);
    sameStory(bench, "users", "orders", "users_next", "orders_next");
    String before = bench.one("SELECT id FROM users_next WHERE name = 'n42'");
    bench.cutover();
    assertThat(bench.one("SELECT id FROM users WHERE name = 'n42'")).isEqualTo(before);
    bench.run(
        "INSERT INTO users (name, boss) SELECT 'late', id FROM users WHERE name = 'n42'",
        "INSERT INTO orders (user_id, amount) SELECT id, 1000 FROM users WHERE name = 'late'",
        "WITH u AS (INSERT INTO users (id, name) VALUES ('11111111-2222-3333-4444-555555555555',"
            + " 'given') RETURNING id) SELECT id FROM u",
        "UPDATE users SET boss = '11111111-2222-3333-4444-555555555555' WHERE name = 'n43'",
        "DELETE FROM users WHERE name = 'n150'");
    agree(bench);
    String legacyUsers =
        bench.one("SELECT quote_ident(relname) FROM pg_class WHERE relname LIKE 'users%hidden'");
    String legacyOrders =
        bench.one("SELECT quote_ident(relname) FROM pg_class WHERE relname LIKE 'orders%hidden'");
    sameStory(bench, "users", "orders", "rubicon." + legacyUsers, "rubicon." + legacyOrders);
    bench.rollback();
    bench.run(
        "INSERT INTO users (name) VALUES ('back')",
        "UPDATE orders SET amount = 1001 WHERE amount = 1000",
        "DELETE FROM users WHERE name = 'late'");
    agree(bench);
    sameStory(bench, "users", "orders", "users_next", "orders_next");
    bench.cutover();
    assertThat(bench.one("SELECT id FROM users WHERE name = 'n42'")).isEqualTo(before);
    bench.contract();
    assertThat(bench.one("SELECT to_regnamespace('rubicon')")).isEqualTo("~");
    bench.run("INSERT INTO users (name) VALUES ('after')");
  }

  /**
   * The row that points may come before the one whose key is made: PostgreSQL checks at the end.
   */
  @Test
  void aKeyIsMadeByTheStatementThatPointsAtIt() {
    Bench bench = bench();
    bench.toVerified();
    String family =
        """
        WITH u AS (INSERT INTO users%1$s (id, name, boss) VALUES (%2$s, '%4$s', %3$s), (%3$s, '%4$s', %2$s) RETURNING id)
          INSERT INTO orders%1$s (user_id, amount) SELECT id, 7 FROM u\
        """;
    String child =
        """
        WITH o AS (INSERT INTO orders%1$s (user_id, amount) VALUES (%2$s, 7))
          INSERT INTO users%1$s (id, name, boss) VALUES (%2$s, '%4$s', %2$s), (%3$s, '%4$s', %2$s)\
        """;
    int key = 1_000;
    for (String level : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
      for (String statement : List.of(family, child)) {
        key += 10;
        bench.run(
            "BEGIN ISOLATION LEVEL " + level,
            statement.formatted("", key, key + 1, "old" + key),
            statement.formatted("_next", uuid(key), uuid(key + 1), "new" + key),
            // Its rows go again, the one that points first or last.
            "WITH o AS (DELETE FROM orders WHERE user_id = %1$s) DELETE FROM users WHERE id IN (%1$s, %2$s)"
                .formatted(key, key + 1),
            statement.formatted("", key, key + 1, "back" + key),
            "COMMIT");
      }
    }
    agree(bench);
    sameStory(bench, "users", "orders", "users_next", "orders_next");
    assertThat(bench.one("SELECT count(*) FROM users WHERE name ~ '^(new|back)'")).isEqualTo("24");
    assertThat(bench.one("SELECT count(*) FROM users WHERE name ~ '^old'")).isEqualTo("0");
    assertThat(bench.one("SELECT count(*) FROM users_next WHERE boss IS NULL")).isEqualTo("1");
  }

  private static String uuid(int key) {
    return "'00000000-0000-4000-8000-00000000%04d'".formatted(key);
  }

  /** Somebody outside may know the old numbers: with the archive goes the map. */
  @Test
  void theArchiveKeepsTheMap() {
    Bench bench = bench();
    bench.legacy(new LegacyRelation("public.users", LegacyColumn.Action.ARCHIVE, Optional.empty()));
    bench.toVerified();
    bench.cutover();
    bench.contract();
    String map =
        bench.one(
            "SELECT quote_ident(relname) FROM pg_class WHERE relname LIKE 'users%keys' AND relkind"
                + " = 'r'");
    assertThat(
            bench.one(
                "SELECT count(*) FROM users u JOIN rubicon_archive."
                    + map
                    + " k ON k.canonical = u.id"))
        .isEqualTo("200");
  }

  @Test
  void abortLeavesNothingBehind() {
    Bench bench = bench();
    String before = bench.fingerprint();
    bench.toVerified();
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }

  @Test
  void aForeignKeyOfATableThatStaysIsRefusedByName() {
    Bench bench =
        new Bench(
                "CREATE TABLE users (id serial PRIMARY KEY)",
                "CREATE TABLE notes (id int PRIMARY KEY, author int REFERENCES users)")
            .migration(
                "V1__u.sql",
                "CREATE TABLE users_next (id uuid PRIMARY KEY DEFAULT gen_random_uuid());")
            .migration("U1__u.sql", "DROP TABLE users_next;")
            .shadow(
                "public.users",
                new Shadow("public.users_next", Optional.empty(), LegacyName.KEEP, List.of()),
                map("id", "", "mapped(id)", Map.of("id", "mapped(id)")));
    assertThatThrownBy(bench::install)
        .hasMessageContaining("notes_author_fkey")
        .hasMessageContaining("whose key becomes another");
    assertThat(bench.one("SELECT count(*) FROM pg_class WHERE relname LIKE '%\\_keys'"))
        .isEqualTo("0");
  }

  @Test
  void aMapThatNobodyMakesIsRefused() {
    Bench bench =
        new Bench("CREATE TABLE a (id uuid PRIMARY KEY, b int)")
            .migration("V1__a.sql", "CREATE TABLE a_next (id uuid PRIMARY KEY, b uuid);")
            .migration("U1__a.sql", "DROP TABLE a_next;")
            .shadow(
                "public.a",
                new Shadow("public.a_next", Optional.empty(), LegacyName.KEEP, List.of()),
                map("b", "", "mapped(b, public.b)", Map.of("b", "mapped(b, public.b)")));
    assertThatThrownBy(bench::install).hasMessageContaining("no shadow of public.b maps its key");
  }
}
