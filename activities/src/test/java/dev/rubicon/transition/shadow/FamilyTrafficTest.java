package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.ForeignKey;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A split, a merge and random keys under clients of both sides, in all three isolation levels,
 * through copy, crossing, way back and crossing again. Each user is one client's, who keeps what
 * was acknowledged to it: the name, and the part or that there is none.
 */
@Turn
@Timeout(300)
@Tag("slow")
class FamilyTrafficTest {
  private static final int USERS = 1_200;
  private static final int CLIENTS = 4;
  private static final List<String> LEVELS =
      List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");
  private static final Set<String> DOCUMENTED = Set.of("40001", "40P01");

  /** How one side writes, with the parameters name, bio and id, and shows, a user. */
  private record Words(
      String rename, String removePart, String addPart, String changePart, String show) {}

  private static final Words TWO_LEGACY =
      new Words(
          "UPDATE users SET name = ? WHERE id = ?",
          "DELETE FROM profiles WHERE user_id = ?",
          "INSERT INTO profiles (bio, user_id) VALUES (?, ?)",
          "UPDATE profiles SET bio = ? WHERE user_id = ?",
          "SELECT id, name, bio FROM users LEFT JOIN profiles ON user_id = id");
  private static final Words ONE_LEGACY =
      new Words(
          "UPDATE users SET name = ? WHERE id = ?",
          "UPDATE users SET bio = NULL WHERE id = ?",
          "UPDATE users SET bio = ? WHERE id = ?",
          "UPDATE users SET bio = ? WHERE id = ?",
          "SELECT id, name, bio FROM users");
  private static final Words TWO_CANONICAL =
      new Words(
          "UPDATE app_users SET name = ? WHERE id = ?",
          "DELETE FROM app_profiles WHERE user_id = ?",
          "INSERT INTO app_profiles (bio, user_id) VALUES (?, ?)",
          "UPDATE app_profiles SET bio = ? WHERE user_id = ?",
          "SELECT id, name, bio FROM app_users LEFT JOIN app_profiles ON user_id = id");
  private static final Words ONE_CANONICAL =
      new Words(
          "UPDATE app_users SET name = ? WHERE id = ?",
          "UPDATE app_users SET bio = NULL WHERE id = ?",
          "UPDATE app_users SET bio = ? WHERE id = ?",
          "UPDATE app_users SET bio = ? WHERE id = ?",
          "SELECT id, name, bio FROM app_users");

  /** Clients of canonical know users by a code: their keys are random. */
  private static final Words BY_CODE =
      new Words(
          "UPDATE app_users SET name = ? WHERE code = ?",
          "DELETE FROM app_profiles USING app_users u WHERE user_id = u.id AND u.code = ?",
          "INSERT INTO app_profiles (bio, user_id) SELECT ?, id FROM app_users WHERE code = ?",
          "UPDATE app_profiles SET bio = ? FROM app_users u WHERE user_id = u.id AND u.code = ?",
          "SELECT code, name, bio FROM app_users LEFT JOIN app_profiles ON user_id = id");

  enum Shape {
    SPLIT(ONE_LEGACY, TWO_CANONICAL),
    MERGE(TWO_LEGACY, ONE_CANONICAL),
    MAPPED(TWO_LEGACY, BY_CODE);

    private final Words legacy;
    private final Words canonical;

    Shape(Words legacy, Words canonical) {
      this.legacy = legacy;
      this.canonical = canonical;
    }

    private Bench bench() {
      return switch (this) {
        case SPLIT -> split();
        case MERGE -> merge();
        case MAPPED -> mapped();
      };
    }
  }

  private static Bench split() {
    return new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text, bio text)",
            "INSERT INTO users SELECT g, 'n0', CASE WHEN g % 2 = 0 THEN 'b0' END FROM"
                + " generate_series(1, "
                + USERS
                + ") g")
        .migration(
            "V1__s.sql",
            "CREATE TABLE app_users (id bigint PRIMARY KEY, name text);"
                + " CREATE TABLE app_profiles (user_id bigint PRIMARY KEY, bio text NOT NULL);")
        .migration("U1__s.sql", "DROP TABLE app_users; DROP TABLE app_profiles;")
        .shadow(
            "public.users",
            new Shadow("public.app_users", Optional.empty(), LegacyName.KEEP, List.of()))
        .shadow(
            "public.users",
            new Shadow(
                "public.app_profiles",
                Optional.empty(),
                LegacyName.KEEP,
                List.of(new ForeignKey("whose", "FOREIGN KEY (user_id) REFERENCES app_users (id)")),
                Optional.of("bio IS NOT NULL"),
                Optional.empty(),
                PartOf.LEGACY),
            map("user_id", "", "id", Map.of("id", "user_id")));
  }

  private static Bench merge() {
    return new Bench(
            "CREATE TABLE users (id int PRIMARY KEY, name text)",
            "CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users, bio text)",
            "INSERT INTO users SELECT g, 'n0' FROM generate_series(1, " + USERS + ") g",
            "INSERT INTO profiles SELECT g, 'b0' FROM generate_series(2, " + USERS + ", 2) g")
        .migration(
            "V1__m.sql", "CREATE TABLE app_users (id bigint PRIMARY KEY, name text, bio text);")
        .migration("U1__m.sql", "DROP TABLE app_users;")
        .shadow(
            "public.users",
            new Shadow("public.app_users", Optional.empty(), LegacyName.KEEP, List.of()))
        .shadow(
            "public.profiles",
            new Shadow(
                "public.app_users",
                Optional.empty(),
                LegacyName.KEEP,
                List.of(),
                Optional.empty(),
                Optional.of("bio IS NOT NULL"),
                PartOf.CANONICAL),
            map("id", "", "user_id", Map.of("user_id", "id")));
  }

  private static Bench mapped() {
    return new Bench(
            "CREATE TABLE users (id serial PRIMARY KEY, name text, code int UNIQUE)",
            "CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users, bio text)",
            "INSERT INTO users SELECT g, 'n0', g FROM generate_series(1, " + USERS + ") g",
            "INSERT INTO profiles SELECT g, 'b0' FROM generate_series(2, " + USERS + ", 2) g")
        .migration(
            "V1__u.sql",
            "CREATE TABLE app_users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, code"
                + " int UNIQUE);"
                + " CREATE TABLE app_profiles (user_id uuid PRIMARY KEY, bio text);")
        .migration("U1__u.sql", "DROP TABLE app_users; DROP TABLE app_profiles;")
        .shadow(
            "public.users",
            new Shadow("public.app_users", Optional.empty(), LegacyName.KEEP, List.of()),
            map("id", "", "mapped(id)", Map.of("id", "mapped(id)")))
        .shadow(
            "public.profiles",
            new Shadow(
                "public.app_profiles",
                Optional.empty(),
                LegacyName.KEEP,
                List.of(
                    new ForeignKey("whose", "FOREIGN KEY (user_id) REFERENCES app_users (id)"))),
            map(
                "user_id",
                "",
                "mapped(user_id, public.users)",
                Map.of("user_id", "mapped(user_id, public.users)")));
  }

  private final Map<Integer, String> acknowledged = new ConcurrentHashMap<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicBoolean open = new AtomicBoolean();
  private final AtomicLong writes = new AtomicLong();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final long seed = Long.getLong("rubicon.seed", System.nanoTime());

  @ParameterizedTest
  @EnumSource
  void nothingIsLostThereAndBack(Shape shape) throws Exception {
    System.err.println("FamilyTrafficTest: -Drubicon.seed=" + seed);
    Bench bench = shape.bench();
    bench.batchTarget = "5ms";
    for (int id = 1; id <= USERS; id++) {
      acknowledged.put(id, "n0|" + (id % 2 == 0 ? "b0" : "~"));
    }
    var clients = new ArrayList<Thread>();
    for (int c = 0; c < CLIENTS; c++) {
      int client = c;
      clients.add(Thread.ofPlatform().start(() -> write(bench, shape, client)));
    }
    bench.expand();
    step(bench::dualWrite);
    step(bench::backfill);
    step(bench::verify);
    open.set(true);
    step(bench::verify);
    step(bench::cutover);
    step(bench::verify);
    step(bench::rollback);
    step(bench::verify);
    step(bench::cutover);
    stop.set(true);
    for (Thread client : clients) {
      client.join();
    }
    assertThat(errors).as("seed " + seed).isEmpty();
    assertThat(bench.verify().mismatches()).isZero();
    List<String> expected =
        acknowledged.entrySet().stream().map(e -> e.getKey() + "|" + e.getValue()).toList();
    assertThat(bench.rows(shape.canonical.show()))
        .as("canonical, seed " + seed)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(bench.rows(shape.legacy.show()))
        .as("legacy, seed " + seed)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Each phase meets at least so many writes. */
  private void step(Runnable phase) {
    long from = writes.get();
    phase.run();
    while (writes.get() < from + 50 && errors.isEmpty()) {
      LockSupport.parkNanos(2_000_000);
    }
  }

  private void write(Bench bench, Shape shape, int client) {
    var draw = new Random(seed + client);
    try (var connection = bench.connect("client")) {
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.execute(
            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL "
                + LEVELS.get(client % LEVELS.size()));
        connection.commit();
      }
      for (int i = 1; !stop.get(); i++) {
        int id = 1 + client + CLIENTS * draw.nextInt(USERS / CLIENTS);
        Words words = open.get() && draw.nextBoolean() ? shape.canonical : shape.legacy;
        one(connection, words, draw.nextInt(3), id, client + "." + i);
      }
    } catch (SQLException | AssertionError e) {
      errors.add(e.toString());
    }
  }

  private void one(Connection connection, Words words, int what, int id, String value)
      throws SQLException {
    String[] known = acknowledged.get(id).split("\\|");
    boolean part = !known[1].equals("~");
    String name = what == 0 ? "n" + value : known[0];
    String bio = what == 0 ? known[1] : what == 1 && part ? "~" : "b" + value;
    String sql =
        what == 0
            ? words.rename()
            : bio.equals("~") ? words.removePart() : part ? words.changePart() : words.addPart();
    while (true) {
      try (var statement = connection.prepareStatement(sql)) {
        int at = 1;
        if (!bio.equals("~") || what == 0) {
          statement.setString(at++, what == 0 ? name : bio);
        }
        statement.setInt(at, id);
        int rows = statement.executeUpdate();
        connection.commit();
        assertThat(rows).as(sql + " of " + id).isOne();
        acknowledged.put(id, name + "|" + bio);
        writes.incrementAndGet();
        return;
      } catch (SQLException e) {
        connection.rollback();
        if (!DOCUMENTED.contains(e.getSQLState())) {
          throw e;
        }
      }
    }
  }
}
