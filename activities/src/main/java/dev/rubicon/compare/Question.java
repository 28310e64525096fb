package dev.rubicon.compare;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which two relations are compared, and how. Columns go by the names that they have on the left.
 *
 * @param key columns that pair the rows; empty: the primary key of either side
 * @param unkeyed rows are not paired, whatever keys there are
 * @param columns to compare; empty: all
 * @param mapped columns to their names on the right, where those differ
 * @param casts columns to the type in which both sides are compared
 * @param where condition over the columns; both sides are read under it
 * @param jobs connections that read each side
 * @param mostRows that are named
 * @param values whether the values of those rows are told
 */
public record Question(
    Side left,
    Side right,
    List<String> key,
    boolean unkeyed,
    List<String> columns,
    Map<String, String> mapped,
    Map<String, String> casts,
    Optional<String> where,
    int jobs,
    int mostRows,
    boolean values) {
  public Question {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
    mapped = new LinkedHashMap<>(mapped);
    casts = new LinkedHashMap<>(casts);
  }

  /** A relation in a named database. */
  public record Side(Target target, RelationName relation) {
    @Override
    public String toString() {
      return target.name() + ":" + relation;
    }
  }

  /** Everything compared, rows paired by the primary key, no values shown. */
  public static Question of(Side left, Side right) {
    return new Question(
        left,
        right,
        List.of(),
        false,
        List.of(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        2,
        20,
        false);
  }

  /** What the right calls a column of the left. */
  String onTheRight(String column) {
    return mapped.getOrDefault(column, column);
  }

  /** One snapshot serves both sides. */
  boolean oneDatabase() {
    return left.target().url().equals(right.target().url())
        && left.target().user().equals(right.target().user());
  }
}
