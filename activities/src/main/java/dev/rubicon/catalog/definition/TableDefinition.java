package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table as {@link RelationQueries#RELATIONS} prints it; it prints itself as it was.
 *
 * @param persistence {@code UNLOGGED} or {@code TEMPORARY}, where it is not kept as usual
 * @param parents of a partition, or of a table that inherits
 * @param rowSecurity whether policies are enabled, or forced on the owner
 * @param text all of it
 */
public record TableDefinition(
    Optional<String> persistence, Optional<String> parents, boolean rowSecurity, String text) {

  private static final Pattern PRINTED =
      Pattern.compile(
          "(?s)(?:(UNLOGGED|TEMPORARY) )?TABLE(?: OF "
              + Printed.characterOrName(" ")
              + "+)?(?: (?:PARTITION OF|INHERITS) ((?:(?:, )?"
              + Printed.characterOrName(" ,")
              + "+)+))?.*?((?: (?:ENABLE|FORCE) ROW LEVEL SECURITY)*)");

  /** Of an entry of kind {@link ObjectKind#TABLE}. */
  public static TableDefinition of(CatalogEntry table) {
    return parse(table.definition());
  }

  /** Reads what {@link #toString} prints. */
  public static TableDefinition parse(String text) {
    Matcher printed = PRINTED.matcher(text);
    return printed.matches()
        ? new TableDefinition(
            Optional.ofNullable(printed.group(1)),
            Optional.ofNullable(printed.group(2)),
            !printed.group(3).isEmpty(),
            text)
        : new TableDefinition(Optional.empty(), Optional.empty(), false, text);
  }

  @Override
  public String toString() {
    return text;
  }
}
