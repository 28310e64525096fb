package dev.rubicon.oracle;

import dev.rubicon.oracle.MappedColumns.Derivation;
import dev.rubicon.oracle.Shape.Change;
import dev.rubicon.oracle.Shape.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Row for row: what a shadow promises. A value is derived when what it reads has changed, and
 * otherwise stays as the other side wrote it.
 *
 * @param links per side, what it gets from the other
 */
record Pairing(Map<Side, Relation> relations, Map<Side, List<Derivation>> links) {

  static Pairing of(Relation legacy, Relation canonical, List<MappedColumns> columns) {
    return new Pairing(
        Map.of(Side.LEGACY, legacy, Side.CANONICAL, canonical),
        Map.of(
            Side.LEGACY,
            gets(columns, Side.LEGACY),
            Side.CANONICAL,
            gets(columns, Side.CANONICAL)));
  }

  private static List<Derivation> gets(List<MappedColumns> columns, Side side) {
    return columns.stream().flatMap(b -> b.to(side).stream()).toList();
  }

  List<Write> follows(Side from, Change change) {
    if (change.before().isEmpty()) {
      return List.of(insert(from, change.after().orElseThrow()));
    }
    if (change.after().isEmpty()) {
      return List.of(delete(from, change.before().get()));
    }
    return update(from, change.before().get(), change.after().get(), change.before().get(), false);
  }

  Write insert(Side from, Map<String, String> row) {
    Side to = from.other();
    return write(
        to,
        "INSERT INTO "
            + Op.HERE
            + " ("
            + Sql.quote(links.get(to).stream().map(Derivation::column).toList())
            + ") VALUES ("
            + links.get(to).stream()
                .map(l -> Sql.literal(l.value().apply(row)))
                .collect(Collectors.joining(", "))
            + ")");
  }

  Write delete(Side from, Map<String, String> row) {
    return write(from.other(), "DELETE FROM " + Op.HERE + where(from, row));
  }

  /**
   * What is derived again.
   *
   * @param at the row whose counterpart is written
   * @param all whether a value stays that nothing of has changed
   */
  List<Write> update(
      Side from,
      Map<String, String> before,
      Map<String, String> after,
      Map<String, String> at,
      boolean all) {
    var sets = new ArrayList<String>();
    for (Derivation link : links.get(from.other())) {
      if (all || link.changed(before, after)) {
        sets.add(Sql.quote(link.column()) + " = " + Sql.literal(link.value().apply(after)));
      }
    }
    return sets.isEmpty()
        ? List.of()
        : List.of(
            write(
                from.other(),
                "UPDATE " + Op.HERE + " SET " + String.join(", ", sets) + where(from, at)));
  }

  /** What the other side's trigger makes of what it is sent comes back. */
  List<Write> readBack(Side from, Change change, OwnersTrigger trigger) {
    var row = change.after().orElseThrow();
    var sent = new HashMap<String, String>();
    links.get(from.other()).stream()
        .filter(l -> change.before().isEmpty() || l.changed(change.before().get(), row))
        .forEach(l -> sent.put(l.column(), l.value().apply(row)));
    List<String> touched = trigger.changes(sent);
    var left = trigger.apply(sent);
    String sets =
        links.get(from).stream()
            .filter(l -> l.reads().stream().anyMatch(touched::contains))
            .map(l -> Sql.quote(l.column()) + " = " + Sql.literal(l.value().apply(left)))
            .collect(Collectors.joining(", "));
    Relation mine = relations.get(from);
    return sets.isEmpty()
        ? List.of()
        : List.of(
            write(
                from,
                "UPDATE "
                    + Op.HERE
                    + " SET "
                    + sets
                    + " WHERE "
                    + mine.key().stream()
                        .map(k -> Sql.quote(k) + " = " + Sql.literal(row.get(k)))
                        .collect(Collectors.joining(" AND "))));
  }

  /** The counterpart's columns, but for its key, are emptied. */
  Write clear(Side from, Map<String, String> row) {
    Relation to = relations.get(from.other());
    return write(
        from.other(),
        "UPDATE "
            + Op.HERE
            + " SET "
            + links.get(from.other()).stream()
                .map(Derivation::column)
                .filter(c -> !to.identity().contains(c))
                .map(c -> Sql.quote(c) + " = NULL")
                .collect(Collectors.joining(", "))
            + where(from, row));
  }

  /** The identity of the counterpart. */
  List<String> counterpart(Side from, Map<String, String> row) {
    return relations.get(from.other()).identity().stream()
        .map(c -> value(from.other(), c, row))
        .toList();
  }

  private String where(Side from, Map<String, String> row) {
    return " WHERE "
        + relations.get(from.other()).identity().stream()
            .map(c -> Sql.quote(c) + " = " + Sql.literal(value(from.other(), c, row)))
            .collect(Collectors.joining(" AND "));
  }

  private String value(Side to, String column, Map<String, String> row) {
    return links.get(to).stream()
        .filter(l -> l.column().equals(column))
        .findFirst()
        .orElseThrow()
        .value()
        .apply(row);
  }

  private Write write(Side side, String text) {
    return new Write(side, relations.get(side), text);
  }
}
