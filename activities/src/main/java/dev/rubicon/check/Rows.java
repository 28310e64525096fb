package dev.rubicon.check;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A result as text, compared with what the runbook expects. */
record Rows(List<String> columns, List<List<String>> cells) {

  static Rows read(ResultSet result) throws SQLException {
    int width = result.getMetaData().getColumnCount();
    var columns = new ArrayList<String>();
    for (int i = 1; i <= width; i++) {
      columns.add(result.getMetaData().getColumnLabel(i));
    }
    var rows = new ArrayList<List<String>>();
    while (result.next()) {
      var row = new ArrayList<String>();
      for (int i = 1; i <= width; i++) {
        row.add(result.getString(i));
      }
      rows.add(row);
    }
    return new Rows(columns, rows);
  }

  /** Whether rows of these columns can be those expected; of an answer it says nothing. */
  static Outcome fits(List<String> columns, List<List<String>> expected) {
    if (columns.isEmpty()) {
      return Outcome.failed("gives no rows");
    }
    return expected.isEmpty() || expected.getFirst().size() == columns.size()
        ? Outcome.ok()
        : Outcome.failed(columns.size() + " columns, expected " + expected.getFirst().size());
  }

  /** Says where it differs; values that were found stay out of it. */
  Outcome compare(List<List<String>> expected, Variables variables) {
    if (cells.size() > expected.size()) {
      return Outcome.failed("more rows than the " + expected.size() + " expected");
    }
    if (cells.size() < expected.size()) {
      return Outcome.failed(cells.size() + " rows, expected " + expected.size());
    }
    for (int r = 0; r < cells.size(); r++) {
      List<String> want = expected.get(r);
      if (want.size() != columns.size()) {
        return Outcome.failed(columns.size() + " columns, expected " + want.size());
      }
      for (int c = 0; c < want.size(); c++) {
        String cell = want.get(c) == null ? null : variables.resolve(want.get(c));
        if (!Objects.equals(cells.get(r).get(c), cell)) {
          return Outcome.failed(
              "row "
                  + (r + 1)
                  + ", column "
                  + columns.get(c)
                  + " is not "
                  + (want.get(c) == null ? "NULL" : "'" + want.get(c) + "'"));
        }
      }
    }
    return Outcome.ok();
  }
}
