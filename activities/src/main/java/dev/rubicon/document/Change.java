package dev.rubicon.document;

import dev.rubicon.document.schema.DescribedColumn;
import dev.rubicon.document.schema.DescribedSchema;
import dev.rubicon.document.schema.DescribedTable;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A schema before and after.
 *
 * @param before empty where a database is described as it stands
 */
public record Change(Optional<DescribedSchema> before, DescribedSchema after) {

  /** Of a database as it stands. */
  public static Change none(DescribedSchema now) {
    return new Change(Optional.empty(), now);
  }

  /** From one state to the other. */
  public static Change between(DescribedSchema before, DescribedSchema after) {
    return new Change(Optional.of(before), after);
  }

  /** What became of one thing. */
  enum Kind {
    ADDED,
    REMOVED,
    CHANGED,
    SAME;

    String word() {
      return this == SAME ? "" : name().toLowerCase(java.util.Locale.ROOT);
    }

    static <T> Kind of(T old, T now, boolean same) {
      if (old == null) {
        return ADDED;
      }
      if (now == null) {
        return REMOVED;
      }
      return same ? SAME : CHANGED;
    }
  }

  /** A column on both sides, of which one may be missing. */
  record ColumnPair(Optional<DescribedColumn> before, Optional<DescribedColumn> after, Kind kind) {
    DescribedColumn shown() {
      return after.or(() -> before).orElseThrow();
    }
  }

  /** A constraint, an index …; a definition is empty where it is missing. */
  record ObjectPair(String name, String before, String after, Kind kind) {
    String shown() {
      return after.isEmpty() ? before : after;
    }
  }

  /** A relation on both sides, of which one may be missing. */
  record TablePair(
      Optional<DescribedTable> before,
      Optional<DescribedTable> after,
      Kind kind,
      List<ColumnPair> columns,
      List<ObjectPair> objects) {
    DescribedTable shown() {
      return after.or(() -> before).orElseThrow();
    }

    RelationName name() {
      return shown().name();
    }
  }

  /** Every relation of either side, by name. */
  List<TablePair> tables() {
    if (before.isEmpty()) {
      return after.tables().values().stream().map(t -> pair(t, t)).toList();
    }
    var names = new TreeSet<RelationName>(before.get().tables().keySet());
    names.addAll(after.tables().keySet());
    return names.stream()
        .map(name -> pair(before.get().tables().get(name), after.tables().get(name)))
        .toList();
  }

  private static TablePair pair(DescribedTable old, DescribedTable now) {
    Optional<DescribedTable> left = Optional.ofNullable(old);
    Optional<DescribedTable> right = Optional.ofNullable(now);
    List<ColumnPair> columns = columns(left, right);
    List<ObjectPair> objects = objects(left, right);
    boolean same =
        columns.stream().allMatch(c -> c.kind() == Kind.SAME)
            && objects.stream().allMatch(o -> o.kind() == Kind.SAME)
            && left.map(DescribedTable::kind).equals(right.map(DescribedTable::kind))
            // Nobody recorded the owner of one that was only planned.
            && (left.map(DescribedTable::owner).equals(right.map(DescribedTable::owner))
                || right.map(DescribedTable::owner).orElse("").isEmpty());
    return new TablePair(left, right, Kind.of(old, now, same), columns, objects);
  }

  private static List<ColumnPair> columns(
      Optional<DescribedTable> left, Optional<DescribedTable> right) {
    var old = left.map(DescribedTable::byName).orElse(java.util.Map.of());
    var now = right.map(DescribedTable::byName).orElse(java.util.Map.of());
    var pairs = new ArrayList<ColumnPair>();
    right.ifPresent(
        table ->
            table
                .columns()
                .forEach(
                    column -> {
                      DescribedColumn was = old.get(column.name());
                      pairs.add(
                          new ColumnPair(
                              Optional.ofNullable(was),
                              Optional.of(column),
                              Kind.of(was, column, was != null && was.means(column))));
                    }));
    left.ifPresent(
        table ->
            table.columns().stream()
                .filter(column -> !now.containsKey(column.name()))
                .forEach(
                    column ->
                        pairs.add(
                            new ColumnPair(Optional.of(column), Optional.empty(), Kind.REMOVED))));
    return List.copyOf(pairs);
  }

  private static List<ObjectPair> objects(
      Optional<DescribedTable> left, Optional<DescribedTable> right) {
    var names = new TreeSet<String>();
    left.ifPresent(table -> names.addAll(table.objects().keySet()));
    right.ifPresent(table -> names.addAll(table.objects().keySet()));
    return names.stream()
        .map(
            name -> {
              String old = left.map(t -> t.objects().get(name)).orElse(null);
              String now = right.map(t -> t.objects().get(name)).orElse(null);
              return new ObjectPair(
                  name,
                  old == null ? "" : old,
                  now == null ? "" : now,
                  Kind.of(old, now, old != null && old.equals(now)));
            })
        .toList();
  }
}
