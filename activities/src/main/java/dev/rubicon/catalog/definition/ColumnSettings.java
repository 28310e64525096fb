package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of a column as {@link RelationQueries#COLUMN_SETTINGS} prints them.
 *
 * @param storage where it is not the type's own
 * @param statistics target, where it is not the server's
 * @param options {@code name=value}
 */
public record ColumnSettings(
    Optional<String> storage, Optional<String> statistics, List<String> options) {

  private static final Pattern PRINTED =
      Pattern.compile("(?:STORAGE (\\w+))? ?(?:STATISTICS (\\d+))? ?(?:\\((.*)\\))?");

  public ColumnSettings {
    options = List.copyOf(options);
  }

  /** Of an entry of kind {@link ObjectKind#COLUMN_SETTING}. */
  public static ColumnSettings of(CatalogEntry entry) {
    Matcher printed = PRINTED.matcher(entry.definition());
    if (!printed.matches()) {
      throw new IllegalArgumentException("not a column's settings: " + entry.definition());
    }
    return new ColumnSettings(
        Optional.ofNullable(printed.group(1)),
        Optional.ofNullable(printed.group(2)),
        printed.group(3) == null ? List.of() : List.of(printed.group(3).split(", ")));
  }
}
