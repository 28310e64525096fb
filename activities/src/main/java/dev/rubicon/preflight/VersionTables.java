package dev.rubicon.preflight;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The version tables of other migration tools, recognised by their columns and never by a name
 * alone: {@code migrations} is Laravel's and TypeORM's, {@code schema_migrations} is Rails' and
 * golang-migrate's.
 */
public final class VersionTables {
  /** Tables in which the owner's migration tool keeps its version. */
  public static final EvidenceName<List<VersionTable>> EVIDENCE =
      EvidenceName.ofList("version-tables", VersionTable.class);

  /**
   * @param columns that the table has at least
   * @param exactly whether it has no others
   * @param name that the table must have where the columns alone say too little
   * @param state query for (head, whether something failed half-way); {@code %s} is the table
   */
  private record Tool(
      String name, Set<String> columns, boolean exactly, Optional<String> table, String state) {}

  private static final List<Tool> TOOLS =
      List.of(
          new Tool(
              "alembic",
              Set.of("version_num"),
              true,
              Optional.empty(),
              "SELECT string_agg(version_num, ', ' ORDER BY version_num), false FROM %s"),
          new Tool(
              "prisma",
              Set.of(
                  "id",
                  "checksum",
                  "finished_at",
                  "migration_name",
                  "logs",
                  "rolled_back_at",
                  "started_at",
                  "applied_steps_count"),
              false,
              Optional.empty(),
              """
              SELECT max(migration_name) FILTER (WHERE finished_at IS NOT NULL),
                     coalesce(bool_or(finished_at IS NULL AND rolled_back_at IS NULL), false)
              FROM %s\
              """),
          new Tool(
              "laravel",
              Set.of("id", "migration", "batch"),
              false,
              Optional.empty(),
              "SELECT max(migration), false FROM %s"),
          new Tool(
              "django",
              Set.of("id", "app", "name", "applied"),
              true,
              Optional.empty(),
              "SELECT (SELECT app || '.' || name FROM %s ORDER BY id DESC LIMIT 1), false"),
          new Tool(
              "knex",
              Set.of("id", "name", "batch", "migration_time"),
              true,
              Optional.empty(),
              "SELECT max(name), false FROM %s"),
          new Tool(
              "typeorm",
              Set.of("id", "timestamp", "name"),
              true,
              Optional.of("migrations"),
              "SELECT (SELECT name FROM %s ORDER BY id DESC LIMIT 1), false"),
          new Tool(
              "golang-migrate",
              Set.of("version", "dirty"),
              true,
              Optional.empty(),
              "SELECT max(version)::text, coalesce(bool_or(dirty), false) FROM %s"),
          new Tool(
              "rails or dbmate",
              Set.of("version"),
              true,
              Optional.of("schema_migrations"),
              "SELECT max(version)::text, false FROM %s"),
          new Tool(
              "flyway",
              Set.of("installed_rank", "version", "script", "checksum", "success"),
              false,
              Optional.empty(),
              """
              SELECT (SELECT version FROM %1$s WHERE version IS NOT NULL
                      ORDER BY installed_rank DESC LIMIT 1),
                     EXISTS (SELECT FROM %1$s WHERE NOT success)\
              """),
          new Tool(
              "liquibase",
              Set.of("id", "author", "filename", "dateexecuted", "orderexecuted", "md5sum"),
              false,
              Optional.empty(),
              "SELECT (SELECT id FROM %s ORDER BY orderexecuted DESC LIMIT 1), false"));

  private static final String COLUMNS =
      """
      SELECT n.nspname, c.relname,
             array_agg(DISTINCT lower(a.attname)) AS columns
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind = 'r' AND n.nspname NOT IN ('information_schema', 'rubicon')
        AND NOT starts_with(n.nspname, 'pg_')
      GROUP BY n.nspname, c.relname
      HAVING count(*) <= 20
      ORDER BY 1, 2
      """;

  private VersionTables() {}

  /**
   * @param head the version that the table records; empty when it records none
   * @param failed whether a migration was left half-way
   */
  public record VersionTable(String tool, String table, String head, boolean failed) {}

  static List<VersionTable> find(PgSession session) {
    record Candidate(RelationName table, Set<String> columns) {}
    List<Candidate> candidates =
        session.query(
            COLUMNS,
            row ->
                new Candidate(
                    new RelationName(row.getString(1), row.getString(2)),
                    Set.of((String[]) row.getArray(3).getArray())));
    var found = new ArrayList<VersionTable>();
    for (Candidate candidate : candidates) {
      TOOLS.stream()
          .filter(tool -> fits(tool, candidate.table(), candidate.columns()))
          .findFirst()
          .ifPresent(tool -> found.add(state(session, tool, candidate.table())));
    }
    return List.copyOf(found);
  }

  private static boolean fits(Tool tool, RelationName table, Set<String> columns) {
    return (tool.exactly() ? columns.equals(tool.columns()) : columns.containsAll(tool.columns()))
        && tool.table().map(name -> name.equals(table.name())).orElse(true);
  }

  private static VersionTable state(PgSession session, Tool tool, RelationName table) {
    try {
      return session
          .first(
              tool.state().formatted(table.sql()),
              row ->
                  new VersionTable(
                      tool.name(),
                      table.toString(),
                      Optional.ofNullable(row.getString(1)).orElse(""),
                      row.getBoolean(2)))
          .orElseThrow();
    } catch (RubiconException e) {
      if (!List.of("42501", "57014", "55P03", "42P01").contains(SqlFailure.state(e))) {
        throw e;
      }
      return new VersionTable(tool.name(), table.toString(), "", false);
    }
  }
}
