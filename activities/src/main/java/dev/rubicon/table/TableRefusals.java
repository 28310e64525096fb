package dev.rubicon.table;

import static dev.rubicon.table.Naming.unsupported;

/** Relations that no transition of any kind can keep in step. */
public final class TableRefusals {
  private TableRefusals() {}

  /**
   * @param needs what the kind of transition needs instead
   */
  public static void table(TableShape table, String needs) {
    String name = table.name().toString();
    if (!table.kind().equals("r") && !table.kind().equals("p")) {
      throw unsupported(name + " is not a table", needs);
    }
    if (table.inherits()) {
      throw unsupported(
          name + " takes part in inheritance or is a partition",
          "name the partitioned table itself; plain inheritance is not supported");
    }
    if (table.subscribed()) {
      throw unsupported(
          name + " is filled by a logical subscription", "roll out on the publisher instead");
    }
  }
}
