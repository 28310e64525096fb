package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.column;
import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.KeyMap;
import dev.rubicon.transition.shadow.Source;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the map that {@code mapped(…)} in a runbook means, among the runbook's shadows. */
record KeyMaps(PgSession session, Runbook runbook) {

  private record Pair(String legacy, ColumnMapping canonical) {}

  /** The relation's own map, if one of its columns asks for it. */
  Optional<KeyMap> own(Runbook.Transition transition, TableShape legacy, TableShape canonical) {
    return pair(transition).map(pair -> map(pair, legacy, canonical));
  }

  private static Optional<Pair> pair(Runbook.Transition transition) {
    for (ColumnMapping mapping : transition.columns()) {
      Optional<KeyMap.Asked> asked = mapping.up().flatMap(KeyMap::asked);
      if (asked.isPresent() && asked.get().relation().isEmpty()) {
        return Optional.of(new Pair(column(asked.get().column()), mapping));
      }
    }
    return Optional.empty();
  }

  private KeyMap map(Pair pair, TableShape legacy, TableShape canonical) {
    String to = column(pair.canonical().name());
    for (TableShape side : List.of(legacy, canonical)) {
      String key = side == legacy ? pair.legacy() : to;
      if (side.key().size() != 1 || !side.key().getFirst().name().equals(key)) {
        throw unsupported(
            "mapped(): " + side.name() + "." + key + " is not the whole key of " + side.name(),
            "map single-column keys; other columns follow by expressions");
      }
    }
    var sequences = new Sequences(session, Map.of());
    return new KeyMap(
        Naming.id(legacy.name()),
        pair.legacy(),
        type(legacy, pair.legacy()),
        type(canonical, to),
        made(sequences, canonical, to),
        made(sequences, legacy, pair.legacy()));
  }

  private static String made(Sequences sequences, TableShape table, String column) {
    return sequences
        .next(table, column)
        .orElseThrow(
            () ->
                unsupported(
                    "mapped(): nothing makes a value of "
                        + table.name()
                        + "."
                        + column
                        + " for a row that the other side inserts",
                    "give it a sequence or a default"));
  }

  private static String type(TableShape table, String column) {
    return table.column(column).orElseThrow().type();
  }

  /** What the expression of a column means, if it is {@code mapped(…)}. */
  Optional<Source> source(
      String expression, String word, TableShape reads, Optional<KeyMap> own, String where) {
    Optional<KeyMap.Asked> asked = KeyMap.asked(expression);
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    String input = column(asked.get().column());
    if (reads.column(input).isEmpty()) {
      throw unsupported(
          where + ": " + reads.name() + " has no column " + input, "name a column that is there");
    }
    KeyMap map =
        asked.get().relation().isPresent()
            ? other(asked.get().relation().get(), where)
            : own.orElseThrow(
                () ->
                    unsupported(
                        where + ": no column of this transition has 'up: mapped(key)'",
                        "say so, or name the relation: mapped(column, schema.relation)"));
    return Optional.of(
        Source.mapped(
            input,
            new Source.Mapped(
                map.id(), word, word.equals("up") ? map.legacyType() : map.canonicalType())));
  }

  private KeyMap other(String relation, String where) {
    RelationName name = RelationName.parse(relation);
    return runbook.transitions().stream()
        .filter(t -> t.shadow().isPresent() && RelationName.parse(t.relation()).equals(name))
        .filter(t -> pair(t).isPresent())
        .findFirst()
        .map(
            t ->
                map(
                    pair(t).orElseThrow(),
                    TableShape.read(session, name),
                    TableShape.read(
                        session, RelationName.parse(t.shadow().orElseThrow().before()))))
        .orElseThrow(
            () ->
                unsupported(
                    where + ": no shadow of " + relation + " maps its key",
                    "give it a transition with 'up: mapped(key)', before this one"));
  }
}
