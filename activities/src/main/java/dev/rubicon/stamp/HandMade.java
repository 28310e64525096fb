package dev.rubicon.stamp;

import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.Order;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Version tables that no tool keeps: the owner's own, {@code schema_migrations} most often. */
final class HandMade {
  private static final String NAMES =
      "_*(schema|db|database)?_?(migrations?|versions?)(_history|_log)?|(applied|migration)_(migrations|history)";

  private static final List<String> VERSIONS =
      List.of("version", "migration", "migration_name", "name", "filename");

  private static final List<String> MOMENTS =
      List.of("applied_at", "executed_at", "run_at", "installed_on", "applied", "created_at");

  private HandMade() {}

  /** A guess, for the inventory: its name, and a column for the version. */
  static Optional<MigrationTool> recognised(RelationName table, List<String> columns) {
    return VERSIONS.stream()
        .filter(columns::contains)
        .filter(_ -> table.name().matches(NAMES) && columns.size() <= 6)
        .findFirst()
        .map(
            version ->
                tool(
                    table,
                    version,
                    MOMENTS.stream().filter(columns::contains).findFirst(),
                    Map.of()));
  }

  /** As the runbook describes it. */
  static MigrationTool of(Runbook.Stamp stamp) {
    return tool(RelationName.parse(stamp.table()), stamp.column(), Optional.empty(), stamp.set());
  }

  /** A flag or a number may be called so, too. */
  private static String moment(String column) {
    String text = Identifiers.quote(column) + "::text";
    return "CASE WHEN %1$s ~ '^\\d{4}-\\d\\d-\\d\\d' THEN %1$s::timestamptz END".formatted(text);
  }

  private static MigrationTool tool(
      RelationName table, String version, Optional<String> moment, Map<String, String> set) {
    String column = Identifiers.quote(version);
    var columns = new TreeSet<>(set.keySet());
    columns.add(version);
    return new MigrationTool(
        Runbook.Stamp.HAND_MADE,
        "the application itself",
        table,
        columns,
        Set.of(),
        true,
        true,
        false,
        Optional.empty(),
        Optional.empty(),
        "SELECT %s::text, %s, 'APPLIED', NULL FROM {table} ORDER BY %s"
            .formatted(
                column,
                moment.map(HandMade::moment).orElse("NULL"),
                moment.map(at -> moment(at) + " NULLS FIRST, " + column).orElse(column)),
        Optional.empty(),
        Optional.empty(),
        Order.TEXT,
        Optional.empty(),
        List.of(version),
        Optional.empty(),
        Optional.empty(),
        Optional.of(insert(column, set)),
        Optional.empty());
  }

  /** Each value is read as its column's type reads text; columns that are not set get defaults. */
  private static String insert(String version, Map<String, String> set) {
    String columns =
        Stream.concat(Stream.of(version), set.keySet().stream().map(Identifiers::quote))
            .collect(Collectors.joining(", "));
    String values =
        Stream.concat(
                Stream.of(literal(unquoted(version)) + ", version"),
                set.entrySet().stream()
                    .map(entry -> literal(entry.getKey()) + ", " + literal(entry.getValue())))
            .collect(Collectors.joining(", "));
    return """
    INSERT INTO {table} AS t (%1$s)
    SELECT %1$s FROM (SELECT (jsonb_populate_record(NULL::{table}, jsonb_build_object(%2$s))).*
                      FROM stamp ORDER BY ordinal) rows\
    """
        .formatted(columns, values);
  }

  private static String unquoted(String column) {
    return Identifiers.split(column).getFirst();
  }

  private static String literal(String text) {
    return Identifiers.literal(text);
  }
}
