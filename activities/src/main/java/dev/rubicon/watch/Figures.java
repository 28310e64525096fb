package dev.rubicon.watch;

import dev.rubicon.check.CheckResult;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.sequence.SequenceState;
import dev.rubicon.table.Naming;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a round measures: where the fullest sequences stand, how many rows the largest tables have,
 * and what the runbook asks for.
 *
 * @param results how the runbook's own went: one that cannot be asked is an alert
 */
record Figures(Map<String, Double> values, List<CheckResult> results) {
  private static final int SEQUENCES = 20;
  private static final int ROWS = 20;

  /** Counters and estimates: nothing is locked, and nothing is read that is large. */
  private static final String TABLES =
      """
      SELECT schemaname || '.' || relname, n_live_tup FROM pg_stat_user_tables
      WHERE schemaname = ANY (?::text[]) ORDER BY n_live_tup DESC, relid LIMIT 10
      """;

  static Figures read(PhaseContext context, PgSession session, List<SequenceState> sequences) {
    var values = new LinkedHashMap<String, Double>();
    var results = new ArrayList<CheckResult>();
    // The owner's first: there is room for so many names.
    for (Runbook.Figure figure : context.runbook().watch().figures()) {
      context.progress().checkCancelled();
      long began = System.nanoTime();
      String failure = "";
      try {
        values.putAll(asked(context, session, figure));
      } catch (RubiconException e) {
        context.progress().checkCancelled();
        if (SqlFailure.lost(e)) {
          throw e;
        }
        failure = e.getMessage();
      }
      results.add(
          new CheckResult(
              "figure " + figure.name(),
              failure.isEmpty(),
              failure,
              (System.nanoTime() - began) / 1_000_000));
    }
    sequences.stream()
        .filter(sequence -> sequence.next().isPresent())
        .sorted(
            Comparator.comparingDouble(SequenceState::used)
                .reversed()
                .thenComparing(SequenceState::sequence))
        .limit(SEQUENCES)
        .forEach(
            sequence ->
                values.put(
                    "sequence " + sequence.sequence() + " next",
                    sequence.next().orElseThrow().doubleValue()));
    session.query(
        TABLES,
        row -> values.put("rows of " + row.getString(1), row.getDouble(2)),
        (Object) context.runbook().schemas().toArray(String[]::new));
    return new Figures(values, List.copyOf(results));
  }

  /** One number, or a name and a number in each row. */
  private static Map<String, Double> asked(
      PhaseContext context, PgSession session, Runbook.Figure figure) {
    return session.inTransaction(
        "BEGIN READ ONLY",
        () -> {
          session.execute(
              "SET LOCAL search_path = " + Naming.searchPath(context.runbook()) + ", pg_catalog");
          return session.read(figure.sql(), ROWS, rows -> numbers(figure, rows));
        });
  }

  private static Map<String, Double> numbers(Runbook.Figure figure, ResultSet rows)
      throws SQLException {
    int width = rows.getMetaData().getColumnCount();
    var numbers = new LinkedHashMap<String, Double>();
    while (rows.next()) {
      double number = rows.getDouble(width);
      if (!rows.wasNull()) {
        numbers.put(figure.name() + (width > 1 ? " " + rows.getString(1) : ""), number);
      }
    }
    return numbers;
  }
}
