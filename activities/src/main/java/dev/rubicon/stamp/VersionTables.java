package dev.rubicon.stamp;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.MigrationTool.State;
import dev.rubicon.migrationtool.MigrationTools;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The version tables of migration tools, recognised by their columns and never by a name alone:
 * {@code migrations} is Laravel's and TypeORM's, {@code schema_migrations} that of four tools.
 */
public final class VersionTables {
  /** A table that only looks like one of a tool's may be large. */
  private static final int READ = 10_000;

  private static final String COLUMNS =
      """
      SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum)
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('information_schema', 'rubicon')
        AND NOT starts_with(n.nspname, 'pg_')
      GROUP BY n.nspname, c.relname
      HAVING count(*) <= 20
      ORDER BY 1, 2
      """;

  private VersionTables() {}

  /** Every version table of the database. */
  public static List<VersionTable> find(PgSession session) {
    Map<RelationName, List<String>> tables = tables(session);
    var found = new ArrayList<VersionTable>();
    tables.forEach(
        (table, columns) ->
            MigrationTools.all().stream()
                .filter(tool -> tool.recognises(table, new HashSet<>(columns), tables.keySet()))
                .findFirst()
                .or(() -> HandMade.recognised(table, columns))
                .ifPresent(tool -> found.add(read(session, tool, table, tables.keySet()))));
    return List.copyOf(found);
  }

  /** What a table says that is known to be this tool's. */
  static VersionTable read(PgSession session, MigrationTool tool, RelationName table) {
    return read(session, tool, table, tables(session).keySet());
  }

  /** Tables with their columns; what has more than 20 is no version table. */
  static Map<RelationName, List<String>> tables(PgSession session) {
    var tables = new LinkedHashMap<RelationName, List<String>>();
    session.query(
        COLUMNS,
        row ->
            tables.put(
                new RelationName(row.getString(1), row.getString(2)),
                List.of((String[]) row.getArray(3).getArray())));
    return tables;
  }

  private static VersionTable read(
      PgSession session, MigrationTool tool, RelationName table, Set<RelationName> tables) {
    try {
      return new VersionTable(
          tool.name(),
          tool.title(),
          table.toString(),
          true,
          migrations(session, tool, table),
          held(session, tool, table, tables));
    } catch (RubiconException e) {
      // Names are a tool's and types are not: what was only recognised stops nobody's plan.
      if (e.code() != ErrorCode.SQL_REFUSED
          && !List.of("42501", "57014", "55P03").contains(SqlFailure.state(e))) {
        throw e;
      }
      return new VersionTable(
          tool.name(), tool.title(), table.toString(), false, List.of(), Optional.empty());
    }
  }

  /** In the order in which they were applied. */
  static List<VersionTable.Migration> migrations(
      PgSession session, MigrationTool tool, RelationName table) {
    return session.query(
        """
        SELECT version, to_char(at::timestamptz, 'YYYY-MM-DD HH24:MI:SS'), state, checksum
        FROM (%s) AS history (version, at, state, checksum)
        WHERE version IS NOT NULL LIMIT %d
        """
            .formatted(Sql.of(tool.history(), table), READ),
        row -> {
          State state = State.valueOf(row.getString(3));
          return new VersionTable.Migration(
              row.getString(1),
              Optional.ofNullable(row.getString(2)),
              state,
              Optional.ofNullable(row.getString(4)),
              tool.remedy(state));
        });
  }

  private static Optional<String> held(
      PgSession session, MigrationTool tool, RelationName table, Set<RelationName> tables) {
    return tool.lock()
        .filter(
            lock -> {
              var beside = new RelationName(table.schema(), lock.beside());
              return tables.contains(beside)
                  && session
                      .value("SELECT EXISTS (" + Sql.of(lock.held(), beside) + ")")
                      .equals("t");
            })
        .map(MigrationTool.Lock::free);
  }
}
