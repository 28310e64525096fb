package dev.rubicon.bundle.shape;

import dev.rubicon.partition.KeyTables;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Backup;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.CloneSource;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.KeyTable;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.ManualItem;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Runbook.Transition;
import dev.rubicon.table.SplitMergeRules;
import dev.rubicon.yaml.Nearest;
import dev.rubicon.yaml.Reading;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks that what one part of a runbook says of another part is true. */
public final class References {
  private static final Pattern WORD =
      Pattern.compile("\"((?:[^\"]|\"\")+)\"|[\\p{L}_][\\p{L}\\p{N}_$]*");

  private final Runbook runbook;
  private final Reading reading;

  private References(Runbook runbook, Reading reading) {
    this.runbook = runbook;
    this.reading = reading;
  }

  public static void check(Runbook runbook, Reading reading) {
    var references = new References(runbook, reading);
    references.schemas();
    for (SplitMergeRules.Problem problem : SplitMergeRules.problems(runbook.transitions())) {
      reading.problem(
          problem
              .key()
              .map(key -> reading.at(problem.transition(), key))
              .orElseGet(() -> reading.at(problem.transition())),
          problem.what());
    }
    runbook.transitions().forEach(references::columns);
    if (reading.complete(reading.at(runbook, "transitions"))) {
      references.legacyColumns();
    }
    references.legacyRelations();
    references.manual();
    references.rehearsal();
    references.localViews();
    runbook.partitions().forEach(p -> references.owned(p.relation(), p, "relation"));
    runbook.keyTables().forEach(references::keyTable);
  }

  private void keyTable(KeyTable key) {
    owned(key.table(), key, "table");
    if (!KeyTables.made(runbook, key)) {
      reading.problem(
          reading.at(key, "relation"),
          key.relation() + " is not 'to' of a shadow transition: its rows are not copied here",
          Nearest.to(
              key.relation(),
              runbook.transitions().stream()
                  .flatMap(t -> t.shadow().stream())
                  .map(s -> s.to())
                  .toList()));
    }
  }

  /** What the runbook touches lies in schemas that it owns. */
  private void schemas() {
    for (Transition transition : runbook.transitions()) {
      owned(transition.relation(), transition, "relation");
      transition.shadow().ifPresent(shadow -> owned(shadow.to(), transition, "to"));
    }
    for (var index : runbook.expand().concurrently()) {
      owned(index.name(), index, "name");
    }
    List<String> samples = runbook.preflight().samples();
    for (int i = 0; i < samples.size(); i++) {
      owned(samples.get(i), runbook.preflight(), "samples", i);
    }
  }

  private void owned(String relation, Object record, Object... path) {
    String schema = RelationName.parse(relation).schema();
    if (!runbook.schemas().contains(schema)) {
      reading.problem(
          reading.at(record, path),
          "schema '" + schema + "' of " + relation + " is not among 'schemas'",
          Nearest.to(schema, runbook.schemas()));
    }
  }

  /** A legacy column has one source, and is not itself canonical. */
  private void columns(Transition transition) {
    var canonical = new HashSet<String>();
    transition.columns().forEach(column -> canonical.add(Names.folded(column.name())));
    Map<String, String> sources = new HashMap<>();
    for (ColumnMapping column : transition.columns()) {
      definition(transition, column);
      for (String legacy : column.down().keySet()) {
        String folded = Names.folded(legacy);
        if (transition.kind() == Transition.Kind.IN_PLACE && canonical.contains(folded)) {
          reading.problem(
              reading.at(column, "down", legacy),
              "'" + legacy + "' is a canonical column of this transition, not a legacy one");
        }
        String other = sources.putIfAbsent(folded, column.name());
        if (other != null) {
          reading.problem(
              reading.at(column, "down", legacy),
              "legacy column '" + legacy + "' is already derived by column '" + other + "'");
        }
      }
    }
  }

  /** A new column is defined here, one of a shadow in the migration that creates the relation. */
  private void definition(Transition transition, ColumnMapping column) {
    if (transition.kind() == Transition.Kind.IN_PLACE) {
      if (column.type().isEmpty()) {
        reading.problem(reading.at(column), "key 'type' is missing");
      }
    } else if (!column.type().isEmpty()
        || column.defaultExpression().isPresent()
        || !column.nullable()
        || column.check().isPresent()
        || column.comment().isPresent()) {
      reading.problem(
          reading.at(column),
          "type, default, nullable, check and comment of a shadow's column stand in the migration"
              + " that creates it");
    }
  }

  private void legacyColumns() {
    var seen = new HashSet<String>();
    for (LegacyColumn entry : runbook.contract().legacyColumns()) {
      RelationName relation = RelationName.parse(entry.relation());
      String column = Names.folded(entry.column());
      if (!seen.add(relation.sql() + " " + column)) {
        reading.problem(
            reading.at(entry, "column"),
            "'" + entry.column() + "' of " + entry.relation() + " is there twice");
      }
      var transition =
          runbook.transitions().stream()
              .filter(t -> RelationName.parse(t.relation()).equals(relation))
              .findFirst();
      if (transition.isEmpty()) {
        reading.problem(
            reading.at(entry, "relation"),
            "no transition has the relation " + entry.relation(),
            Nearest.to(
                entry.relation(),
                runbook.transitions().stream().map(Transition::relation).toList()));
        continue;
      }
      if (!legacyWords(transition.get()).contains(column)) {
        reading.problem(
            reading.at(entry, "column"),
            "no 'up' or 'down' of " + entry.relation() + " mentions '" + entry.column() + "'",
            Nearest.to(column, downColumns(transition.get())));
      }
    }
  }

  private void legacyRelations() {
    List<String> shadows =
        runbook.transitions().stream()
            .filter(t -> t.kind() == Transition.Kind.SHADOW)
            .map(t -> RelationName.parse(t.relation()).toString())
            .toList();
    for (LegacyRelation entry : runbook.contract().legacyRelations()) {
      String relation = RelationName.parse(entry.relation()).toString();
      boolean inPlace =
          runbook.transitions().stream()
              .anyMatch(
                  t ->
                      t.kind() != Transition.Kind.SHADOW
                          && RelationName.parse(t.relation()).toString().equals(relation));
      if (shadows.contains(relation)) {
        if (!entry.reconcile().isEmpty()) {
          reading.problem(
              reading.at(entry, "reconcile"),
              "canonical takes over from "
                  + entry.relation()
                  + " and is compared with it: such queries stand under contract.preconditions");
        }
      } else if (inPlace || entry.action() == LegacyColumn.Action.KEEP) {
        reading.problem(
            reading.at(entry, "relation"),
            "no shadow transition has the relation " + entry.relation(),
            Nearest.to(relation, shadows));
      } else {
        owned(entry.relation(), entry, "relation");
      }
    }
  }

  private static Set<String> downColumns(Transition transition) {
    var columns = new TreeSet<String>();
    for (ColumnMapping column : transition.columns()) {
      column.down().keySet().forEach(legacy -> columns.add(Names.folded(legacy)));
    }
    return columns;
  }

  /** Every word that could be a legacy column: PostgreSQL itself judges it in preflight. */
  private static Set<String> legacyWords(Transition transition) {
    var words = new HashSet<>(downColumns(transition));
    for (ColumnMapping column : transition.columns()) {
      Matcher matcher = WORD.matcher(column.up().orElse(""));
      while (matcher.find()) {
        words.add(Names.folded(matcher.group()));
      }
    }
    transition.columns().forEach(column -> words.remove(Names.folded(column.name())));
    return words;
  }

  /** An item that blocks a phase which this rollout does not have would never be asked for. */
  private void manual() {
    for (ManualItem item : runbook.manual()) {
      boolean absent =
          switch (item.blocks()) {
            case BACKUP -> runbook.backup() instanceof Backup.External;
            case CLONE, REHEARSE -> runbook.cloneSource() instanceof CloneSource.None;
            case DUAL_WRITE, BACKFILL -> runbook.transitions().isEmpty();
            case SMOKE -> runbook.smoke().isEmpty();
            case PREFLIGHT, EXPAND, VERIFY, CUTOVER, WATCH, CONTRACT, ROLLBACK, ABORT -> false;
          };
      if (absent) {
        reading.problem(
            reading.at(item, "blocks"),
            "this runbook has no phase '" + Phase.of(item.blocks().word()).word() + "' to block");
      }
    }
  }

  /**
   * A check builds canonical of files, in the middle of a rollout: it runs no migration tool, and
   * derives nothing.
   */
  private void localViews() {
    if (!runbook.canonical().sql().isEmpty()) {
      return;
    }
    Stream.of(runbook.rehearse().checks(), runbook.smoke(), runbook.watch().checks())
        .flatMap(List::stream)
        .forEach(
            check -> {
              if (check instanceof Check.DuckDb duck && !duck.local().isEmpty()) {
                reading.problem(
                    reading.at(check), "'local' needs canonical of files: say canonical: {sql: …}");
              }
            });
  }

  private void rehearsal() {
    if (runbook.cloneSource() instanceof CloneSource.None && reading.wrote(runbook.rehearse())) {
      reading.problem(
          reading.at(runbook, "rehearse"), "there is no clone to rehearse on (clone: none)");
    }
    if (runbook.cloneSource() instanceof CloneSource.FromBackup
        && runbook.backup() instanceof Backup.External) {
      reading.problem(
          reading.at(runbook, "clone"),
          "an external backup cannot be cloned from: say clone: {staging: target} or"
              + " {none: reason}");
    }
  }
}
