package dev.rubicon.report;

import dev.rubicon.catalog.definition.ColumnDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What became of each table.
 *
 * @param tables all of them, sorted by name
 */
public record SchemaChange(List<TableChange> tables) {
  public SchemaChange {
    tables = List.copyOf(tables);
  }

  /** What became of one thing. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED,
    SAME
  }

  /**
   * @param before definition; empty when added
   * @param after definition; empty when removed
   */
  public record Item(String name, Kind kind, String before, String after, String comment) {

    String definition() {
      return kind == Kind.REMOVED ? before : after;
    }

    /** Of a column: its type. */
    String type() {
      return ColumnDefinition.parse(definition()).type();
    }
  }

  /**
   * @param objects constraints, indexes, triggers, policies
   */
  public record TableChange(String name, Kind kind, List<Item> columns, List<Item> objects) {
    public TableChange {
      columns = List.copyOf(columns);
      objects = List.copyOf(objects);
    }

    boolean changed() {
      return kind != Kind.SAME;
    }
  }

  static SchemaChange between(SchemaModel before, SchemaModel after) {
    var names = new TreeSet<String>(before.tables().keySet());
    names.addAll(after.tables().keySet());
    var tables = new ArrayList<TableChange>();
    for (String name : names) {
      SchemaModel.Table old = before.tables().get(name);
      SchemaModel.Table now = after.tables().get(name);
      SchemaModel.Table left = old == null ? SchemaModel.Table.empty(name) : old;
      SchemaModel.Table right = now == null ? SchemaModel.Table.empty(name) : now;
      var comments = new TreeMap<>(left.comments());
      comments.putAll(right.comments());
      List<Item> columns = items(left.columns(), right.columns(), comments);
      List<Item> objects = items(left.objects(), right.objects(), Map.of());
      tables.add(new TableChange(name, kind(old, now, columns, objects), columns, objects));
    }
    return new SchemaChange(tables);
  }

  private static Kind kind(
      SchemaModel.Table old, SchemaModel.Table now, List<Item> columns, List<Item> objects) {
    if (old == null) {
      return Kind.ADDED;
    }
    if (now == null) {
      return Kind.REMOVED;
    }
    boolean same =
        columns.stream().allMatch(item -> item.kind == Kind.SAME)
            && objects.stream().allMatch(item -> item.kind == Kind.SAME);
    return same ? Kind.SAME : Kind.CHANGED;
  }

  private static List<Item> items(
      Map<String, String> before, Map<String, String> after, Map<String, String> comments) {
    var names = new TreeSet<String>(before.keySet());
    names.addAll(after.keySet());
    var items = new ArrayList<Item>();
    for (String name : names) {
      String old = before.get(name);
      String now = after.get(name);
      Kind kind =
          old == null
              ? Kind.ADDED
              : now == null ? Kind.REMOVED : old.equals(now) ? Kind.SAME : Kind.CHANGED;
      items.add(
          new Item(
              name,
              kind,
              old == null ? "" : old,
              now == null ? "" : now,
              comments.getOrDefault(name, "")));
    }
    return items;
  }

  List<TableChange> changed() {
    return tables.stream().filter(TableChange::changed).toList();
  }
}
