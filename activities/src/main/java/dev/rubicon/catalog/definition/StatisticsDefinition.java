package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Extended statistics as {@link RelationQueries#STATISTICS} prints them.
 *
 * @param target where it is not the server's
 */
public record StatisticsDefinition(String create, Optional<String> target) {
  private static final Pattern PRINTED = Pattern.compile("(?s)(.*?)(?: STATISTICS (\\d+))?");

  /** Of an entry of kind {@link ObjectKind#STATISTICS}. */
  public static StatisticsDefinition of(CatalogEntry entry) {
    Matcher printed = PRINTED.matcher(entry.definition());
    if (!printed.matches()) {
      throw new IllegalArgumentException("not statistics: " + entry.definition());
    }
    return new StatisticsDefinition(printed.group(1), Optional.ofNullable(printed.group(2)));
  }
}
