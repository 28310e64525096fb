package dev.rubicon.preflight.finding;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.TableDefinition;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Publications that a transition reaches. A subscriber stops where a row comes with a column that
 * its table does not have (PostgreSQL documentation, "Logical Replication", Restrictions).
 */
final class PublicationFindings {
  private final CatalogSnapshot target;
  private final List<Finding> findings = new ArrayList<>();

  private PublicationFindings(CatalogSnapshot target) {
    this.target = target;
  }

  static List<Finding> of(CatalogSnapshot target, Runbook runbook) {
    if (runbook.transitions().isEmpty()) {
      return List.of();
    }
    var work = new PublicationFindings(target);
    work.ofAllTables();
    Set<RelationName> shadows = new LinkedHashSet<>();
    Set<RelationName> inPlace = new LinkedHashSet<>();
    for (Runbook.Transition transition : runbook.transitions()) {
      (transition.endsRelation() ? shadows : inPlace)
          .add(RelationName.parse(transition.relation()));
    }
    shadows.forEach(work::shadow);
    inPlace.forEach(work::inPlace);
    return List.copyOf(work.findings);
  }

  private void ofAllTables() {
    target.of(ObjectKind.NOTE).stream()
        .filter(note -> note.object().equals("publication"))
        .forEach(
            note ->
                hazard(
                    "publication:" + note.part(),
                    "publication "
                        + note.part()
                        + " is FOR ALL TABLES: its subscribers get new columns and Rubicon's"
                        + " tables",
                    note.definition()));
  }

  /** A publication goes by table, so it stays with the legacy one. */
  private void shadow(RelationName legacy) {
    target.of(ObjectKind.PUBLICATION).stream()
        .filter(p -> p.schema().equals(legacy.schema()))
        .filter(p -> p.object().isEmpty() || p.object().equals(legacy.name()))
        .forEach(
            p ->
                hazard(
                    "shadow-publication:" + legacy + ":" + p.part(),
                    "publication "
                        + p.part()
                        + (p.object().isEmpty()
                            ? " takes whatever schema "
                                + p.schema()
                                + " holds: its subscribers"
                                + " need canonical's table before expand"
                            : " publishes "
                                + legacy
                                + " only, which contract takes away: give its subscribers"
                                + " canonical's table, and add that to the publication, before"
                                + " contract"),
                    p.definition()));
  }

  private void inPlace(RelationName relation) {
    target.of(ObjectKind.PUBLICATION).stream()
        .filter(
            p -> p.schema().equals(relation.schema()) && p.object().isEmpty() || holds(p, relation))
        .forEach(
            p ->
                hazard(
                    "in-place-publication:" + relation + ":" + p.part(),
                    "publication "
                        + p.part()
                        + (p.definition().startsWith("(")
                            ? " has a column list of "
                                + relation
                                + ": it goes on without the new columns, and contract cannot drop a"
                                + " column of the list; set the list anew before contract"
                            : " takes "
                                + relation
                                + " with every new column: its subscribers stop at the first row"
                                + " unless their tables have canonical's columns and _rubicon"
                                + " (bigint) before dual write, or the publication a column list"
                                + " (PostgreSQL 15 on)"),
                    p.definition()));
  }

  /** The relation itself, or a partition of it. */
  private boolean holds(CatalogEntry publication, RelationName relation) {
    String wanted = relation.toString();
    Optional<RelationName> at =
        Optional.of(new RelationName(publication.schema(), publication.object()));
    while (at.isPresent()) {
      if (at.get().toString().equals(wanted)) {
        return true;
      }
      at = parent(at.get());
    }
    return false;
  }

  private Optional<RelationName> parent(RelationName partition) {
    return target
        .find(ObjectKind.TABLE, partition.schema(), partition.name(), "")
        .flatMap(table -> TableDefinition.of(table).parents())
        .filter(parents -> !parents.contains(", "))
        .map(RelationName::parse);
  }

  private void hazard(String id, String title, String definition) {
    findings.add(TransitionFindings.open("hazard:" + id, Finding.Kind.HAZARD, title, definition));
  }
}
