package dev.rubicon.document.schema;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.ConstraintDefinition;
import dev.rubicon.document.schema.DescribedTable.Reference;
import dev.rubicon.document.schema.Relations.Relation;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Relations as a reader thinks of them, from a snapshot of the catalog.
 *
 * @param tables by name
 */
public record DescribedSchema(SortedMap<RelationName, DescribedTable> tables) {
  /** What Rubicon keeps on a table for the way back; contract removes it. */
  private static final Pattern OURS = Pattern.compile("^[~_]?rubicon(_|$)");

  private static final Map<ObjectKind, String> KINDS =
      Map.of(
          ObjectKind.TABLE, "table",
          ObjectKind.VIEW, "view",
          ObjectKind.MATERIALIZED_VIEW, "materialized view");

  /** Entries of one relation, by what they describe. */
  private static final class Parts {
    private final Map<String, DescribedColumn> columns = new TreeMap<>();
    private final Map<String, String> comments = new HashMap<>();
    private final TreeMap<String, String> objects = new TreeMap<>();
    private final Map<String, ConstraintDefinition> constraints = new TreeMap<>();
    private String kind = "";
  }

  public DescribedSchema {
    tables = new TreeMap<>(tables);
  }

  /**
   * @param relations of the same moment, or none
   */
  public static DescribedSchema of(CatalogSnapshot snapshot, Relations relations) {
    var parts = new TreeMap<RelationName, Parts>();
    KINDS.forEach(
        (kind, word) ->
            snapshot
                .of(kind)
                .forEach(
                    entry -> {
                      var part = new Parts();
                      part.kind = word;
                      parts.put(name(entry), part);
                    }));
    for (CatalogEntry entry : snapshot.entries()) {
      Parts of = parts.get(name(entry));
      if (of != null && !OURS.matcher(entry.part()).find()) {
        add(of, entry);
      }
    }
    var known = new HashMap<RelationName, Relation>();
    relations.all().forEach(relation -> known.put(relation.relation(), relation));
    var tables = new TreeMap<RelationName, DescribedTable>();
    parts.forEach(
        (name, of) -> tables.put(name, table(name, of, Optional.ofNullable(known.get(name)))));
    return new DescribedSchema(tables);
  }

  private static void add(Parts of, CatalogEntry entry) {
    switch (entry.kind()) {
      case COLUMN ->
          of.columns.put(
              entry.part(),
              DescribedColumn.of(
                  entry.part(), OwnDefaults.unwrapped(ColumnDefinition.of(entry)), ""));
      case CONSTRAINT -> {
        of.constraints.put(entry.part(), ConstraintDefinition.of(entry));
        put(of, entry);
      }
      case TRIGGER, POLICY, RULE -> put(of, entry);
      case INDEX -> {
        // The index of a key or unique constraint says what the constraint has said.
        if (!entry.of().startsWith("constraint:")) {
          put(of, entry);
        }
      }
      case COMMENT -> of.comments.put(entry.part(), entry.definition());
      default -> {
        // Findings and fingerprints cover the rest.
      }
    }
  }

  private static void put(Parts of, CatalogEntry entry) {
    of.objects.put(
        entry.kind().word() + " " + entry.part(),
        entry.definition() + (entry.valid() ? "" : " (not valid)"));
  }

  private static DescribedTable table(RelationName name, Parts of, Optional<Relation> known) {
    var references = new ArrayList<Reference>();
    of.constraints.forEach(
        (constraint, definition) -> {
          List<String> columns = KeyColumns.of(definition.text());
          switch (definition.kind()) {
            case PRIMARY_KEY -> mark(of, columns, "PK");
            case UNIQUE -> mark(of, columns, "UQ");
            case FOREIGN_KEY ->
                definition
                    .references()
                    .ifPresent(
                        to -> {
                          mark(of, columns, "FK → " + to);
                          references.add(new Reference(constraint, to, optional(of, columns)));
                        });
            case CHECK, EXCLUDE, OTHER -> {
              // Stands among the objects.
            }
          }
        });
    List<String> order = known.map(Relation::columns).orElse(List.of());
    List<DescribedColumn> columns =
        of.columns.values().stream()
            .map(c -> commented(c, of.comments.getOrDefault(c.name(), "")))
            .sorted(Comparator.comparingInt(c -> order.indexOf(c.name())))
            .toList();
    return new DescribedTable(
        name,
        of.kind,
        known.map(Relation::owner).orElse(""),
        of.comments.getOrDefault("", ""),
        columns,
        of.objects,
        references);
  }

  private static DescribedColumn commented(DescribedColumn c, String comment) {
    return new DescribedColumn(c.name(), c.type(), c.notNull(), c.value(), c.keys(), comment);
  }

  private static void mark(Parts of, List<String> columns, String key) {
    columns.forEach(name -> of.columns.computeIfPresent(name, (n, column) -> column.with(key)));
  }

  /** Whether a row may point nowhere. */
  private static boolean optional(Parts of, List<String> columns) {
    return columns.stream()
        .map(of.columns::get)
        .anyMatch(column -> column != null && !column.notNull());
  }

  private static RelationName name(CatalogEntry entry) {
    return new RelationName(entry.schema(), entry.object());
  }
}
