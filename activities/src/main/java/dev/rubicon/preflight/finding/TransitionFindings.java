package dev.rubicon.preflight.finding;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.TableDefinition;
import dev.rubicon.catalog.definition.TriggerDefinition;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What in the target stands in the way of the runbook's transitions; judged from a snapshot. */
public final class TransitionFindings {
  /**
   * The names of Rubicon's row triggers begin so; PostgreSQL fires triggers in byte order of their
   * names.
   */
  private static final byte[] OURS = "~rubicon".getBytes(StandardCharsets.UTF_8);

  private final CatalogSnapshot target;
  private final Runbook runbook;
  private final List<Finding> findings = new ArrayList<>();

  private TransitionFindings(CatalogSnapshot target, Runbook runbook) {
    this.target = target;
    this.runbook = runbook;
  }

  public static List<Finding> of(CatalogSnapshot target, Runbook runbook) {
    var work = new TransitionFindings(target, runbook);
    runbook.transitions().forEach(work::transition);
    runbook.contract().legacyColumns().forEach(work::legacyColumn);
    PublicationFindings.of(target, runbook).forEach(work::add);
    return List.copyOf(work.findings);
  }

  private void transition(Runbook.Transition transition) {
    RelationName relation = RelationName.parse(transition.relation());
    Optional<CatalogEntry> table =
        target.find(ObjectKind.TABLE, relation.schema(), relation.name(), "");
    if (table.isEmpty()) {
      unsupported(
          "transition:" + relation,
          isForeign(relation)
              ? "%s is a foreign table: a transition needs a table of this database"
                  .formatted(relation)
              : "the transition's relation %s is not in the target".formatted(relation),
          "");
      return;
    }
    TableDefinition definition = TableDefinition.of(table.get());
    if (definition.parents().isPresent()) {
      unsupported(
          "transition:" + relation,
          relation + " is a partition or inherits: name the table that stands above it",
          definition.toString());
    }
    if (definition.persistence().filter("UNLOGGED"::equals).isPresent()) {
      hazard(
          "unlogged:" + relation,
          relation + " is unlogged: a crash of the server empties it, both sides at once",
          definition.toString());
    }
    if (definition.rowSecurity()) {
      hazard(
          "row-security:" + relation,
          transition.endsRelation()
              ? "policies on "
                  + relation
                  + " judge its own clients only: canonical's are judged by canonical's, and what"
                  + " one side takes is written to the other"
              : "policies on "
                  + relation
                  + " name columns of one side only: what stands on a legacy column must be"
                  + " replaced before contract",
          definition.toString());
    }
    if (transition.endsRelation()) {
      return; // what stands in a shadow's way is asked of PostgreSQL, on the copy
    }
    columns(transition, relation);
    triggers(transition, relation);
  }

  private boolean isForeign(RelationName relation) {
    return target
        .find(ObjectKind.UNSUPPORTED, relation.schema(), "foreign-table", relation.name())
        .isPresent();
  }

  private void columns(Runbook.Transition transition, RelationName relation) {
    for (ColumnMapping column : transition.columns()) {
      String name = Identifiers.split(column.name()).getFirst();
      column(relation, name)
          .ifPresent(
              existing ->
                  unsupported(
                      "canonical-column:" + relation + "." + name,
                      ColumnDefinition.of(existing).value() instanceof ColumnDefinition.Generated
                          ? relation + "." + name + " is a generated column already there"
                          : relation + " already has a column " + name,
                      existing.definition()));
    }
    for (String legacy : derived(transition)) {
      Optional<CatalogEntry> existing = column(relation, legacy);
      if (existing.isEmpty()) {
        unsupported(
            "legacy-column:" + relation + "." + legacy,
            "a down: names the column " + legacy + ", which " + relation + " does not have",
            "");
      } else if (ColumnDefinition.of(existing.get()).neverWritten()) {
        unsupported(
            "legacy-column:" + relation + "." + legacy,
            "a down: names " + relation + "." + legacy + ", which nobody can write",
            existing.get().definition());
      }
    }
  }

  private void triggers(Runbook.Transition transition, RelationName relation) {
    Set<String> derived = derived(transition);
    for (CatalogEntry trigger : target.of(ObjectKind.TRIGGER)) {
      if (!trigger.schema().equals(relation.schema())
          || !trigger.object().equals(relation.name())) {
        continue;
      }
      byte[] name = trigger.part().getBytes(StandardCharsets.UTF_8);
      if (Arrays.compareUnsigned(name, OURS) > 0) {
        unsupported(
            "trigger-order:" + trigger.qualified(),
            "trigger "
                + trigger.part()
                + " on "
                + relation
                + " sorts after '~rubicon' and would change what Rubicon's derived: rename it",
            trigger.definition());
      }
      TriggerDefinition definition = TriggerDefinition.of(trigger);
      if (definition.timing().equals("AFTER")
          && definition.updateOf().stream().anyMatch(derived::contains)) {
        unsupported(
            "trigger-columns:" + trigger.qualified(),
            "trigger "
                + trigger.part()
                + " fires AFTER UPDATE OF a column that Rubicon derives, and would not see it"
                + " change",
            trigger.definition());
      }
    }
  }

  private void legacyColumn(LegacyColumn legacy) {
    RelationName relation = RelationName.parse(legacy.relation());
    String name = Identifiers.split(legacy.column()).getFirst();
    if (column(relation, name).isEmpty()) {
      unsupported(
          "legacy-column:" + relation + "." + name,
          "contract names the column " + name + ", which " + relation + " does not have",
          "");
    }
  }

  /** Legacy columns that {@code down} writes. */
  private static Set<String> derived(Runbook.Transition transition) {
    var names = new LinkedHashSet<String>();
    transition
        .columns()
        .forEach(
            column ->
                column
                    .down()
                    .keySet()
                    .forEach(legacy -> names.add(Identifiers.split(legacy).getFirst())));
    return names;
  }

  private Optional<CatalogEntry> column(RelationName relation, String name) {
    return target.find(ObjectKind.COLUMN, relation.schema(), relation.name(), name);
  }

  private void unsupported(String id, String title, String definition) {
    add("unsupported:" + id, Finding.Kind.UNSUPPORTED, title, definition);
  }

  private void hazard(String id, String title, String definition) {
    add("hazard:" + id, Finding.Kind.HAZARD, title, definition);
  }

  private void add(String id, Finding.Kind kind, String title, String definition) {
    add(open(id, kind, title, definition));
  }

  private void add(Finding added) {
    if (findings.stream().noneMatch(finding -> finding.id().equals(added.id()))) {
      findings.add(added);
    }
  }

  static Finding open(String id, Finding.Kind kind, String title, String definition) {
    return new Finding(
        id,
        kind,
        title,
        definition.isEmpty() ? Optional.empty() : Optional.of(definition),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }
}
