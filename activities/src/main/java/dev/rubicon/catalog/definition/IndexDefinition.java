package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An index as {@link RelationQueries#INDEXES} prints it.
 *
 * @param unique {@code UNIQUE } or nothing
 * @param name quoted where needed
 * @param rest what follows the name, from {@code ON}
 * @param statistics number of a column to its statistics target
 */
public record IndexDefinition(
    String unique,
    String name,
    String rest,
    boolean replicaIdentity,
    boolean clustered,
    Map<Integer, Integer> statistics) {

  private static final Pattern PRINTED =
      Pattern.compile(
          "(?s)CREATE (UNIQUE )?INDEX ("
              + Printed.characterOrName(" ")
              + "+) (ON .*?)( REPLICA IDENTITY)?( CLUSTER)?((?: COLUMN \\d+ STATISTICS \\d+)*)");

  private static final Pattern STATISTICS = Pattern.compile(" COLUMN (\\d+) STATISTICS (\\d+)");

  /** Of an entry of kind {@link ObjectKind#INDEX}. */
  public static IndexDefinition of(CatalogEntry index) {
    Matcher printed = PRINTED.matcher(index.definition());
    if (!printed.matches()) {
      throw new IllegalArgumentException("not an index: " + index.definition());
    }
    var statistics = new TreeMap<Integer, Integer>();
    STATISTICS
        .matcher(printed.group(6))
        .results()
        .forEach(
            one -> statistics.put(Integer.valueOf(one.group(1)), Integer.valueOf(one.group(2))));
    return new IndexDefinition(
        printed.group(1) == null ? "" : printed.group(1),
        printed.group(2),
        printed.group(3),
        printed.group(4) != null,
        printed.group(5) != null,
        statistics);
  }

  /** The same index, which nothing was said about. */
  public static IndexDefinition unmarked(CatalogEntry index) {
    IndexDefinition definition = of(index);
    return new IndexDefinition(
        definition.unique(), definition.name(), definition.rest(), false, false, Map.of());
  }

  public String create() {
    return "CREATE " + unique + "INDEX " + name + " " + rest;
  }

  /**
   * @param other name, quoted
   */
  public String concurrently(String other) {
    return "CREATE " + unique + "INDEX CONCURRENTLY " + other + " " + rest;
  }

  private static final Pattern CONCURRENTLY =
      Pattern.compile(
          "(?s)CREATE (?:UNIQUE )?INDEX CONCURRENTLY ("
              + Printed.characterOrName(" ")
              + "+) ON (?:ONLY )?("
              + Printed.characterOrName(" .")
              + "+)\\..*");

  /** Name, with its schema, of the index that a statement of {@link #concurrently} builds. */
  public static Optional<String> builtConcurrently(String sql) {
    Matcher built = CONCURRENTLY.matcher(sql);
    return built.matches() ? Optional.of(built.group(2) + "." + built.group(1)) : Optional.empty();
  }
}
