package dev.rubicon.report;

import dev.rubicon.catalog.definition.ConstraintDefinition;
import dev.rubicon.report.SchemaChange.Item;
import dev.rubicon.report.SchemaChange.TableChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A foreign key between two tables that are drawn. */
record ForeignKey(String name, String from, String to, SchemaChange.Kind kind) {
  static List<ForeignKey> among(List<TableChange> tables) {
    Map<String, String> known =
        tables.stream()
            .collect(Collectors.toMap(TableChange::name, TableChange::name, (a, b) -> a));
    var keys = new ArrayList<ForeignKey>();
    for (TableChange table : tables) {
      for (Item item : table.objects()) {
        if (item.name().startsWith("constraint ")) {
          ConstraintDefinition.parse(item.definition())
              .references()
              .map(to -> known.get(to.toString()))
              .ifPresent(
                  to ->
                      keys.add(
                          new ForeignKey(
                              item.name().substring("constraint ".length()),
                              table.name(),
                              to,
                              item.kind())));
        }
      }
    }
    return keys;
  }
}
