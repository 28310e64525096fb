package dev.rubicon.demo.plant.client;

import dev.rubicon.demo.app.client.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the database holds of all that was acknowledged.
 *
 * @param lost rows that miss an acknowledged write
 * @param duplicated rows that are there more than once
 * @param problems for people; ids only
 */
public record PlantProof(
    long acknowledged,
    long lost,
    long duplicated,
    Map<String, Long> refusals,
    List<String> problems) {
  private static final int MOST_PROBLEMS = 50;

  public PlantProof {
    problems = List.copyOf(problems.subList(0, Math.min(MOST_PROBLEMS, problems.size())));
  }

  public boolean holds() {
    return lost == 0 && duplicated == 0;
  }

  static PlantProof of(PlantClients clients, List<Written> written) throws SQLException {
    var problems = new ArrayList<>(clients.journal().missing());
    long lost = problems.size();
    long duplicated = 0;
    try (Connection connection = clients.database().connect("plant-proof")) {
      for (Operation operation : Operation.ALL) {
        List<Written> rows = written.stream().filter(w -> w.operation == operation).toList();
        Map<String, List<String>> found = read(connection, operation, rows);
        for (Written row : rows) {
          List<String> values = found.getOrDefault(row.id, List.of());
          String where = operation.name() + " " + row.id;
          if (values.isEmpty() && row.certain()) {
            lost++;
            problems.add(where + ": gone");
          } else if (values.size() > 1) {
            duplicated += values.size() - 1;
            problems.add(where + ": there " + values.size() + " times");
          } else if (values.size() == 1 && !row.holds(values.getFirst())) {
            lost++;
            problems.add(where + ": another value than acknowledged");
          }
        }
      }
    }
    return new PlantProof(
        clients.journal().acknowledged(), lost, duplicated, clients.journal().refusals(), problems);
  }

  private static Map<String, List<String>> read(
      Connection connection, Operation operation, List<Written> rows) throws SQLException {
    record Found(String id, String value) {}
    var ids = connection.createArrayOf("text", rows.stream().map(row -> row.id).toArray());
    var found = new HashMap<String, List<String>>();
    for (Found row :
        Jdbc.query(
            connection, operation.read(), r -> new Found(r.getString(1), r.getString(2)), ids)) {
      found.computeIfAbsent(row.id(), _ -> new ArrayList<>()).add(String.valueOf(row.value()));
    }
    return found;
  }
}
