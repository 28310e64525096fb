package dev.rubicon.bundle.shape;

import dev.rubicon.runbook.change.Change;
import dev.rubicon.runbook.change.ColumnChange;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import dev.rubicon.yaml.Lists;

/** The short form of a transition. */
final class ChangeShape {
  private ChangeShape() {}

  static Decoder<Change> change() {
    return Lists.nonEmptyMap(Names.identifier(), column()).map(Change::new);
  }

  private static Decoder<ColumnChange> column() {
    var keys = new Keys();
    var type = keys.required("type", OneSql.type(), "SQL type that the column gets");
    var up =
        keys.optional(
            "up",
            OneSql.expression(),
            "SQL expression over the columns as they are; left out where every value stays what it"
                + " is");
    var down =
        keys.optional(
            "down", OneSql.expression(), "SQL expression over the columns as they become");
    return keys.into(
        v -> {
          if (v.has(up) != v.has(down)) {
            v.problem("has one of 'up' and 'down' without the other: say both, or neither");
          }
          return new ColumnChange(v.get(type), v.get(up), v.get(down));
        });
  }
}
