package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two relations become one: by columns, where the second is optional. */
@Turn
@Tag("slow")
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
}
