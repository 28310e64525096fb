package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import dev.rubicon.verify.Verify;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One relation becomes two: by columns, where the second is optional. */
@Turn
@Tag("slow")
class SplitTest {

  private static Bench byColumns(LegacyName legacyName) {
    return new Bench(
            "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, bio text, site text)",
            "CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users)",
            "INSERT INTO users (name, bio, site) SELECT 'n' || g, CASE WHEN g % 2 = 0 THEN 'b' || g"
                + " END, CASE WHEN g % 4 = 0 THEN 's' || g END FROM generate_series(1, 40) g",
            "INSERT INTO orders SELECT g, g FROM generate_series(1, 40) g")
        .migration(
            "V1__split.sql",
            """
            CREATE TABLE app_users (id bigserial PRIMARY KEY, label text NOT NULL);
            CREATE TABLE profiles (user_id bigint PRIMARY KEY, about text, site text,
              CHECK (about IS NOT NULL OR site IS NOT NULL OR user_id = 1));
            """)
        .migration("U1__split.sql", "DROP TABLE profiles; DROP TABLE app_users;")
        .shadow(
            "public.users",
            new Shadow("public.app_users", Optional.empty(), legacyName, List.of()),
            map("label", "", "name", Map.of("name", "label")))
        .shadow(
            "public.users",
            new Shadow(
                "public.profiles",
                Optional.empty(),
                LegacyName.KEEP,
                List.of(
                    new ForeignKey(
                        "profiles_user_id_fkey",
                        "FOREIGN KEY (user_id) REFERENCES app_users (id) ON UPDATE CASCADE ON"
                            + " DELETE CASCADE")),
                Optional.of("bio IS NOT NULL OR site IS NOT NULL"),
                Optional.empty(),
                PartOf.LEGACY),
            map("user_id", "", "id", Map.of("id", "user_id")),
            map("about", "", "bio", Map.of("bio", "about")));
  }

  private static void agree(Bench bench) {
    assertThat(bench.verify().mismatches()).isZero();
  }

  private static String legacy(Bench bench, int id) {
    List<String> rows = bench.rows("SELECT name, bio, site FROM users WHERE id = " + id);
    return rows.isEmpty() ? "none" : rows.getFirst();
  }

  private static String canonical(Bench bench, int id) {
    List<String> rows =
        bench.rows(
            "SELECT label, user_id, about, p.site FROM app_users LEFT JOIN profiles p ON user_id ="
                + " id WHERE id = "
                + id);
    return rows.isEmpty() ? "none" : rows.getFirst();
  }

  @Test
  void clientsOfLegacyWriteBothPartsBeforeAndAfterTheCopy() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.install();
    bench.run(
        "UPDATE users SET bio = 'early' WHERE id = 1",
        "UPDATE users SET bio = NULL WHERE id = 2",
        "DELETE FROM orders WHERE id = 4",
        "DELETE FROM users WHERE id = 4",
        "INSERT INTO users (id, name) VALUES (50, 'no part')",
        "INSERT INTO users (id, name, site) VALUES (51, 'part', 'x')");
    assertThat(bench.rows("SELECT * FROM profiles ORDER BY user_id"))
        .as("each part comes when it is touched, and no other")
        .containsExactly("1|early|~", "51|~|x");
    bench.backfill();
    agree(bench);
    assertThat(bench.one("SELECT count(*) FROM profiles")).isEqualTo("20");
    bench.run(
        "UPDATE users SET bio = 'late' WHERE id = 3",
        "UPDATE users SET site = NULL, bio = NULL WHERE id = 8",
        "UPDATE users SET id = 60 WHERE id = 51",
        "UPDATE users SET name = 'new' WHERE id = 6");
    assertThat(canonical(bench, 3)).isEqualTo("n3|3|late|~");
    assertThat(canonical(bench, 8)).isEqualTo("n8|~|~|~");
    assertThat(canonical(bench, 51)).isEqualTo("none");
    assertThat(canonical(bench, 60)).isEqualTo("part|60|~|x");
    assertThat(canonical(bench, 6)).isEqualTo("new|6|b6|~");
    agree(bench);
  }

  /** Who finds the row's relation open may count on the part's: both open at once or neither. */
  @Test
  void aVerificationThatStopsHalfwayOpensNeitherPart() throws Exception {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.install();
    bench.backfill();
    try (var holder = bench.connect("holder");
        var statement = holder.createStatement()) {
      statement.execute("BEGIN; LOCK TABLE profiles IN SHARE MODE");
      var impatient =
          new LockLadder(
              Duration.ofMillis(20),
              Duration.ofMillis(20),
              Duration.ofMillis(100),
              ErrorCode.LOCK_NOT_ACQUIRED);
      assertThatThrownBy(() -> new Verify(impatient).run(bench.context(Phase.VERIFY)))
          .extracting(e -> ((RubiconException) e).code())
          .isEqualTo(ErrorCode.LOCK_NOT_ACQUIRED);
      assertThatThrownBy(() -> bench.run("INSERT INTO app_users (label) VALUES ('early')"))
          .hasMessageContaining("app_users is not filled yet");
    }
    agree(bench);
    bench.run("INSERT INTO app_users (label) VALUES ('in time')");
    agree(bench);
  }

  @Test
  void clientsOfCanonicalWriteEachPartByItself() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.toVerified();
    bench.cutover();
    bench.run(
        "INSERT INTO app_users (id, label) VALUES (70, 'x')",
        "INSERT INTO profiles VALUES (70, 'about x', NULL)",
        "WITH u AS (INSERT INTO app_users (label) VALUES ('y') RETURNING id)"
            + " SELECT count(*) FROM u",
        "WITH u AS (INSERT INTO app_users (id, label) VALUES (71, 'z'), (72, 'q'))"
            + " INSERT INTO profiles VALUES (72, 'both', 'at once')",
        "UPDATE profiles SET about = 'changed' WHERE user_id = 2",
        "DELETE FROM profiles WHERE user_id = 4",
        "INSERT INTO profiles VALUES (5, 'five', 'www')",
        "UPDATE app_users SET label = 'six' WHERE id = 6",
        "DELETE FROM orders WHERE id = 8",
        "DELETE FROM app_users WHERE id = 8",
        "UPDATE profiles SET user_id = 7 WHERE user_id = 10");
    assertThat(legacy(bench, 70)).isEqualTo("x|about x|~");
    assertThat(legacy(bench, 41)).isEqualTo("y|~|~");
    assertThat(legacy(bench, 71)).isEqualTo("z|~|~");
    assertThat(legacy(bench, 72)).isEqualTo("q|both|at once");
    assertThat(legacy(bench, 2)).isEqualTo("n2|changed|~");
    assertThat(legacy(bench, 4)).isEqualTo("n4|~|~");
    assertThat(legacy(bench, 5)).isEqualTo("n5|five|www");
    assertThat(legacy(bench, 6)).isEqualTo("six|b6|~");
    assertThat(legacy(bench, 8)).isEqualTo("none");
    assertThat(legacy(bench, 7)).isEqualTo("n7|b10|~");
    assertThat(legacy(bench, 10)).isEqualTo("n10|~|~");
    agree(bench);
    bench.rollback();
    agree(bench);
    bench.run(
        "UPDATE users SET bio = 'back' WHERE id = 70", "UPDATE users SET bio = NULL WHERE id = 5");
    assertThat(canonical(bench, 70)).isEqualTo("x|70|back|~");
    assertThat(canonical(bench, 5)).isEqualTo("n5|5|~|www");
    agree(bench);
    bench.cutover();
    bench.contract();
    assertThat(bench.one("SELECT to_regclass('users')")).isEqualTo("~");
    assertThat(bench.one("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!rubicon%'"))
        .isEqualTo("0");
    bench.run("INSERT INTO app_users (label) VALUES ('after')");
  }

  /** A part that holds nothing does not show in legacy; it is there all the same. */
  @Test
  void anEmptyPartStays() {
    Bench bench = byColumns(LegacyName.VIEW);
    bench.toVerified();
    bench.cutover();
    bench.run("INSERT INTO profiles VALUES (1, NULL, NULL)");
    agree(bench);
    bench.run("UPDATE users SET name = 'via view' WHERE id = 1");
    assertThat(canonical(bench, 1)).isEqualTo("via view|1|~|~");
    bench.rollback();
    agree(bench);
    bench.run("UPDATE users SET site = 'now' WHERE id = 1");
    assertThat(canonical(bench, 1)).isEqualTo("via view|1|~|now");
    agree(bench);
  }

  /** What a foreign key between the parts forbids stays forbidden: no part is lost on the way. */
  @Test
  void aForeignKeyBetweenThePartsHolds() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.toVerified();
    bench.cutover();
    bench.run(
        "ALTER TABLE profiles DROP CONSTRAINT profiles_user_id_fkey",
        "ALTER TABLE profiles ADD FOREIGN KEY (user_id) REFERENCES app_users (id)",
        "DELETE FROM orders WHERE id IN (1, 2)");
    assertThatThrownBy(() -> bench.run("DELETE FROM app_users WHERE id = 2"))
        .hasMessageContaining("profiles");
    assertThat(canonical(bench, 2)).isEqualTo("n2|2|b2|~");
    assertThat(legacy(bench, 2)).isEqualTo("n2|b2|~");
    bench.run("DELETE FROM app_users WHERE id = 1");
    assertThatThrownBy(() -> bench.run("INSERT INTO profiles VALUES (999, 'x', NULL)"))
        .hasMessageContaining("has no row of which this one in profiles could be a part");
    agree(bench);
    bench.run("TRUNCATE users CASCADE");
    assertThat(bench.one("SELECT count(*) FROM app_users")).isEqualTo("0");
    assertThat(bench.one("SELECT count(*) FROM profiles")).isEqualTo("0");
    agree(bench);
  }

  /** The foreign key has taken the part along before the part's own event tells of the new key. */
  @Test
  void aPartFollowsTheKeyOfItsRowInEveryIsolationLevel() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.toVerified();
    bench.run("DELETE FROM orders", "UPDATE profiles SET about = 'own', site = 'www'");
    int id = 2;
    for (String level : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
      bench.run(
          "ALTER TABLE profiles ADD IF NOT EXISTS mine text",
          "UPDATE profiles SET mine = 'stays'",
          "BEGIN ISOLATION LEVEL " + level,
          "UPDATE users SET id = id + 100, site = 'new' WHERE id = " + id,
          "UPDATE users SET id = id + 100, bio = NULL, site = NULL WHERE id = " + (id + 2),
          "COMMIT");
      assertThat(canonical(bench, id + 100)).isEqualTo("n" + id + "|" + (id + 100) + "|own|new");
      assertThat(bench.one("SELECT mine FROM profiles WHERE user_id = " + (id + 100)))
          .isEqualTo("stays");
      assertThat(canonical(bench, id + 102)).isEqualTo("n" + (id + 2) + "|~|~|~");
      id += 4;
    }
    agree(bench);
  }

  /** The foreign key between the parts comes before canonical is open to clients. */
  @Test
  void aKeyChangesWhileTheCopyIsBeingVerified() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.run("DELETE FROM orders");
    bench.install();
    bench.backfill();
    bench.run(
        "ALTER TABLE profiles ADD CONSTRAINT profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES"
            + " app_users (id) ON UPDATE CASCADE ON DELETE CASCADE",
        "UPDATE users SET id = 102, site = 'new' WHERE id = 2",
        "DELETE FROM users WHERE id = 4");
    assertThat(canonical(bench, 102)).isEqualTo("n2|102|b2|new");
    agree(bench);
  }

  /** What down forgets of a part that nobody has written stays with legacy. */
  @Test
  void aPartWhoseRowGetsAnotherKeyIsNotDerivedAnew() {
    Bench bench =
        new Bench(
                "CREATE TABLE users (id int PRIMARY KEY, name text, bio text)",
                "INSERT INTO users VALUES (1, 'n1', 'word more words'), (2, 'n2', NULL)")
            .migration(
                "V1__split.sql",
                "CREATE TABLE app_users (id int PRIMARY KEY, name text); CREATE TABLE profiles (id"
                    + " int PRIMARY KEY, word text);")
            .migration("U1__split.sql", "DROP TABLE profiles; DROP TABLE app_users;")
            .shadow(
                "public.users",
                new Shadow("public.app_users", Optional.empty(), LegacyName.KEEP, List.of()))
            .shadow(
                "public.users",
                new Shadow(
                    "public.profiles",
                    Optional.empty(),
                    LegacyName.KEEP,
                    List.of(
                        new ForeignKey(
                            "whose",
                            "FOREIGN KEY (id) REFERENCES app_users (id) ON UPDATE CASCADE")),
                    Optional.of("bio IS NOT NULL"),
                    Optional.empty(),
                    PartOf.LEGACY),
                map("word", "", "split_part(bio, ' ', 1)", Map.of("bio", "word")));
    bench.toVerified();
    bench.run("UPDATE app_users SET id = 3 WHERE id = 1");
    assertThat(bench.rows("SELECT * FROM users ORDER BY id"))
        .containsExactly("2|n2|~", "3|n1|word more words");
    bench.run("UPDATE profiles SET id = 2 WHERE id = 3");
    assertThat(bench.rows("SELECT * FROM users ORDER BY id"))
        .containsExactly("2|n2|word", "3|n1|~");
    agree(bench);
  }

  /** The look for a row out of sight must not try to make a part that never was. */
  @Test
  void aRowWithoutPartMayGoInEveryIsolationLevel() throws Exception {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.toVerified();
    bench.run("DELETE FROM orders WHERE id < 4");
    for (String level : List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")) {
      bench.run(
          "BEGIN ISOLATION LEVEL " + level,
          "DELETE FROM users WHERE id = 1",
          "UPDATE users SET id = 90 WHERE id = 3",
          "COMMIT",
          "INSERT INTO users (id, name) VALUES (1, 'n1')",
          "UPDATE users SET id = 3 WHERE id = 90");
    }
    agree(bench);
  }

  @Test
  void truncatedPartsAreEmptied() {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.toVerified();
    bench.cutover();
    bench.run("TRUNCATE profiles");
    assertThat(bench.one("SELECT count(*) FROM users WHERE bio IS NOT NULL OR site IS NOT NULL"))
        .isEqualTo("0");
    assertThat(bench.one("SELECT count(*) FROM users")).isEqualTo("40");
    agree(bench);
  }

  /** Somebody holds one of the two for a while: legacy's clients hear nothing of it. */
  @Test
  void anAbortThatHasToWaitBetweenThePartsRefusesNobody() throws Exception {
    Bench bench = byColumns(LegacyName.KEEP);
    bench.toVerified();
    bench.run("DELETE FROM orders");
    try (var holder = bench.connect("holder");
        var statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM profiles");
      var abort = CompletableFuture.supplyAsync(bench::abort);
      Bench.until(() -> bench.notes.stream().anyMatch(n -> n.contains("holder")));
      bench.run(
          "UPDATE users SET id = 102 WHERE id = 2",
          "DELETE FROM users WHERE id = 4",
          "INSERT INTO users (id, name, bio) VALUES (104, 'n', 'b')");
      holder.rollback();
      abort.join();
    }
    assertThat(legacy(bench, 102)).isEqualTo("n2|b2|~");
  }

  @Test
  void abortLeavesNothingBehind() {
    Bench bench = byColumns(LegacyName.KEEP);
    String before = bench.fingerprint();
    bench.toVerified();
    bench.abort();
    assertThat(bench.fingerprint()).isEqualTo(before);
  }
}
