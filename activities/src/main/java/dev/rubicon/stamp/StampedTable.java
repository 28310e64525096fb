package dev.rubicon.stamp;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.migrationtool.MigrationTool;
import dev.rubicon.migrationtool.MigrationTools;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A version table that the runbook stamps.
 *
 * @param versions as the table will have them
 */
record StampedTable(
    Runbook.Stamp stamp, MigrationTool tool, RelationName table, List<StampedVersion> versions) {

  static List<StampedTable> of(Bundle bundle) {
    return bundle.runbook().cutover().stamps().stream()
        .map(
            stamp -> {
              MigrationTool tool =
                  MigrationTools.named(stamp.tool()).orElseGet(() -> HandMade.of(stamp));
              return new StampedTable(
                  stamp,
                  tool,
                  RelationName.parse(stamp.table()),
                  StampedVersion.of(bundle, stamp, tool));
            })
        .toList();
  }

  /** Whether its version stands for all up to it: no script says what they were. */
  boolean baseline() {
    return tool.baseline().isPresent() && stamp.folder().isEmpty();
  }

  String insert() {
    return Sql.of((baseline() ? tool.baseline() : tool.stamp()).orElseThrow(), table);
  }

  List<VersionTable.Migration> migrations(PgSession session) {
    return VersionTables.migrations(session, tool, table);
  }

  /** The newest of those that are applied: by their order where it says, else the last. */
  Optional<String> head(List<String> applied) {
    return tool.order()
        .comparator()
        .map(order -> applied.stream().max(order))
        .orElseGet(() -> applied.stream().reduce((_, next) -> next));
  }

  /** Whether the table is where the runbook expects it. */
  boolean expected(List<String> applied) {
    return stamp
        .from()
        .map(from -> head(applied).equals(Optional.of(tool.order().normal(from))))
        .orElse(true);
  }

  /** Versions that the table does not have yet. */
  List<StampedVersion> missing(List<String> applied) {
    return versions.stream().filter(version -> !applied.contains(version.version())).toList();
  }

  /** Versions that the tool would have applied before what it has applied already. */
  List<String> behind(List<String> applied) {
    Optional<Comparator<String>> order = tool.order().comparator();
    Optional<String> head = head(applied);
    return order.isEmpty() || head.isEmpty()
        ? List.of()
        : missing(applied).stream()
            .map(StampedVersion::version)
            .filter(version -> order.get().compare(version, head.get()) < 0)
            .toList();
  }
}
