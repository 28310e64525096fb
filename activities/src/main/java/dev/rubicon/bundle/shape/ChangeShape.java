package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Scalars.flag;

import dev.rubicon.runbook.change.ColumnChange;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import dev.rubicon.yaml.Lists;
import java.util.Map;

/** The short form of a transition. */
final class ChangeShape {
  private ChangeShape() {}

  static Decoder<Map<String, ColumnChange>> columns() {
    return Lists.nonEmptyMap(Names.identifier(), column());
  }

  private static Decoder<ColumnChange> column() {
    var keys = new Keys();
    var type = keys.optional("type", OneSql.type(), "SQL type that the column gets");
    var rename =
        keys.optional("rename", Names.identifier(), "name that the column gets, as in SQL");
    var nullable = keys.optional("nullable", flag(), "whether it may be NULL from then on");
    var fallback =
        keys.optional("default", OneSql.expression(), "SQL expression that becomes its default");
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
          if (!v.has(type) && !v.has(rename) && !v.has(nullable) && !v.has(fallback)) {
            v.problem("says nothing that changes: type, rename, nullable or default");
          }
          if (v.has(down) && !v.has(up)) {
            v.problem(down, "has 'down' without 'up': nothing would fill the column");
          }
          boolean both = v.has(type) || v.get(nullable).orElse(false);
          if (v.has(up) && !v.has(down) && both) {
            v.problem(up, "has 'up' without 'down': say how the old column is kept");
          }
          if (v.get(nullable).orElse(false) && !v.has(down)) {
            v.problem(nullable, "needs 'up' and 'down': what the old column gets for NULL");
          }
          return new ColumnChange(
              v.get(type), v.get(rename), v.get(nullable), v.get(fallback), v.get(up), v.get(down));
        });
  }
}
