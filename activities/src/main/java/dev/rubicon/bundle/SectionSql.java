package dev.rubicon.bundle;

import dev.rubicon.partition.KeyTables;
import dev.rubicon.partition.PartitionFunctions;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;

/**
 * What a section of the runbook leaves in the owner's schema: canonical has it, and a migration
 * behind those of the folder brings it.
 *
 * @param name of the migration, behind its version
 * @param canonical how canonical is given it
 */
record SectionSql(String name, String canonical, String up, String undo) {

  /** In the order in which they run. */
  static List<SectionSql> of(Runbook runbook) {
    var sections = new ArrayList<SectionSql>();
    if (!runbook.keyTables().isEmpty()) {
      sections.add(
          new SectionSql(
              "__key_tables.sql",
              KeyTables.canonical(runbook),
              KeyTables.create(runbook),
              KeyTables.drop(runbook)));
    }
    if (!runbook.partitions().isEmpty()) {
      String create = PartitionFunctions.create(runbook.partitions());
      sections.add(
          new SectionSql(
              "__partition_functions.sql",
              create,
              create,
              PartitionFunctions.drop(runbook.partitions())));
    }
    return sections;
  }
}
