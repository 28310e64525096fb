package dev.rubicon.migrationfolder;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Optional;

/**
 * What the migrations of a folder come to.
 *
 * @param tables in the end, by name
 * @param findings what does not apply, has no way back or one that does not lead back, cannot run
 *     twice, or undoes what another migration made
 */
public record MigrationInventory(
    Layout layout, List<Applied> migrations, List<Table> tables, List<Finding> findings) {
  /** For the server's own: it may differ in what it says of itself, and no migration makes it. */
  private static final String SCHEMAS =
      """
      SELECT nspname FROM pg_namespace
      WHERE nspname <> 'information_schema' AND NOT starts_with(nspname, 'pg_')
      ORDER BY nspname
      """;

  public MigrationInventory {
    migrations = List.copyOf(migrations);
    tables = List.copyOf(tables);
    findings = List.copyOf(findings);
  }

  /**
   * @param applied whether all of it could be applied after those before it
   * @param undo {@code leads-back}, {@code missing}, {@code asymmetric}, {@code fails} or {@code
   *     not-tried}
   * @param twice what comes of it the second time: {@code same}, {@code changes}, {@code fails} or
   *     {@code not-tried}
   */
  public record Applied(String name, String version, boolean applied, String undo, String twice) {}

  /**
   * @param touchedBy migrations, in their order
   */
  public record Table(String name, List<Column> columns, List<String> touchedBy) {
    public Table {
      columns = List.copyOf(columns);
      touchedBy = List.copyOf(touchedBy);
    }
  }

  /**
   * @param definition as PostgreSQL prints it
   */
  public record Column(String name, String definition, List<String> touchedBy) {
    public Column {
      touchedBy = List.copyOf(touchedBy);
    }
  }

  /** All that is there and is not the server's own. */
  static CatalogSnapshot snapshot(PgSession session) {
    return CatalogReader.read(session, session.query(SCHEMAS, row -> row.getString(1)));
  }

  static Finding finding(String id, String title, String about) {
    return made("hazard:" + id, Finding.Kind.HAZARD, title, Optional.of(about));
  }

  static Finding note(String id, String title) {
    return made("note:" + id, Finding.Kind.NOTE, title, Optional.empty());
  }

  private static Finding made(String id, Finding.Kind kind, String title, Optional<String> about) {
    return new Finding(
        id, kind, title, about, Optional.empty(), Optional.empty(), Finding.Disposition.OPEN, "");
  }

  /** Findings that somebody has to decide, and nobody has. */
  public List<Finding> open() {
    return findings.stream().filter(Finding::blocks).toList();
  }
}
