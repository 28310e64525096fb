package dev.rubicon.catalog.definition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.query.RelationQueries;
import dev.rubicon.postgres.RelationName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A constraint as {@link RelationQueries#CONSTRAINTS} prints it; it prints itself as it was.
 *
 * @param references the relation that a foreign key refers to
 * @param text all of it
 */
public record ConstraintDefinition(Kind kind, Optional<RelationName> references, String text) {

  private static final Pattern FOREIGN_KEY =
      Pattern.compile(
          "(?s)FOREIGN KEY \\("
              + Printed.characterOrName(")")
              + "*\\) REFERENCES ("
              + Printed.RELATION
              + ")\\(.*");

  /** What a constraint begins with. */
  public enum Kind {
    CHECK("CHECK"),
    PRIMARY_KEY("PRIMARY KEY"),
    UNIQUE("UNIQUE"),
    EXCLUDE("EXCLUDE"),
    FOREIGN_KEY("FOREIGN KEY"),
    OTHER("");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** Whether an index keeps it. */
    public boolean byIndex() {
      return this == PRIMARY_KEY || this == UNIQUE || this == EXCLUDE;
    }
  }

  /** Of an entry of kind {@link ObjectKind#CONSTRAINT}. */
  public static ConstraintDefinition of(CatalogEntry constraint) {
    return parse(constraint.definition());
  }

  /** Reads what {@link #toString} prints. */
  public static ConstraintDefinition parse(String text) {
    Kind kind =
        Stream.of(Kind.values()).filter(k -> text.startsWith(k.word)).findFirst().orElseThrow();
    Matcher key = FOREIGN_KEY.matcher(text);
    return new ConstraintDefinition(
        kind,
        key.matches() ? Optional.of(RelationName.parse(key.group(1))) : Optional.empty(),
        text);
  }

  @Override
  public String toString() {
    return text;
  }
}
