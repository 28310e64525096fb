package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Names as long as PostgreSQL takes them, 63 bytes: what is derived from one is longer. */
class LongNamesTest {
  private static final String LONG = "a".repeat(62);
  private static final String WIDE = "é".repeat(31);

  @Test
  void foreignKeysOfLongNamesFollowTheCutoverUnderTheirNames() {
    var bench =
        new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, full_name text)",
            "INSERT INTO users VALUES (1, 'a')",
            """
            CREATE TABLE posts (
              a int CONSTRAINT "%1$s1" REFERENCES users, b int CONSTRAINT "%1$s2" REFERENCES users,
              c int CONSTRAINT "%2$s1" REFERENCES users, d int CONSTRAINT "%2$s2" REFERENCES users)
            """
                .formatted(LONG, WIDE),
            "INSERT INTO posts VALUES (1, 1, 1, 1)");
    bench
        .migration("V1__s.sql", "CREATE TABLE app_users (id int PRIMARY KEY, name text);")
        .migration("U1__s.sql", "DROP TABLE app_users;")
        .shadow(
            "public.users",
            new Shadow("public.app_users", Optional.empty(), LegacyName.KEEP, List.of()),
            map("name", "", "full_name", Map.of("full_name", "name")));
    bench.toVerified();
    bench.cutover();
    bench.contract();
    assertThat(
            bench.rows(
                """
                SELECT conname, confrelid::regclass FROM pg_constraint
                WHERE conrelid = 'posts'::regclass ORDER BY conname COLLATE "C"
                """))
        .containsExactly(
            LONG + "1|app_users", LONG + "2|app_users", WIDE + "1|app_users", WIDE + "2|app_users");
  }

  /** Of two schemas, and of the engine's own: an index of each has the name of another's. */
  @Test
  void tablesOfOneNameAreHiddenBesideEachOther() {
    var bench =
        new Bench(
            "CREATE SCHEMA a; CREATE SCHEMA b",
            "CREATE TABLE a.users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text UNIQUE)",
            "CREATE TABLE b.users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text UNIQUE)",
            "CREATE TABLE public.state (only_row int PRIMARY KEY, v text)",
            "INSERT INTO a.users (v) VALUES ('a')",
            "INSERT INTO b.users (v) VALUES ('b')",
            "INSERT INTO state VALUES (1, 's')");
    bench.schemas = List.of("a", "b", "public");
    bench
        .migration(
            "V1__s.sql",
            """
            CREATE TABLE a.people (id int PRIMARY KEY, w text);
            CREATE TABLE b.people (id int PRIMARY KEY, w text);
            CREATE TABLE public.states (only_row int PRIMARY KEY, w text);
            """)
        .migration("U1__s.sql", "DROP TABLE a.people, b.people, public.states;");
    for (String name :
        List.of("a.users a.people", "b.users b.people", "public.state public.states")) {
      bench.shadow(
          name.split(" ")[0],
          new Shadow(name.split(" ")[1], Optional.empty(), LegacyName.HIDE, List.of()),
          map("w", "", "v", Map.of("v", "w")));
    }
    bench.toVerified();
    String names =
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname IN ('a', 'b', 'public') AND c.relkind IN ('i', 'S', 'r') ORDER BY"
            + " 1, 2";
    List<String> before = bench.rows(names);
    assertThat(before).contains("a|users_v_key", "b|users_v_key", "b|users_id_seq");
    bench.cutover();
    bench.run("INSERT INTO b.people VALUES (7, 'after')");
    bench.rollback();
    assertThat(bench.rows(names)).isEqualTo(before);
    assertThat(bench.one("SELECT v FROM b.users WHERE id = 7")).isEqualTo("after");
    bench.verify();
    bench.cutover();
    bench.contract();
    assertThat(bench.rows(names))
        .containsExactly(
            "a|people",
            "a|people_pkey",
            "b|people",
            "b|people_pkey",
            "public|states",
            "public|states_pkey");
  }

  @Test
  void archivesOfLongNamesAreTwo() {
    String table = "t" + WIDE;
    var bench =
        new Bench(
            "CREATE TABLE \"%s\" (id int PRIMARY KEY, \"%2$s1\" text, \"%2$s2\" text)"
                .formatted(table, WIDE),
            "INSERT INTO \"%s\" VALUES (1, 'x', 'y')".formatted(table));
    bench.transition(
        "public.\"" + table + "\"",
        map("a", "text", "\"" + WIDE + "1\"", Map.of("\"" + WIDE + "1\"", "a")),
        map("b", "text", "\"" + WIDE + "2\"", Map.of("\"" + WIDE + "2\"", "b")));
    for (String column : List.of(WIDE + "1", WIDE + "2")) {
      bench.legacy("public.\"" + table + "\"", "\"" + column + "\"", LegacyColumn.Action.ARCHIVE);
    }
    bench.toVerified();
    bench.cutover();
    bench.contract();
    assertThat(
            bench.rows(
                "SELECT relname FROM pg_class WHERE relnamespace = 'rubicon_archive'::regnamespace"
                    + " AND relkind = 'r'"))
        .hasSize(2);
  }
}
