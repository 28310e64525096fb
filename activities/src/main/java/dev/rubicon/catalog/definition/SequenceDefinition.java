package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sequence as {@link RelationQueries#SEQUENCES} prints it; it prints itself as it was.
 *
 * @param parameters as in {@code CREATE SEQUENCE}
 * @param owner the column with which it goes, quoted
 * @param identity whether it is that column's identity
 * @param feeds other columns whose defaults read it
 */
public record SequenceDefinition(
    boolean unlogged,
    String parameters,
    Optional<String> owner,
    boolean identity,
    Optional<String> feeds) {

  private static final Pattern PRINTED =
      Pattern.compile(
          "(?s)(UNLOGGED )?(.*?)(?: (OWNED BY|IDENTITY OF) ("
              + Printed.characterOrName(" ")
              + "+))?(?: FEEDS (.*))?");

  /** Of an entry of kind {@link ObjectKind#SEQUENCE}. */
  public static SequenceDefinition of(CatalogEntry sequence) {
    return parse(sequence.definition());
  }

  /** Reads what {@link #toString} prints; what is printed otherwise is all parameters. */
  public static SequenceDefinition parse(String text) {
    Matcher printed = PRINTED.matcher(text);
    return printed.matches()
        ? new SequenceDefinition(
            printed.group(1) != null,
            printed.group(2),
            Optional.ofNullable(printed.group(4)),
            "IDENTITY OF".equals(printed.group(3)),
            Optional.ofNullable(printed.group(5)))
        : new SequenceDefinition(false, text, Optional.empty(), false, Optional.empty());
  }

  @Override
  public String toString() {
    return (unlogged ? "UNLOGGED " : "")
        + parameters
        + owner.map(column -> (identity ? " IDENTITY OF " : " OWNED BY ") + column).orElse("")
        + feeds.map(columns -> " FEEDS " + columns).orElse("");
  }
}
