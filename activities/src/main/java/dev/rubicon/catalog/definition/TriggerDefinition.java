package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import dev.rubicon.postgres.Identifiers;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A trigger as {@link RelationQueries#TRIGGERS} prints it; it prints itself as it was.
 *
 * @param timing {@code BEFORE}, {@code AFTER} or {@code INSTEAD OF}
 * @param updateOf names of the columns whose update fires it; empty: an update of any
 * @param firing {@code DISABLED}, {@code ENABLED REPLICA} or {@code ENABLED ALWAYS}, where it does
 *     not fire as usual
 * @param text all of it
 */
public record TriggerDefinition(
    String timing, List<String> updateOf, Optional<String> firing, String text) {

  private static final String NAME = Printed.characterOrName(" ,") + "+";

  private static final Pattern PRINTED =
      Pattern.compile(
          "(?s)CREATE (?:CONSTRAINT )?TRIGGER "
              + NAME
              + " (BEFORE|AFTER|INSTEAD OF) (?:(?:INSERT|DELETE|TRUNCATE|UPDATE) OR )*"
              + "(?:INSERT|DELETE|TRUNCATE|UPDATE)(?: OF ("
              + NAME
              + "(?:, "
              + NAME
              + ")*))?(?: OR (?:INSERT|DELETE|TRUNCATE))* ON .*?"
              + "(?: (DISABLED|ENABLED REPLICA|ENABLED ALWAYS))?");

  private static final Pattern COLUMN = Pattern.compile(NAME);

  public TriggerDefinition {
    updateOf = List.copyOf(updateOf);
  }

  /** Of an entry of kind {@link ObjectKind#TRIGGER}. */
  public static TriggerDefinition of(CatalogEntry trigger) {
    return parse(trigger.definition());
  }

  /** Reads what {@link #toString} prints. */
  public static TriggerDefinition parse(String text) {
    Matcher printed = PRINTED.matcher(text);
    return printed.matches()
        ? new TriggerDefinition(
            printed.group(1),
            Optional.ofNullable(printed.group(2)).map(TriggerDefinition::names).orElse(List.of()),
            Optional.ofNullable(printed.group(3)),
            text)
        : new TriggerDefinition("", List.of(), Optional.empty(), text);
  }

  private static List<String> names(String columns) {
    return COLUMN
        .matcher(columns)
        .results()
        .map(column -> Identifiers.split(column.group()).getFirst())
        .toList();
  }

  @Override
  public String toString() {
    return text;
  }
}
