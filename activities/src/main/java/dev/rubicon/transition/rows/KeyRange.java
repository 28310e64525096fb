package dev.rubicon.transition.rows;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.table.KeyColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Ranges along a key of any number of columns and any type. */
public final class KeyRange {
  private static final SqlTemplate RANGE_END =
      SqlTemplate.of("transition/rows/sql/range_end.sql.ftl");

  private final String table;
  private final List<String> columns;
  private final List<String> types;

  public KeyRange(String table, List<KeyColumn> key) {
    this.table = table;
    this.columns = key.stream().map(k -> Identifiers.quote(k.name())).toList();
    this.types = key.stream().map(KeyColumn::type).toList();
  }

  /**
   * @param within conditions for the rows that may be of the range
   * @param rows that it has at most
   */
  private record RangeEnd(String table, List<String> key, List<String> within, int rows) {}

  /** Where a range that begins after {@code after} ends; empty at the table's, or the bound's. */
  public Optional<List<String>> upTo(
      PgSession session, Optional<List<String>> after, Optional<List<String>> bound, int rows) {
    var within = new ArrayList<String>();
    var arguments = new ArrayList<Object>();
    after.ifPresent(
        key -> {
          within.add(condition(">", ""));
          arguments.addAll(key);
        });
    bound.ifPresent(
        key -> {
          within.add(condition("<=", ""));
          arguments.addAll(key);
        });
    String sql = RANGE_END.render(new RangeEnd(table, columns, within, rows));
    return session.first(
        sql,
        row -> {
          var position = new ArrayList<String>();
          for (int i = 1; i <= columns.size(); i++) {
            position.add(row.getString(i));
          }
          return List.copyOf(position);
        },
        arguments.toArray());
  }

  /** The range's condition; its parameters are the values of both ends, in this order. */
  public String condition(boolean after, String alias) {
    return (after ? condition(">", alias) + " AND " : "") + condition("<=", alias);
  }

  /** The key's columns in order. */
  public String order(String alias) {
    return columns.stream().map(c -> alias + c).collect(Collectors.joining(", "));
  }

  /** What PostgreSQL would do for a batch. */
  public boolean scansSequentially(PgSession session) {
    String names = String.join(", ", columns);
    Optional<Object[]> first =
        session.first(
            "SELECT "
                + columns.stream().map(c -> c + "::text").collect(Collectors.joining(", "))
                + " FROM "
                + table
                + " ORDER BY "
                + names
                + " LIMIT 1",
            row ->
                IntStream.rangeClosed(1, columns.size())
                    .mapToObj(
                        i -> {
                          try {
                            return (Object) row.getString(i);
                          } catch (java.sql.SQLException e) {
                            throw dev.rubicon.postgres.SqlFailure.of(e);
                          }
                        })
                    .toArray());
    if (first.isEmpty()) {
      return false;
    }
    return session
        .query(
            "EXPLAIN SELECT "
                + names
                + " FROM "
                + table
                + " WHERE "
                + condition(">", "")
                + " ORDER BY "
                + names
                + " LIMIT 100",
            row -> row.getString(1),
            first.get())
        .stream()
        .anyMatch(line -> line.contains("Seq Scan"));
  }

  private String condition(String operator, String alias) {
    String left = columns.stream().map(c -> alias + c).collect(Collectors.joining(", "));
    String right = types.stream().map(t -> "?::text::" + t).collect(Collectors.joining(", "));
    return columns.size() == 1
        ? left + " " + operator + " " + right
        : "(" + left + ") " + operator + " (" + right + ")";
  }
}
