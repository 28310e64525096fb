package dev.rubicon.transition.inplace.compile;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.table.TableRefusals;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.inplace.triggers.InPlaceSql;
import java.nio.charset.StandardCharsets;

/** What an in-place transition cannot keep in step, by name, with what the owner can do. */
final class InPlaceRefusals {
  private InPlaceRefusals() {}

  static void table(TableShape table) {
    String name = table.name().toString();
    TableRefusals.table(table, "an in-place transition needs a table");
    if (table.kind().equals("p") && table.key().isEmpty()) {
      throw unsupported(
          name + " is partitioned and has no key to walk along", "add a primary key first");
    }
    if (table.ofType()) {
      throw unsupported(
          name + " is a table of a composite type, to which no column can be added",
          "ALTER TABLE " + name + " NOT OF, or make it a shadow");
    }
    triggers(table);
  }

  /** Of the table, or of one of its partitions. */
  static void triggers(TableShape table) {
    String name = table.name().toString();
    for (TableShape.Trigger trigger : table.triggers()) {
      if (after(trigger.name(), InPlaceSql.SYNC_TRIGGER)) {
        throw unsupported(
            "trigger "
                + trigger.name()
                + " on "
                + name
                + " would run after Rubicon's and change what it derived",
            "rename it so that it sorts before '" + InPlaceSql.SYNC_TRIGGER + "'");
      }
    }
  }

  /** PostgreSQL fires triggers in byte order of their names. */
  private static boolean after(String name, String other) {
    return java.util.Arrays.compareUnsigned(
            name.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8))
        > 0;
  }

  /** In a BEFORE trigger a stored generated column has no value yet. */
  static void generated(TableShape table, CompiledExpression expression, String where) {
    for (CompiledExpression.Input input : expression.inputs()) {
      if (table.column(input.column()).filter(TableShape.Column::generated).isPresent()) {
        throw unsupported(
            where + " reads the generated column " + input.column(),
            "write the generation expression instead of the column");
      }
    }
  }
}
