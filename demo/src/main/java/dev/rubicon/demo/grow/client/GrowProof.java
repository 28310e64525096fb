package dev.rubicon.demo.grow.client;

import dev.rubicon.demo.app.client.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the database holds of all that was acknowledged.
 *
 * @param lost rows that miss an acknowledged write
 * @param duplicated keys that two inserts were given
 * @param problems for people; keys only
 */
public record GrowProof(
    long acknowledged,
    long lost,
    long duplicated,
    Map<String, Long> refusals,
    List<String> problems) {
  private static final int MOST_PROBLEMS = 50;

  public GrowProof {
    problems = List.copyOf(problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
  }

  public boolean holds() {
    return lost == 0 && duplicated == 0;
  }

  static GrowProof of(GrowClients clients, List<Written> written) throws SQLException {
    var problems = new ArrayList<>(clients.journal().missing());
    long lost = problems.size();
    long duplicated = 0;
    var byStatement = new LinkedHashMap<String, List<Written>>();
    var keys = new HashSet<String>();
    for (Written row : written) {
      byStatement.computeIfAbsent(row.operation.read(), _ -> new ArrayList<>()).add(row);
      if (!keys.add(row.toString())) {
        duplicated++;
        problems.add(row + ": given to two inserts");
      }
    }
    try (Connection connection = clients.database().connect("grow-proof")) {
      for (var rows : byStatement.entrySet()) {
        Map<Long, String> found = read(connection, rows.getKey(), rows.getValue());
        for (Written row : rows.getValue()) {
          String value = found.get(row.id);
          if (value == null || !row.holds(value)) {
            lost++;
            problems.add(row + (value == null ? ": gone" : ": another value than acknowledged"));
          }
        }
      }
    }
    return new GrowProof(
        clients.journal().acknowledged(), lost, duplicated, clients.journal().refusals(), problems);
  }

  private static Map<Long, String> read(Connection connection, String sql, List<Written> rows)
      throws SQLException {
    var keys = connection.createArrayOf("bigint", rows.stream().map(row -> row.id).toArray());
    var found = new HashMap<Long, String>();
    Jdbc.query(connection, sql, r -> found.put(r.getLong(1), r.getString(2)), keys);
    return found;
  }
}
