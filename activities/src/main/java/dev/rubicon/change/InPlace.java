package dev.rubicon.change;

import dev.rubicon.postgres.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is set on a table where it stands: defaults, and NOT NULL by a check that is validated
 * beside the clients, so that no lock lasts while rows are read.
 */
record InPlace(ChangedTable table) {

  /** A transaction of its own, with its way back. */
  record Migration(List<String> up, List<String> undo) {}

  List<Migration> migrations() {
    var migrations = new ArrayList<Migration>();
    for (Map.Entry<String, NewColumn> entry : table.columns().entrySet()) {
      String column = entry.getKey();
      String alter = alter() + "ALTER COLUMN " + Identifiers.quote(column);
      entry
          .getValue()
          .defaultExpression()
          .ifPresent(
              expression ->
                  migrations.add(
                      new Migration(
                          List.of(alter + " SET DEFAULT " + expression),
                          List.of(
                              table
                                  .shape()
                                  .column(column)
                                  .orElseThrow()
                                  .defaultExpression()
                                  .map(was -> alter + " SET DEFAULT " + was)
                                  .orElse(alter + " DROP DEFAULT")))));
      if (entry.getValue().nullable().isPresent()) {
        migrations.addAll(notNull(column, alter));
      }
    }
    return migrations;
  }

  private List<Migration> notNull(String column, String alter) {
    String check =
        Identifiers.quote(Identifiers.fitting(table.name().name() + "_" + column + "_is_not_null"));
    return List.of(
        new Migration(
            List.of(
                alter()
                    + "ADD CONSTRAINT "
                    + check
                    + " CHECK ("
                    + Identifiers.quote(column)
                    + " IS NOT NULL) NOT VALID"),
            List.of(alter() + "DROP CONSTRAINT IF EXISTS " + check)),
        new Migration(List.of(alter() + "VALIDATE CONSTRAINT " + check), List.of("SELECT 1")),
        new Migration(
            List.of(alter + " SET NOT NULL", alter() + "DROP CONSTRAINT " + check),
            List.of(alter + " DROP NOT NULL")));
  }

  private String alter() {
    return "ALTER TABLE " + table.name().sql() + " ";
  }
}
