package dev.rubicon.transition;

import static dev.rubicon.transition.Bench.map;
import static dev.rubicon.transition.Bench.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.runbook.LegacyColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Old and new clients write all the time, through install, backfill, verification, cutover,
 * rollback, cutover and contract. Each client keeps what was acknowledged to it; each key belongs
 * to one client, so its last acknowledged write is what must stand there.
 */
class LiveTrafficTest {
  private static final int ROWS = 4_000;

  /** One acknowledged state of a key, in the words of both sides. */
  private record Written(String claim, String config) {}

  private final Map<Long, Written> acknowledged = new ConcurrentHashMap<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong writes = new AtomicLong();
  private final List<String> errors = java.util.Collections.synchronizedList(new ArrayList<>());
  private volatile boolean canonicalThere;
  private volatile boolean legacyGone;

  @Test
  void noAcknowledgedWriteIsLostOnTheWayThroughAndBack() throws Exception {
    var bench =
        new Bench(
                """
                CREATE TABLE checks (id bigint PRIMARY KEY, claim_text text NOT NULL, aggregation jsonb,
                  diagnostics json, updated_at timestamptz DEFAULT now())
                """,
                """
                INSERT INTO checks (id, claim_text, aggregation, diagnostics)
                SELECT g, 'claim ' || g, jsonb_build_object('n', g), '{"gate_ok": true}'
                FROM generate_series(1, %d) g
                """
                    .formatted(ROWS))
            .transition(
                "public.checks",
                with(
                    map("claim", "text", "claim_text", Map.of("claim_text", "claim")),
                    null,
                    false,
                    null),
                map("config_json", "jsonb", "aggregation", Map.of("aggregation", "config_json")),
                map("gate_ok", "boolean", "(diagnostics->>'gate_ok')::boolean", Map.of()))
            .legacy("public.checks", "claim_text", LegacyColumn.Action.DROP)
            .legacy("public.checks", "aggregation", LegacyColumn.Action.ARCHIVE)
            .legacy("public.checks", "diagnostics", LegacyColumn.Action.KEEP);
    for (long id = 1; id <= ROWS; id++) {
      acknowledged.put(id, new Written("claim " + id, "{\"n\": " + id + "}"));
    }
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) {
      int client = i;
      threads.add(Thread.ofPlatform().start(() -> traffic(bench, client)));
    }
    await(50);
    bench.expand();
    bench.dualWrite();
    canonicalThere = true;
    var backfill = Thread.ofPlatform().start(bench::backfill);
    await(200);
    backfill.join();
    assertThat(bench.backfill().rows().get("public.checks")).isGreaterThanOrEqualTo(ROWS);
    for (int i = 0; i < 3; i++) {
      assertThat(bench.verify().mismatches()).isZero();
      await(50);
    }
    bench.cutover();
    await(200);
    bench.verify();
    bench.rollback();
    await(200);
    bench.verify();
    bench.cutover();
    await(200);
    bench.verify();
    legacyGone = true;
    await(100);
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(errors).isEmpty();
    var stands = new TreeMap<Long, Written>();
    var legacy = new TreeMap<Long, Written>();
    try (var connection = bench.connect("oracle");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT id, claim, config_json::text, claim_text, aggregation::text FROM checks")) {
      while (rows.next()) {
        stands.put(rows.getLong(1), new Written(rows.getString(2), rows.getString(3)));
        legacy.put(rows.getLong(1), new Written(rows.getString(4), rows.getString(5)));
      }
    }
    assertThat(stands).isEqualTo(new TreeMap<>(acknowledged));
    assertThat(legacy).isEqualTo(stands);
    assertThat(writes.get()).isGreaterThan(1_000);
    bench.contract();
    assertThat(bench.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'rubicon'")).isEmpty();
    assertThat(
            bench.rows(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'checks'::regclass AND attnum >"
                    + " 0 AND NOT attisdropped ORDER BY 1"))
        .containsExactly("claim", "config_json", "diagnostics", "gate_ok", "id", "updated_at");
    assertThat(bench.one("SELECT count(*) FROM rubicon_archive.\"public.checks.aggregation\""))
        .isEqualTo(Integer.toString(stands.size()));
    assertThat(bench.contract().actions()).hasSize(3);
  }

  private void await(int more) throws InterruptedException {
    long goal = writes.get() + more;
    long end = System.nanoTime() + 120_000_000_000L;
    while (writes.get() < goal) {
      assertThat(System.nanoTime()).as("traffic goes on").isLessThan(end);
      Thread.sleep(5);
    }
  }

  private void traffic(Bench bench, int client) {
    var random = new Random(client);
    boolean newStyle = client % 2 == 1;
    long next = 1_000_000L * (client + 1);
    var mine = new ArrayList<Long>();
    for (long id = client + 1L; id <= ROWS; id += 4) {
      mine.add(id);
    }
    try (Connection connection = bench.connect((newStyle ? "new" : "old") + client)) {
      while (!stop.get()) {
        boolean canonical = (newStyle && canonicalThere) || legacyGone;
        String claim = "c" + client + "-" + random.nextInt();
        String config = "{\"n\": " + random.nextInt(1_000_000) + "}";
        boolean insert = random.nextInt(4) == 0;
        long id = insert ? next++ : mine.get(random.nextInt(mine.size()));
        String c = canonical ? "claim" : "claim_text";
        String j = canonical ? "config_json" : "aggregation";
        String sql =
            insert
                ? "INSERT INTO checks (" + c + ", " + j + ", id) VALUES (?, ?::jsonb, ?)"
                : "UPDATE checks SET "
                    + c
                    + " = ?, "
                    + j
                    + " = ?::jsonb, updated_at = now() WHERE id = ?";
        boolean rollback = random.nextInt(10) == 0;
        connection.setAutoCommit(!rollback);
        try (var statement = connection.prepareStatement(sql)) {
          statement.setString(1, claim);
          statement.setString(2, config);
          statement.setLong(3, id);
          int touched = statement.executeUpdate();
          if (touched != 1) {
            errors.add(sql + " touched " + touched);
          }
          if (rollback) {
            connection.rollback();
          } else {
            acknowledged.put(id, new Written(claim, config));
            if (insert) {
              mine.add(id);
            }
            writes.incrementAndGet();
          }
        }
      }
    } catch (SQLException e) {
      errors.add(client + ": " + e.getSQLState() + " " + e.getMessage());
    }
  }
}
