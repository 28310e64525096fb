package dev.rubicon.preflight;

import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Findings from sequences, version tables and earlier launches, not from comparing schemas. They
 * hold no measured value.
 */
final class MeasuredFindings {
  private MeasuredFindings() {}

  /** Tables of a tool that Rubicon knows; a hand-made one is looked for on the trial's copy. */
  static Stream<Finding> stamps(Runbook runbook, List<VersionTables.VersionTable> versions) {
    return runbook.cutover().stamps().stream()
        .filter(stamp -> !stamp.rows())
        .flatMap(
            stamp -> {
              String table = RelationName.parse(stamp.table()).toString();
              Optional<VersionTables.VersionTable> found =
                  versions.stream().filter(version -> version.table().equals(table)).findFirst();
              if (found.isEmpty()) {
                return Stream.of(
                    hazard("stamp:" + table, "there is no version table " + table + " to stamp"));
              }
              String head = found.get().head();
              // One that is there already is left as it is, by the crossing too.
              if (stamp.from().filter(from -> !from.equals(head)).isPresent()
                  && !stamp.version().equals(head)) {
                return Stream.of(
                    hazard(
                        "stamp:" + table,
                        table
                            + " is at '"
                            + found.get().head()
                            + "', the runbook expects '"
                            + stamp.from().get()
                            + "'"));
              }
              return Stream.<Finding>empty();
            });
  }

  static Finding behind(Inventory.SequenceState state) {
    return new Finding(
        "value-drift:sequence:" + state.sequence(),
        Finding.Kind.VALUE_DRIFT,
        "sequence " + state.sequence() + " will hand out values that " + state.column() + " holds",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  /** An extension that the change uses where it is there. */
  static Finding absent(Runbook.OptionalExtension extension, boolean available) {
    return note(
        "extension:" + extension.name(),
        "warning: extension "
            + extension.name()
            + (available
                ? " is on the server and not in this database (CREATE EXTENSION "
                    + extension.name()
                    + ")"
                : " is not on the server")
            + ": "
            + extension.without());
  }

  static Finding halfWay(VersionTables.VersionTable table) {
    return note(
        "version-table:" + table.table(),
        table.tool() + " left a migration half-way in " + table.table());
  }

  static Finding adopted(EarlierLaunch earlier) {
    return note(
        "relaunch",
        "rollout "
            + earlier.rollout()
            + " of this bundle got as far as "
            + earlier.stage()
            + ": its baseline is taken over, its hazards were judged then");
  }

  static Finding finished() {
    return note(
        "finished",
        "the target is canonical, and what this runbook brings is there: there is nothing to do");
  }

  /** After the crossing a hazard of contract stops no plan: contract itself stops at it. */
  static Finding inContractsWay(Finding hazard) {
    return note(
        "contract:" + hazard.id(), "contract could not end as things stand: " + hazard.title());
  }

  static Finding note(String id, String title) {
    return finding("note:" + id, Finding.Kind.NOTE, title);
  }

  static Finding hazard(String id, String title) {
    return finding("hazard:" + id, Finding.Kind.HAZARD, title);
  }

  static Finding finding(String id, Finding.Kind kind, String title) {
    return new Finding(
        id,
        kind,
        title,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }
}
