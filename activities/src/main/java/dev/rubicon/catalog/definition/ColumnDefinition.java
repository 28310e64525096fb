package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A column as {@link RelationQueries#COLUMNS} prints it. Snapshots are kept as text, in which
 * fingerprints are taken; this is the one place that reads it, and it prints itself as it was.
 *
 * @param type with its modifiers, e.g. {@code character varying(255)}
 * @param compression where it is not the server's own
 * @param collation where it is not the type's own
 * @param value what a row gets that names none
 */
public record ColumnDefinition(
    String type,
    Optional<String> compression,
    Optional<String> collation,
    Value value,
    boolean notNull) {

  private static final Pattern PRINTED =
      Pattern.compile(
          "(?s)("
              + Printed.characterOrName("")
              + "*?)(?: COMPRESSION (\\w+))?(?: COLLATE ("
              + Printed.characterOrName(" ")
              + "+))?(?: GENERATED (ALWAYS|BY DEFAULT) AS IDENTITY| DEFAULT (.*?)"
              + "| GENERATED ALWAYS AS \\((.*)\\) (STORED|VIRTUAL))?( NOT NULL)?");

  /** What a row gets that names no value. */
  public sealed interface Value permits Null, Default, Identity, Generated {}

  /** Nothing is said of it. */
  public record Null() implements Value {
    @Override
    public String toString() {
      return "";
    }
  }

  /**
   * @param expression as PostgreSQL prints it
   */
  public record Default(String expression) implements Value {
    @Override
    public String toString() {
      return "DEFAULT " + expression;
    }
  }

  /**
   * @param always whether a client may not give one of its own
   */
  public record Identity(boolean always) implements Value {
    @Override
    public String toString() {
      return "GENERATED " + (always ? "ALWAYS" : "BY DEFAULT") + " AS IDENTITY";
    }
  }

  /**
   * @param kept {@code STORED} or {@code VIRTUAL}
   */
  public record Generated(String expression, String kept) implements Value {
    @Override
    public String toString() {
      return "GENERATED ALWAYS AS (" + expression + ") " + kept;
    }
  }

  /** Of an entry of kind {@link ObjectKind#COLUMN}. */
  public static ColumnDefinition of(CatalogEntry column) {
    return parse(column.definition());
  }

  /** Reads what {@link #toString} prints; what is printed otherwise is all type. */
  public static ColumnDefinition parse(String text) {
    Matcher printed = PRINTED.matcher(text);
    return printed.matches()
        ? new ColumnDefinition(
            printed.group(1),
            Optional.ofNullable(printed.group(2)),
            Optional.ofNullable(printed.group(3)),
            value(printed),
            printed.group(8) != null)
        : new ColumnDefinition(text, Optional.empty(), Optional.empty(), new Null(), false);
  }

  private static Value value(Matcher printed) {
    if (printed.group(4) != null) {
      return new Identity(printed.group(4).equals("ALWAYS"));
    }
    if (printed.group(5) != null) {
      return new Default(printed.group(5));
    }
    return printed.group(6) != null
        ? new Generated(printed.group(6), printed.group(7))
        : new Null();
  }

  /** Whether PostgreSQL makes the value: an identity, or generated from other columns. */
  public boolean generated() {
    return value instanceof Identity || value instanceof Generated;
  }

  /** Whether no client may write it. */
  public boolean neverWritten() {
    return value instanceof Generated || value instanceof Identity(boolean always) && always;
  }

  /** The same column with another value for a row that names none. */
  public ColumnDefinition with(Value other) {
    return new ColumnDefinition(type, compression, collation, other, notNull);
  }

  /** The same column, with NULL or without. */
  public ColumnDefinition notNull(boolean other) {
    return new ColumnDefinition(type, compression, collation, value, other);
  }

  @Override
  public String toString() {
    return Stream.of(
            List.of(type),
            compression.map(c -> "COMPRESSION " + c).stream().toList(),
            collation.map(c -> "COLLATE " + c).stream().toList(),
            List.of(value.toString()),
            List.of(notNull ? "NOT NULL" : ""))
        .flatMap(List::stream)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }
}
