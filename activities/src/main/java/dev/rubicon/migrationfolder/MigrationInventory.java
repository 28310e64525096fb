package dev.rubicon.migrationfolder;

import dev.rubicon.finding.Finding;
import java.util.List;

/**
 * What the migrations of a folder come to.
 *
 * @param tables in the end, by name
 * @param findings what does not apply, has no way back or one that does not lead back, cannot run
 *     twice, or undoes what another migration made
 */
public record MigrationInventory(
    Layout layout, List<Applied> migrations, List<Table> tables, List<Finding> findings) {

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

  /** Findings that somebody has to decide, and nobody has. */
  public List<Finding> open() {
    return findings.stream().filter(Finding::blocks).toList();
  }
}
