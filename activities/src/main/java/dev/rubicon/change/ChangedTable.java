package dev.rubicon.change;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.TableShape;
import java.util.Map;

/**
 * A table that is built anew.
 *
 * @param built its name until the cutover
 * @param types columns that get another type
 */
record ChangedTable(TableShape shape, RelationName built, Map<String, NewType> types) {

  RelationName name() {
    return shape.name();
  }

  long oid() {
    return shape.oid();
  }
}
