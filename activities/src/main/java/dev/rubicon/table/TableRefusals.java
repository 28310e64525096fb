package dev.rubicon.table;

import static dev.rubicon.table.Naming.unsupported;

import java.util.stream.Stream;

/** Relations that no transition of any kind can keep in step. */
public final class TableRefusals {
  private TableRefusals() {}

  /** Ends the bodies of the engine's functions, in which the relation's names stand. */
  private static final String OUR_QUOTE = "$rubicon$";

  /**
   * @param needs what the kind of transition needs instead
   */
  public static void table(TableShape table, String needs) {
    String name = table.name().toString();
    Stream.concat(
            Stream.of(table.name().schema(), table.name().name()),
            table.columns().stream().map(TableShape.Column::name))
        .forEach(TableRefusals::name);
    if (!table.kind().equals("r") && !table.kind().equals("p")) {
      throw unsupported(name + " is not a table", needs);
    }
    if (table.inherits()) {
      throw unsupported(
          name + " takes part in inheritance or is a partition",
          "name the partitioned table itself; plain inheritance is not supported");
    }
    table
        .foreignPartition()
        .ifPresent(
            partition -> {
              throw unsupported(
                  partition
                      + ", a partition of "
                      + name
                      + ", is a foreign table: no key can hold over the whole, and no trigger sees"
                      + " what is written on its server",
                  "ALTER TABLE "
                      + table.name().sql()
                      + " DETACH PARTITION "
                      + partition
                      + " until the rollout has ended, or make it a table of this database");
            });
    if (table.subscribed()) {
      throw unsupported(
          name + " is filled by a logical subscription", "roll out on the publisher instead");
    }
  }

  /** Of a relation or a column, in whichever shape. */
  public static String name(String name) {
    if (name.contains(OUR_QUOTE)) {
      throw unsupported(
          "the name " + name + " holds " + OUR_QUOTE + ", the quote of Rubicon's own functions",
          "rename it, then: rubicon plan");
    }
    return name;
  }
}
