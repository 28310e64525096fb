package dev.rubicon.preflight.finding;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.leaving.LeavingRelation;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What clients will notice, for those who approve: plan, gates and report say this one list. It
 * stops nothing. All of it is in {@code docs/clients.md}; here it is said of the relations that it
 * concerns.
 */
public final class ClientNotes {
  private final CatalogSnapshot target;
  private final CatalogSnapshot canonical;
  private final List<Finding> notes = new ArrayList<>();

  private ClientNotes(CatalogSnapshot target, CatalogSnapshot canonical) {
    this.target = target;
    this.canonical = canonical;
  }

  public static List<Finding> of(
      CatalogSnapshot target, CatalogSnapshot canonical, Runbook runbook) {
    var work = new ClientNotes(target, canonical);
    for (Runbook.Transition transition : runbook.transitions()) {
      RelationName relation = RelationName.parse(transition.relation());
      Optional<Shadow> shadow = transition.shadow();
      if (shadow.isEmpty()) {
        work.newBuilds(relation);
        work.addedColumns(relation);
      } else {
        work.oldBuilds(relation, shadow.get());
        work.afterRollback(relation, shadow.get());
        work.prepared(relation, RelationName.parse(shadow.get().to()));
        work.alwaysGenerated(relation);
      }
    }
    LeavingRelation.of(runbook).forEach(work::leaving);
    return List.copyOf(work.notes);
  }

  /** Of a target that has crossed, by its own memory. */
  public static List<String> ofCrossed(PgSession session, Runbook runbook) {
    return TargetState.canonical(session)
        .map(canonical -> of(TargetState.baseline(session), canonical, runbook))
        .orElse(List.of())
        .stream()
        .map(Finding::title)
        .toList();
  }

  private void leaving(LeavingRelation leaving) {
    List<String> checks =
        leaving.entry().reconcile().stream().map(Runbook.Invariant::name).toList();
    note(
        "legacy-relation:" + leaving.name(),
        leaving.name()
            + " goes without a successor: contract has it "
            + leaving.fate()
            + (checks.isEmpty() ? ", unchecked" : ", once these return no rows: " + checks)
            + "; who writes it from the cutover on stops contract"
            + (leaving.entry().reads() == LegacyRelation.Reads.STOP
                ? ", and so does who reads"
                : "")
            + " it. Until then it stays as it is");
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

  private void addedColumns(RelationName relation) {
    note(
        "added-columns:" + relation,
        relation
            + " has more columns from dual-write on: SELECT * shows them, COPY and INSERT … SELECT"
            + " without a column list fail, and statements prepared with SELECT * or RETURNING *"
            + " fail with 0A000 once, with some drivers for as long as the connection lives");
  }

  /** Builds that say legacy's name once canonical is the authority. */
  private void oldBuilds(RelationName relation, Shadow shadow) {
    RelationName to = RelationName.parse(shadow.to());
    switch (shadow.legacyName()) {
      case KEEP -> {}
      case VIEW ->
          note(
              "under-a-view:" + relation,
              "from the cutover on "
                  + relation
                  + " is a view: old builds fail there with COPY, TRUNCATE, ON CONFLICT ON"
                  + " CONSTRAINT, WHERE CURRENT OF, TABLESAMPLE, system columns and, before"
                  + " PostgreSQL 17, MERGE");
      case HIDE ->
          note(
              "legacy-hidden:" + relation,
              to.equals(relation)
                  ? "from the cutover on "
                      + relation
                      + " has canonical's columns for old builds, too"
                  : "from the cutover on there is no "
                      + relation
                      + ": old builds that are still running get 42P01");
    }
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

  /** PostgreSQL lets nobody set such a column in an UPDATE, the engine neither. */
  private void alwaysGenerated(RelationName relation) {
    target.of(ObjectKind.COLUMN).stream()
        .filter(c -> c.schema().equals(relation.schema()) && c.object().equals(relation.name()))
        .filter(
            c ->
                ColumnDefinition.of(c).value() instanceof ColumnDefinition.Identity(boolean always)
                    && always)
        .forEach(
            c ->
                note(
                    "generated-always:" + relation + "." + c.part(),
                    relation
                        + "."
                        + c.part()
                        + " is GENERATED ALWAYS: until contract clients of canonical who change"
                        + " what it is derived from get 428C9; ALTER TABLE … SET GENERATED BY"
                        + " DEFAULT before the rollout lets them"));
  }

  /** Connections that have prepared a statement before the name changes hands. */
  private void prepared(RelationName relation, RelationName to) {
    if (!relation.equals(to)) {
      return;
    }
    Map<String, String> was = types(target, to);
    Map<String, String> is = types(canonical, to);
    List<String> changed =
        is.keySet().stream()
            .filter(column -> !is.get(column).equals(was.getOrDefault(column, is.get(column))))
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
    if (!is.keySet().equals(was.keySet())) {
      note(
          "prepared-star:" + to,
          to
              + " has other columns from the cutover on, and legacy's again"
              + " after a rollback: SELECT * and RETURNING * that are prepared on the server fail"
              + " with 0A000 like that");
    }
  }

  /** Of a relation's columns. */
  private static Map<String, String> types(CatalogSnapshot catalog, RelationName relation) {
    var types = new LinkedHashMap<String, String>();
    catalog.of(ObjectKind.COLUMN).stream()
        .filter(c -> c.schema().equals(relation.schema()) && c.object().equals(relation.name()))
        .forEach(c -> types.put(c.part(), ColumnDefinition.of(c).type()));
    return types;
  }

  private void note(String id, String title) {
    notes.add(MeasuredFindings.note(id, title));
  }
}
