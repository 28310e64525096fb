package dev.rubicon.report;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.document.schema.OwnDefaults;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Tables as a reader thinks of them, from a catalog snapshot.
 *
 * @param tables by {@code schema.name}
 */
record SchemaModel(Map<String, Table> tables) {
  /** What Rubicon keeps on a table for the way back; contract removes it. */
  private static final Pattern OURS = Pattern.compile("^[~_]?rubicon(_|$)");

  /**
   * @param columns name to definition
   * @param objects constraints, indexes, triggers: {@code kind name} to definition
   * @param comments column name to comment; the table's own under the empty name
   */
  record Table(
      String name,
      Map<String, String> columns,
      Map<String, String> objects,
      Map<String, String> comments) {

    static Table empty(String name) {
      return new Table(name, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    }
  }

  static SchemaModel of(CatalogSnapshot snapshot) {
    var tables = new TreeMap<String, Table>();
    for (CatalogEntry entry : snapshot.of(ObjectKind.TABLE)) {
      tables.put(name(entry), Table.empty(name(entry)));
    }
    for (CatalogEntry entry : snapshot.entries()) {
      Table table = tables.get(name(entry));
      if (table == null || OURS.matcher(entry.part()).find()) {
        continue;
      }
      switch (entry.kind()) {
        case COLUMN ->
            table.columns.put(
                entry.part(), OwnDefaults.unwrapped(ColumnDefinition.of(entry)).toString());
        case CONSTRAINT, TRIGGER, POLICY, RULE -> put(table, entry);
        case INDEX -> {
          // The index of a key or unique constraint says what the constraint has said.
          if (!entry.of().startsWith("constraint:")) {
            put(table, entry);
          }
        }
        case COMMENT -> table.comments.put(entry.part(), entry.definition());
        default -> {
          // Not drawn; findings and fingerprints cover the rest.
        }
      }
    }
    return new SchemaModel(tables);
  }

  private static void put(Table table, CatalogEntry entry) {
    table.objects.put(
        entry.kind().word() + " " + entry.part(),
        entry.definition() + (entry.valid() ? "" : " (not valid)"));
  }

  private static String name(CatalogEntry entry) {
    return entry.schema() + "." + entry.object();
  }
}
