package dev.rubicon.transition.shadow;

import static dev.rubicon.transition.Bench.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.transition.Bench;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Foreign keys onto a table that becomes partitioned by what its key does not hold. */
@Tag("slow")
class KeyTablesTest {
  private static final String KEYS =
      "key-tables: [{table: public.event_ids, relation: public.events, columns: [id]}]\n";

  private static Bench bench() {
    var bench =
        new Bench(
            "CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz NOT NULL, v text)",
            "INSERT INTO events SELECT g, '2026-01-15'::timestamptz + g % 3 * interval '1 month',"
                + " 'v' FROM generate_series(1, 300) g",
            "CREATE TABLE notes (id int PRIMARY KEY, event_id bigint CONSTRAINT notes_event"
                + " REFERENCES events ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TABLE links (id int PRIMARY KEY, event_id bigint NOT NULL CONSTRAINT"
                + " links_event REFERENCES events)",
            "INSERT INTO notes SELECT g, g FROM generate_series(1, 100) g",
            "INSERT INTO links SELECT g, 100 + g FROM generate_series(1, 100) g");
    bench.migration(
        "V1__events.sql",
        "CREATE TABLE public.events_next (id bigint, at timestamptz NOT NULL, v text, PRIMARY KEY"
            + " (id, at)) PARTITION BY RANGE (at);"
            + " CREATE TABLE public.events_2026_01 PARTITION OF public.events_next FOR VALUES FROM"
            + " ('2026-01-01') TO ('2026-02-01');"
            + " CREATE TABLE public.events_2026_02 PARTITION OF public.events_next FOR VALUES FROM"
            + " ('2026-02-01') TO ('2026-03-01');"
            + " CREATE TABLE public.events_rest PARTITION OF public.events_next DEFAULT;"
            + " CREATE TABLE public.event_ids (id bigint PRIMARY KEY);");
    bench.migration("U1__events.sql", "DROP TABLE public.events_next, public.event_ids;");
    return bench.shadow(
        "public.events",
        new Shadow("public.events", Optional.of("public.events_next"), LegacyName.HIDE, List.of()));
  }

  /** What a reader of the three tables sees must be what the keys promise. */
  private static void holds(Bench bench) {
    assertThat(
            bench.one(
                "SELECT count(*) FROM notes n LEFT JOIN events e ON e.id = n.event_id WHERE e.id IS"
                    + " NULL AND n.event_id IS NOT NULL"))
        .isEqualTo("0");
    assertThat(bench.one("SELECT count(*) FROM links l JOIN events e ON e.id = l.event_id"))
        .isEqualTo(bench.one("SELECT count(*) FROM links"));
  }

  private static void keysAgree(Bench bench, String canonical) {
    assertThat(
            bench.rows(
                "SELECT coalesce(k.id, e.id), k.id, e.id FROM event_ids k FULL JOIN "
                    + canonical
                    + " e USING (id) WHERE k.id IS NULL OR e.id IS NULL"))
        .isEmpty();
  }

  private static void refused(Bench bench, String sql, String state) {
    assertThatThrownBy(() -> bench.run(sql))
        .cause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as(sql).isEqualTo(state));
  }

  @Test
  void withoutATableItIsRefusedWithTheSqlThatWouldDoIt() {
    Bench bench = bench();
    assertThatThrownBy(bench::expand)
        .hasMessageContaining("foreign key links_event of public.links points at public.events")
        .hasMessageContaining("canonical is not unique over [id]")
        .isInstanceOfSatisfying(
            RubiconException.class,
            e ->
                assertThat(e.next())
                    .contains(
                        "{table: public.events_id, relation: public.events, columns: [id]}",
                        "CREATE TABLE \"public\".\"events_id\" (\"id\" bigint, PRIMARY KEY"
                            + " (\"id\"))"));
  }

  @Test
  void keysHoldOnBothSidesAfterTheCrossingBackAndAfterContract() {
    Bench bench = bench();
    bench.more = KEYS;
    bench.install();
    // Clients of legacy, while rows are still being copied.
    bench.run(
        "INSERT INTO events VALUES (1001, '2026-02-03', 'new')",
        "INSERT INTO notes VALUES (1001, 1001)",
        "DELETE FROM events WHERE id = 1",
        "UPDATE events SET id = 2002 WHERE id = 2",
        "UPDATE events SET at = '2027-01-01' WHERE id = 3");
    bench.backfill();
    bench.verify();
    keysAgree(bench, "events_next");
    assertThat(
            bench.rows(
                "SELECT conname, confrelid::regclass, convalidated FROM pg_constraint WHERE contype"
                    + " = 'f' AND conname LIKE '%\\_event' ORDER BY 1"))
        .containsExactly(
            "links_event|events|t",
            "notes_event|events|t",
            "rubicon_links_event|event_ids|t",
            "rubicon_notes_event|event_ids|t");
    // One statement that deletes what points and what is pointed at.
    bench.run(
        "INSERT INTO links VALUES (900, 1001)",
        "WITH l AS (DELETE FROM links WHERE event_id = 1001) DELETE FROM events WHERE id = 1001");
    assertThat(bench.one("SELECT count(*) FROM notes WHERE id = 1001")).isEqualTo("0");
    refused(bench, "DELETE FROM events WHERE id = 150", "23503");
    refused(bench, "INSERT INTO links VALUES (901, 99999)", "23503");
    bench.verify();

    bench.cutover();
    writes(bench, 3000);
    keysAgree(bench, "events");
    bench.verify();

    bench.rollback();
    holds(bench);
    refused(bench, "INSERT INTO links VALUES (902, 99999)", "23503");
    bench.run("DELETE FROM events WHERE id = 4", "INSERT INTO events VALUES (4004, now(), 'x')");
    keysAgree(bench, "events_next");

    bench.toVerifiedAgain();
    bench.cutover();
    bench.contract();
    writes(bench, 5000);
    keysAgree(bench, "events");
    assertThat(
            bench.rows(
                "SELECT conname, confrelid::regclass, condeferrable FROM pg_constraint WHERE"
                    + " contype = 'f' AND conname LIKE '%\\_event' ORDER BY 1"))
        .containsExactly("links_event|event_ids|f", "notes_event|event_ids|f");
    assertThat(bench.one("SELECT to_regnamespace('rubicon') IS NULL")).isEqualTo("t");
    refused(bench, "TRUNCATE events", "23503");
  }

  /** Clients of canonical; ids from {@code first} on are free. */
  private static void writes(Bench bench, int first) {
    bench.run(
        "INSERT INTO events VALUES (%1$d, '2026-01-20', 'a'), (%1$d + 1, '2030-01-20', 'b')"
            .formatted(first),
        "INSERT INTO notes VALUES (%1$d, %1$d), (%1$d + 1, %1$d + 1)".formatted(first),
        // To another partition: the same row, so its note stays.
        "UPDATE events SET at = '2026-02-20' WHERE id = %d".formatted(first));
    assertThat(bench.one("SELECT event_id FROM notes WHERE id = " + first)).isEqualTo("" + first);
    // Another key in the same partition: the note follows.
    bench.run("UPDATE events SET id = %1$d + 7 WHERE id = %1$d".formatted(first));
    assertThat(bench.one("SELECT event_id FROM notes WHERE id = " + first))
        .isEqualTo("" + (first + 7));
    refused(bench, "INSERT INTO events VALUES (%d, now(), 'twice')".formatted(first + 1), "23505");
    refused(
        bench,
        "INSERT INTO events VALUES (%1$d, '2026-01-01', 'x'), (%1$d, '2026-02-02', 'y')"
            .formatted(first + 9),
        "23505");
    refused(bench, "DELETE FROM events WHERE id = 160", "23503");
    refused(bench, "INSERT INTO links VALUES (%d, 99999)".formatted(first), "23503");
    bench.run("DELETE FROM events WHERE id = " + (first + 7));
    assertThat(bench.one("SELECT count(*) FROM notes WHERE id = " + first)).isEqualTo("0");
    holds(bench);
  }

  /** No index sees both: one of them is in another partition. */
  @Test
  void ofTwoClientsThatInsertOneKeyInDifferentPartitionsOneIsRefused() throws Exception {
    Bench bench = bench();
    bench.more = KEYS;
    bench.toVerified();
    bench.cutover();
    bench.contract();
    try (Connection one = bench.connect("one");
        Connection other = bench.connect("other");
        var first = one.createStatement();
        var second = other.createStatement()) {
      one.setAutoCommit(false);
      other.setAutoCommit(false);
      first.execute("INSERT INTO events VALUES (7000, '2026-01-20', 'a')");
      var waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  second.execute("INSERT INTO events VALUES (7000, '2026-02-20', 'b')");
                  return "inserted";
                } catch (SQLException e) {
                  return e.getSQLState();
                }
              });
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'other' AND"
                          + " wait_event_type = 'Lock'")
                  .equals("1"));
      one.commit();
      assertThat(waiting.get()).isEqualTo("23505");
      other.rollback();

      // A key that goes while another client brings it anew in another partition.
      first.execute("DELETE FROM events WHERE id = 7000");
      var again =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  second.execute("INSERT INTO events VALUES (7000, '2026-02-20', 'b')");
                  other.commit();
                  return "inserted";
                } catch (SQLException e) {
                  return e.getSQLState();
                }
              });
      until(
          () ->
              bench
                  .one(
                      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'other' AND"
                          + " wait_event_type = 'Lock'")
                  .equals("1"));
      one.commit();
      assertThat(again.get()).isEqualTo("inserted");
    }
    keysAgree(bench, "events");
  }

  @Test
  void anAbortTakesTheTableAndItsTriggersAway() {
    Bench bench = bench();
    bench.more = KEYS;
    bench.expand();
    bench.dualWrite();
    bench.backfill();
    bench.verify();
    bench.abort();
    assertThat(
            bench.rows(
                "SELECT to_regclass('event_ids'), to_regclass('events_next'),"
                    + " to_regproc('event_ids_keep'), (SELECT count(*) FROM pg_constraint WHERE"
                    + " contype = 'f')"))
        .containsExactly("~|~|~|2");
  }
}
