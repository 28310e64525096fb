package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyName;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Old and new clients in all three isolation levels write through the whole way, there and back.
 * Each keeps what was acknowledged to it; each key belongs to one client.
 */
@Turn(3)
@Timeout(300)
@Tag("slow")
class ShadowTrafficTest {
  private static final int ROWS = 3_000;
  private static final int CLIENTS = 4;
  private static final List<String> LEVELS =
      List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");

  /** The four cases of docs/in-place.md and no fifth; 55P03 is asked for by no client here. */
  private static final Set<String> DOCUMENTED = Set.of("40001", "40P01");

  private final Map<Integer, String> acknowledged = new ConcurrentHashMap<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicBoolean open = new AtomicBoolean();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong again = new AtomicLong();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());

  private String canonicalTable = "app_users";
  private String canonicalColumn = "label";

  @Test
  void clientsOfBothNamesLoseNothingThereAndBack() throws Exception {
    rollout(
        new Bench(setup())
            .migration("V1__app_users.sql", partitioned("app_users", "label"))
            .migration("U1__app_users.sql", "DROP TABLE app_users;")
            .shadow(
                "public.users",
                new Shadow("public.app_users", Optional.empty(), LegacyName.KEEP, List.of()),
                map("label", "", "name", Map.of("name", "label"))));
  }

  /** The name that clients use changes hands under them: blocked statements find the new table. */
  @Test
  void clientsOfOneNameLoseNothingWhenItChangesHands() throws Exception {
    canonicalTable = "users";
    canonicalColumn = "name";
    Bench bench =
        new Bench(setup())
            .migration("V1__users.sql", partitioned("users_next", "name"))
            .migration("U1__users.sql", "DROP TABLE users_next;")
            .shadow(
                "public.users",
                new Shadow(
                    "public.users", Optional.of("public.users_next"), LegacyName.HIDE, List.of()));
    rollout(bench);
    assertThat(bench.one("SELECT relkind FROM pg_class WHERE oid = 'users'::regclass"))
        .isEqualTo("p");
    assertThat(bench.one("SELECT cut_over_at IS NOT NULL FROM rubicon.state")).isEqualTo("t");
  }

  private static String[] setup() {
    return new String[] {
      "CREATE TABLE users (id int PRIMARY KEY, name text, n int)",
      "INSERT INTO users SELECT g, 'v0', g FROM generate_series(1, " + ROWS + ") g"
    };
  }

  private static String partitioned(String name, String column) {
    return """
    CREATE TABLE %1$s (id bigint PRIMARY KEY, %2$s text, n int) PARTITION BY HASH (id);
    CREATE TABLE %1$s_0 PARTITION OF %1$s FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE %1$s_1 PARTITION OF %1$s FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    """
        .formatted(name, column);
  }

  private void rollout(Bench bench) throws Exception {
    bench.batchTarget = "20ms";
    for (int id = 1; id <= ROWS; id++) {
      acknowledged.put(id, "v0");
    }
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      threads.add(Thread.ofPlatform().start(() -> traffic(bench, client)));
    }
    await(100);
    bench.install();
    await(200);
    bench.backfill();
    bench.verify();
    open.set(true);
    for (int i = 0; i < 3; i++) {
      await(200);
      assertThat(bench.verify().mismatches()).isZero();
    }
    bench.cutover();
    await(300);
    bench.rollback();
    await(300);
    bench.verify();
    bench.cutover();
    await(300);
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(errors).isEmpty();
    assertThat(bench.verify().mismatches()).isZero();
    String id = bench.one("SELECT plan ->> 'id' FROM rubicon.transition");
    for (String query :
        List.of(
            "SELECT id, name FROM rubicon." + id + "_legacy",
            "SELECT id, " + canonicalColumn + " FROM rubicon." + id + "_canonical")) {
      assertThat(bench.rows(query))
          .as(query + ", " + writes + " writes, " + again + " tried again")
          .containsExactlyInAnyOrderElementsOf(
              acknowledged.entrySet().stream().map(e -> e.getKey() + "|" + e.getValue()).toList());
    }
  }

  /** Waits for so many more acknowledged writes. */
  private void await(int more) {
    long wanted = writes.get() + more;
    long end = System.nanoTime() + 60_000_000_000L;
    while (writes.get() < wanted && errors.isEmpty()) {
      assertThat(System.nanoTime()).as("clients write").isLessThan(end);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private void traffic(Bench bench, int client) {
    var random = new Random(client);
    int next = ROWS + 1 + client;
    try (Connection connection = bench.connect("client" + client)) {
      connection.setAutoCommit(false);
      while (!stop.get()) {
        boolean canonical = open.get() && random.nextBoolean();
        String level = LEVELS.get(random.nextInt(LEVELS.size()));
        int fresh = random.nextInt(4) == 0 ? next : 0;
        int id = fresh != 0 ? fresh : 1 + client + CLIENTS * random.nextInt(ROWS / CLIENTS);
        String value = client + "/" + writes.get();
        boolean delete = fresh == 0 && random.nextInt(5) == 0;
        String table = canonical ? canonicalTable : "users";
        String column = canonical ? canonicalColumn : "name";
        String sql =
            fresh != 0
                ? "INSERT INTO "
                    + table
                    + " (id, "
                    + column
                    + ") VALUES ("
                    + id
                    + ", '"
                    + value
                    + "')"
                : delete
                    ? "DELETE FROM " + table + " WHERE id = " + id
                    : "UPDATE " + table + " SET " + column + " = '" + value + "' WHERE id = " + id;
        try (var statement = connection.createStatement()) {
          statement.execute("SET TRANSACTION ISOLATION LEVEL " + level);
          if (random.nextInt(3) == 0) {
            statement.execute("SELECT count(*) FROM users WHERE id < 10"); // the snapshot ages
            Thread.sleep(random.nextInt(20));
          }
          int rows = statement.executeUpdate(sql);
          connection.commit();
          if (delete) {
            acknowledged.remove(id);
          } else if (rows == 1) {
            acknowledged.put(id, value);
          }
          if (fresh != 0) {
            next += CLIENTS;
          }
          writes.incrementAndGet();
        } catch (SQLException e) {
          connection.rollback();
          if (DOCUMENTED.contains(e.getSQLState())) {
            again.incrementAndGet();
          } else {
            errors.add(e.getSQLState() + " " + e.getMessage() + " [" + sql + "]");
            return;
          }
        }
      }
    } catch (SQLException | InterruptedException e) {
      errors.add(e.toString());
    }
  }
}
