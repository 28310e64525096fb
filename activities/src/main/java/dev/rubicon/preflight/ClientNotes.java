package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ColumnDefinition;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the people behind the clients should know before they approve: it stops nothing. All of it
 * is in {@code docs/clients.md}; here it is said of the relations that it concerns.
 */
final class ClientNotes {
  private final CatalogSnapshot target;
  private final CatalogSnapshot canonical;
  private final List<Finding> notes = new ArrayList<>();

  private ClientNotes(CatalogSnapshot target, CatalogSnapshot canonical) {
    this.target = target;
    this.canonical = canonical;
  }

  static List<Finding> of(CatalogSnapshot target, CatalogSnapshot canonical, Runbook runbook) {
    var work = new ClientNotes(target, canonical);
    for (Runbook.Transition transition : runbook.transitions()) {
      RelationName relation = RelationName.parse(transition.relation());
      Optional<Shadow> shadow = transition.shadow();
      if (shadow.isEmpty()) {
        work.newBuilds(relation);
      } else {
        work.afterRollback(relation, shadow.get());
        work.types(relation, RelationName.parse(shadow.get().to()));
      }
    }
    return List.copyOf(work.notes);
  }

  private void newBuilds(RelationName relation) {
    note(
        "new-builds:" + relation,
        "new builds should write "
            + relation
            + " from the end of the backfill on: until then the canonical columns of a row may be"
            + " NULL, and writing that NULL back is no write unless the client says SET"
            + " rubicon.side = 'canonical'");
  }

  private void afterRollback(RelationName relation, Shadow shadow) {
    RelationName to = RelationName.parse(shadow.to());
    if (shadow.builtAs().isEmpty()) {
      return;
    }
    note(
        "after-rollback:" + to,
        to.equals(relation)
            ? "after a rollback "
                + to
                + " is legacy's again at once: new builds that are still running meet legacy's"
                + " columns until the deploy hook has run"
            : "after a rollback there is no "
                + to
                + " until the next cutover: new builds that are still running get 42P01 until the"
                + " deploy hook has run");
  }

  /** Connections that have prepared a statement before the name changes hands. */
  private void types(RelationName relation, RelationName to) {
    if (!relation.equals(to)) {
      return;
    }
    List<String> changed =
        canonical.of(ObjectKind.COLUMN).stream()
            .filter(c -> c.schema().equals(to.schema()) && c.object().equals(to.name()))
            .filter(
                c ->
                    target
                        .find(ObjectKind.COLUMN, c.schema(), c.object(), c.part())
                        .filter(
                            was ->
                                !ColumnDefinition.of(was)
                                    .type()
                                    .equals(ColumnDefinition.of(c).type()))
                        .isPresent())
            .map(c -> c.part())
            .toList();
    if (!changed.isEmpty()) {
      note(
          "prepared-statements:" + to,
          "the type of "
              + String.join(", ", changed)
              + " in "
              + to
              + " changes with the cutover and back with a rollback: statements that are prepared"
              + " on the server fail once with 0A000, and some drivers for as long as the"
              + " connection lives: let pools reconnect");
    }
  }

  private void note(String id, String title) {
    notes.add(MeasuredFindings.note(id, title));
  }
}
