package dev.rubicon.demo.owner.client;

import dev.rubicon.demo.app.client.Jdbc;
import dev.rubicon.demo.app.client.Side;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the database holds of all that was acknowledged, on every side that exists.
 *
 * @param lost rows, ledger rows and audit events that miss an acknowledged write
 * @param duplicated those there more often than they were written
 * @param problems the first of each kind, for people; ids only
 */
public record OwnerProof(
    long acknowledged,
    long lost,
    long duplicated,
    Map<String, Long> refusals,
    List<String> problems) {
  private static final int MOST_PROBLEMS = 50;

  public OwnerProof {
    problems = List.copyOf(problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
  }

  public boolean holds() {
    return lost == 0 && duplicated == 0;
  }

  static OwnerProof of(OwnerTraffic traffic) throws SQLException {
    try (Connection connection = traffic.database.connect("owner-proof")) {
      // All of it in one snapshot: other clients may go on.
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      var search = new Search(traffic, connection);
      for (Kind kind : Kind.ALL) {
        search.rows(kind);
      }
      search.counted(
          Kind.RUN,
          "quality_reports.score",
          "SELECT run_id, count(*) FROM public.quality_reports WHERE run_id = ANY (?) GROUP BY 1",
          false);
      search.counted(
          Kind.RUN,
          "cost_events.provider",
          "SELECT run_id, count(*) FROM public.cost_events WHERE run_id = ANY (?) GROUP BY 1",
          false);
      search.counted(Kind.SECRET, "audit_events.action", AUDIT, true);
      search.counted(Kind.PROJECT, "audit_events.action", AUDIT, true);
      connection.rollback();
      return new OwnerProof(
          traffic.journal.acknowledged(),
          search.lost + traffic.journal.missing().size(),
          search.duplicated,
          traffic.journal.refusals(),
          search.problems);
    }
  }

  private static final String AUDIT =
      """
      SELECT entity_id, count(*) FROM public.audit_events WHERE entity_id = ANY (?) GROUP BY 1\
      """;

  /** Collects while it reads. */
  private static final class Search {
    private final OwnerTraffic traffic;
    private final Connection connection;
    private final List<String> problems;
    private long lost;
    private long duplicated;

    Search(OwnerTraffic traffic, Connection connection) {
      this.traffic = traffic;
      this.connection = connection;
      this.problems = new ArrayList<>(traffic.journal.missing());
    }

    private record Found(UUID id, String value) {}

    void rows(Kind kind) throws SQLException {
      List<Row> rows = traffic.all(kind);
      int sides = 0;
      for (Side side : Side.values()) {
        Kind.Names names = kind.of(side);
        if (!OwnerTraffic.there(connection, names.at())) {
          continue;
        }
        sides++;
        var found = new HashMap<UUID, List<String>>();
        read(names.read(), rows)
            .forEach(f -> found.computeIfAbsent(f.id(), id -> new ArrayList<>()).add(f.value()));
        for (Row row : rows) {
          examine(side, row, found.getOrDefault(row.id, List.of()));
        }
      }
      if (sides == 0) {
        problems.add(kind.name() + ": neither side is there");
        lost += rows.size();
      }
    }

    private void examine(Side side, Row row, List<String> values) {
      String where = row.kind.name() + " " + row.id + " on the " + side + " side";
      if (values.isEmpty()) {
        if (row.certain()) {
          lost++;
          problems.add(where + ": gone");
        }
      } else if (values.size() > 1) {
        duplicated += values.size() - 1;
        problems.add(where + ": there " + values.size() + " times");
      } else if (!row.holds(values.getFirst())) {
        lost++;
        problems.add(where + ": another value than acknowledged");
      }
    }

    /**
     * @param audit one per write rather than one per row
     */
    void counted(Kind kind, String at, String sql, boolean audit) throws SQLException {
      if (!OwnerTraffic.there(connection, at)) {
        return;
      }
      List<Row> rows = traffic.all(kind);
      var counts = new HashMap<UUID, Long>();
      read(sql, rows).forEach(f -> counts.put(f.id(), Long.parseLong(f.value())));
      for (Row row : rows) {
        long count = counts.getOrDefault(row.id, 0L);
        long least = !row.certain() ? 0 : audit ? row.audited() : 1;
        long most = audit ? row.writes() : 1;
        if (count < least) {
          lost += least - count;
          problems.add(kind.name() + " " + row.id + ": " + at + " has " + count + " of " + least);
        } else if (count > most) {
          duplicated += count - most;
          problems.add(kind.name() + " " + row.id + ": " + at + " has " + count + ", not " + most);
        }
      }
    }

    private List<Found> read(String sql, List<Row> rows) throws SQLException {
      Array ids = connection.createArrayOf("uuid", rows.stream().map(row -> row.id).toArray());
      return Jdbc.query(
          connection, sql, row -> new Found(row.getObject(1, UUID.class), row.getString(2)), ids);
    }
  }
}
