package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.atLeastOne;
import static dev.rubicon.yaml.Lists.distinct;
import static dev.rubicon.yaml.Lists.list;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.KeyTable;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import java.util.List;

/** Tables for foreign keys to point at instead of a partitioned relation. */
final class KeyTablesShape {
  private KeyTablesShape() {}

  static Decoder<List<KeyTable>> keyTables() {
    var keys = new Keys();
    var table =
        keys.required(
            "table",
            Names.relation(),
            "which canonical has and a migration of expand creates, empty, with a key over the"
                + " columns");
    var relation =
        keys.required(
            "relation", Names.relation(), "'to' of a shadow transition, whose keys it holds");
    var columns =
        keys.required(
            "columns",
            distinct(atLeastOne(Names.identifier())),
            List.of(),
            "of the relation, called the same in the table");
    return Distinct.by(
        list(keys.into(v -> new KeyTable(v.get(table), v.get(relation), v.get(columns)))),
        "table",
        k -> RelationName.parse(k.table()).sql());
  }
}
