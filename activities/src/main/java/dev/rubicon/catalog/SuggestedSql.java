package dev.rubicon.catalog;

import static dev.rubicon.postgres.Identifiers.literal;
import static dev.rubicon.postgres.Identifiers.quote;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SQL that would bring the target to canonical, where that is easy to say and right to do. Empty
 * where a human has to think: nothing that loses data is ever suggested.
 */
final class SuggestedSql {
  private SuggestedSql() {}

  static Optional<String> toCreate(CatalogEntry entry, CatalogSnapshot canonical) {
    return switch (entry.kind()) {
      case SCHEMA -> Optional.of("CREATE SCHEMA " + quote(entry.schema()));
      case EXTENSION ->
          Optional.of("CREATE EXTENSION " + quote(entry.object()) + " " + schemaClause(entry));
      case TABLE -> table(entry, canonical);
      case VIEW ->
          entry.definition().startsWith("VIEW AS ")
              ? Optional.of(
                  "CREATE VIEW " + relation(entry) + entry.definition().substring("VIEW".length()))
              : Optional.empty();
      case COLUMN ->
          Optional.of(
              withSequences(
                  List.of(entry),
                  "ALTER TABLE "
                      + relation(entry)
                      + " ADD COLUMN "
                      + quote(entry.part())
                      + " "
                      + entry.definition(),
                  canonical));
      case CONSTRAINT ->
          entry.of().startsWith("domain:") ? Optional.empty() : Optional.of(constraint(entry));
      case INDEX ->
          entry.of().startsWith("table:") && entry.definition().endsWith(")")
              ? Optional.of(concurrently(entry.definition()))
              : Optional.empty();
      case FUNCTION -> Optional.of(entry.definition());
      case TRIGGER ->
          TriggerDefinition.of(entry).firing().isPresent()
              ? Optional.empty()
              : Optional.of(entry.definition());
      case RULE ->
          entry.definition().matches("(?s).* (DISABLED|ENABLED REPLICA|ENABLED ALWAYS)")
              ? Optional.empty()
              : Optional.of(entry.definition());
      case POLICY ->
          Optional.of(
              "CREATE POLICY "
                  + quote(entry.part())
                  + " ON "
                  + relation(entry)
                  + " "
                  + entry.definition());
      case STATISTICS ->
          entry.definition().matches("(?s).* STATISTICS \\d+")
              ? Optional.empty()
              : Optional.of(entry.definition());
      case ENUM, COMPOSITE_TYPE ->
          Optional.of("CREATE TYPE " + relation(entry) + " AS " + entry.definition());
      case DOMAIN -> Optional.of("CREATE DOMAIN " + relation(entry) + " AS " + entry.definition());
      case SEQUENCE ->
          SequenceDefinition.of(entry).identity() ? Optional.empty() : Optional.of(sequence(entry));
      case COMMENT -> comment(entry);
      case MATERIALIZED_VIEW,
          COLUMN_SETTING,
          RANGE_TYPE,
          GRANT,
          DEFAULT_PRIVILEGES,
          PUBLICATION,
          UNSUPPORTED,
          NOTE ->
          Optional.empty();
    };
  }

  static Optional<String> toChange(CatalogEntry target, CatalogEntry canonical) {
    return switch (canonical.kind()) {
      case COMMENT -> comment(canonical);
      case FUNCTION -> Optional.of(canonical.definition());
      case COLUMN -> column(target, canonical);
      default -> Optional.empty();
    };
  }

  static Optional<String> toValidate(CatalogEntry target) {
    if (target.valid()) {
      return Optional.empty();
    }
    return switch (target.kind()) {
      case INDEX ->
          Optional.of(
              "REINDEX INDEX CONCURRENTLY " + quote(target.schema()) + "." + quote(target.part()));
      case CONSTRAINT ->
          target.of().startsWith("domain:")
              ? Optional.empty()
              : Optional.of(
                  "ALTER TABLE "
                      + relation(target)
                      + " VALIDATE CONSTRAINT "
                      + quote(target.part()));
      default -> Optional.empty();
    };
  }

  private static Optional<String> table(CatalogEntry entry, CatalogSnapshot canonical) {
    if (!TableDefinition.of(entry).plain()) {
      return Optional.empty();
    }
    List<CatalogEntry> columns = parts(entry, ObjectKind.COLUMN, canonical).toList();
    Stream<String> lines =
        Stream.concat(
            columns.stream().map(column -> "  " + quote(column.part()) + " " + column.definition()),
            parts(entry, ObjectKind.CONSTRAINT, canonical)
                .map(part -> "  CONSTRAINT " + quote(part.part()) + " " + part.definition()));
    String create =
        "CREATE TABLE "
            + relation(entry)
            + " (\n"
            + lines.collect(Collectors.joining(",\n"))
            + "\n)";
    Stream<String> indexes =
        parts(entry, ObjectKind.INDEX, canonical)
            .filter(index -> index.of().startsWith("table:"))
            .map(CatalogEntry::definition);
    Stream<String> comments =
        parts(entry, ObjectKind.COMMENT, canonical).flatMap(part -> comment(part).stream());
    return Optional.of(
        Stream.of(Stream.of(withSequences(columns, create, canonical)), indexes, comments)
            .flatMap(Function.identity())
            .collect(Collectors.joining(";\n")));
  }

  /** A serial column's sequence comes before what uses it, and belongs to it afterwards. */
  private static String withSequences(
      List<CatalogEntry> columns, String statement, CatalogSnapshot canonical) {
    Set<String> names = columns.stream().map(CatalogEntry::name).collect(Collectors.toSet());
    List<CatalogEntry> sequences =
        canonical.of(ObjectKind.SEQUENCE).stream()
            .filter(
                sequence ->
                    names.contains(sequence.of()) && !SequenceDefinition.of(sequence).identity())
            .toList();
    Stream<String> owned =
        sequences.stream()
            .map(
                sequence ->
                    "ALTER SEQUENCE "
                        + relation(sequence)
                        + " OWNED BY "
                        + SequenceDefinition.of(sequence).owner().orElseThrow());
    return Stream.of(sequences.stream().map(SuggestedSql::sequence), Stream.of(statement), owned)
        .flatMap(Function.identity())
        .collect(Collectors.joining(";\n"));
  }

  private static String sequence(CatalogEntry entry) {
    SequenceDefinition sequence = SequenceDefinition.of(entry);
    return "CREATE "
        + (sequence.unlogged() ? "UNLOGGED " : "")
        + "SEQUENCE "
        + relation(entry)
        + " "
        + sequence.parameters();
  }

  private static Stream<CatalogEntry> parts(
      CatalogEntry entry, ObjectKind kind, CatalogSnapshot canonical) {
    return canonical.of(kind, entry.schema(), entry.object()).stream();
  }

  /** Check and foreign key in the two steps that do not hold a lock while they scan. */
  private static String constraint(CatalogEntry entry) {
    String add =
        "ALTER TABLE "
            + relation(entry)
            + " ADD CONSTRAINT "
            + quote(entry.part())
            + " "
            + entry.definition();
    ConstraintDefinition.Kind kind = ConstraintDefinition.of(entry).kind();
    if (kind == ConstraintDefinition.Kind.CHECK || kind == ConstraintDefinition.Kind.FOREIGN_KEY) {
      return add
          + " NOT VALID;\nALTER TABLE "
          + relation(entry)
          + " VALIDATE CONSTRAINT "
          + quote(entry.part());
    }
    return add;
  }

  private static String concurrently(String definition) {
    return definition
        .replaceFirst("^CREATE INDEX ", "CREATE INDEX CONCURRENTLY ")
        .replaceFirst("^CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX CONCURRENTLY ");
  }

  /** Only where nothing but the default or NOT NULL differs: a type change needs a transition. */
  private static Optional<String> column(CatalogEntry target, CatalogEntry canonical) {
    String alter =
        "ALTER TABLE " + relation(canonical) + " ALTER COLUMN " + quote(canonical.part()) + " ";
    ColumnDefinition ours = ColumnDefinition.of(target);
    ColumnDefinition theirs = ColumnDefinition.of(canonical);
    if (theirs.equals(ours.notNull(!ours.notNull()))) {
      return Optional.of(alter + (theirs.notNull() ? "SET" : "DROP") + " NOT NULL");
    }
    boolean none = ours.value() instanceof ColumnDefinition.Null && !ours.notNull();
    return none
            && theirs.value() instanceof ColumnDefinition.Default
            && theirs.equals(ours.with(theirs.value()))
        ? Optional.of(alter + "SET " + theirs.value())
        : Optional.empty();
  }

  private static Optional<String> comment(CatalogEntry entry) {
    String on = entry.of().substring(0, Math.max(0, entry.of().indexOf(':')));
    String what =
        switch (on) {
          case "table" -> "TABLE " + relation(entry);
          case "view" -> "VIEW " + relation(entry);
          case "materialized-view" -> "MATERIALIZED VIEW " + relation(entry);
          case "column" -> "COLUMN " + relation(entry) + "." + quote(entry.part());
          default -> "";
        };
    return what.isEmpty()
        ? Optional.empty()
        : Optional.of("COMMENT ON " + what + " IS " + literal(entry.definition()));
  }

  private static String schemaClause(CatalogEntry extension) {
    return "WITH SCHEMA " + quote(extension.definition().substring("SCHEMA ".length()));
  }

  private static String relation(CatalogEntry entry) {
    return quote(entry.schema()) + "." + quote(entry.object());
  }
}
