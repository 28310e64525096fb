package dev.rubicon.preflight.trial;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.ConstraintDefinition;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.statement.StatementWords;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names what is dangerous in what a statement did. Only what the target already has counts: a table
 * that the change itself creates is empty and unused.
 */
final class HazardRules {
  private static final Set<ObjectKind> DROPS =
      Set.of(
          ObjectKind.SCHEMA,
          ObjectKind.EXTENSION,
          ObjectKind.TABLE,
          ObjectKind.VIEW,
          ObjectKind.MATERIALIZED_VIEW,
          ObjectKind.COLUMN,
          ObjectKind.CONSTRAINT,
          ObjectKind.SEQUENCE,
          ObjectKind.TRIGGER,
          ObjectKind.POLICY,
          ObjectKind.RULE,
          ObjectKind.FUNCTION,
          ObjectKind.ENUM,
          ObjectKind.DOMAIN,
          ObjectKind.COMPOSITE_TYPE,
          ObjectKind.RANGE_TYPE);

  private final CatalogSnapshot target;

  private final Set<String> addedHere = new HashSet<>();

  private boolean inTransaction = true;

  /**
   * @param target the copy before the change
   */
  HazardRules(CatalogSnapshot target) {
    this.target = target;
  }

  /** A migration's first statement is next. */
  void begins(boolean inOneTransaction) {
    addedHere.clear();
    inTransaction = inOneTransaction;
  }

  List<Finding> of(EffectRecorder.Observed observed) {
    Effect effect = observed.effect();
    if (effect.failed()) {
      return List.of(failure(effect));
    }
    var found = new ArrayList<Finding>();
    var explained = new HashSet<String>();
    var words = StatementWords.of(observed.sql());
    boolean truncates = words.has(TextHazards.TRUNCATE);
    for (String relation : effect.rewritten()) {
      explained.add(relation);
      found.add(
          truncates
              ? hazard("truncate:" + relation, "takes every row of " + relation, effect)
              : hazard(
                  "rewrite:" + relation,
                  "rewrites " + relation + " while nobody can read or write it",
                  effect));
    }
    for (String relation : observed.goneElsewhere()) {
      found.add(
          hazard(
              "drop:table:" + relation,
              "drops or renames " + relation + ", in a schema that the runbook does not own",
              effect));
    }
    var text = new TextHazards(target, effect, words, observed.sql());
    text.found().forEach(f -> found.add(hazard(f.id(), f.what(), effect)));
    drops(observed.changes(), effect, found);
    additions(observed.changes(), effect, found, explained);
    changes(observed.changes(), effect, found, explained);
    for (String relation : effect.scanned()) {
      if (!explained.contains(relation)) {
        scan(relation, effect).ifPresent(found::add);
      }
    }
    text.changedRows(explained)
        .forEach(
            relation -> {
              String what =
                  "changes rows of " + relation + " in one statement, as many as it finds";
              found.add(hazard("data-change:" + relation, what, effect));
            });
    return found;
  }

  private static Finding failure(Effect effect) {
    if (effect.state().equals("25001")) {
      return hazard(
          "statement:" + effect.position(),
          "cannot run inside a migration's transaction; an index goes under expand.concurrently",
          effect);
    }
    if (effect.state().equals("42704") && effect.error().contains("role \"")) {
      return new Finding(
          "note:not-tried:" + effect.position(),
          Finding.Kind.NOTE,
          "could not be tried on the copy: the staging server lacks a role that it names",
          Optional.of(effect.statement()),
          Optional.empty(),
          Optional.empty(),
          Finding.Disposition.OPEN,
          effect.error());
    }
    return hazard(
        "fails:" + effect.position(), "fails on a copy of the target: " + effect.error(), effect);
  }

  private void drops(List<CatalogChange> changes, Effect effect, List<Finding> found) {
    List<CatalogEntry> gone =
        changes.stream().filter(c -> c.is().isEmpty()).map(CatalogChange::entry).toList();
    Set<String> names = gone.stream().map(CatalogEntry::name).collect(Collectors.toSet());
    for (CatalogEntry entry : gone) {
      boolean withItsOwner = names.contains(entry.of());
      if (withItsOwner || !inTarget(entry)) {
        continue;
      }
      if (entry.kind() == ObjectKind.INDEX) {
        found.add(
            hazard(
                "index-drop:" + entry.qualified(),
                "drops or renames index " + entry.qualified(),
                effect));
      } else if (DROPS.contains(entry.kind())) {
        found.add(
            hazard(
                "drop:" + entry.name(),
                "drops or renames " + entry.kind().word() + " " + entry.qualified(),
                effect));
      }
    }
  }

  private void additions(
      List<CatalogChange> changes, Effect effect, List<Finding> found, Set<String> explained) {
    for (CatalogChange change : changes) {
      CatalogEntry entry = change.entry();
      String relation = entry.schema() + "." + entry.object();
      if (change.was().isEmpty()
          && inTransaction
          && entry.kind() == ObjectKind.CONSTRAINT
          && !entry.valid()
          && !TextHazards.isNew(target, entry)) {
        addedHere.add(entry.name());
      }
      if (change.was().isPresent() || !effect.scanned().contains(relation)) {
        continue;
      }
      if (entry.kind() == ObjectKind.INDEX && explained.add(relation)) {
        found.add(
            hazard(
                "index-not-concurrent:" + relation,
                "builds index "
                    + entry.part()
                    + " on "
                    + relation
                    + " while nobody can write it; put it under expand.concurrently",
                effect));
      } else if (entry.kind() == ObjectKind.CONSTRAINT
          && !ConstraintDefinition.of(entry).kind().byIndex()
          && explained.add(relation)) {
        referenced(entry).ifPresent(explained::add);
        found.add(
            hazard(
                "constraint-not-valid-missing:" + relation,
                "adds constraint "
                    + entry.part()
                    + " and checks every row of "
                    + relation
                    + " under its lock; add it NOT VALID, validate it in a migration of its own",
                effect));
      }
    }
  }

  private void changes(
      List<CatalogChange> all, Effect effect, List<Finding> found, Set<String> explained) {
    List<CatalogChange> changes =
        all.stream().filter(c -> c.was().isPresent() && c.is().isPresent()).toList();
    for (CatalogChange change : changes) {
      CatalogEntry was = change.was().orElseThrow();
      CatalogEntry is = change.is().orElseThrow();
      if (is.kind() != ObjectKind.COLUMN || !inTarget(was)) {
        continue;
      }
      String relation = is.schema() + "." + is.object();
      ColumnDefinition old = ColumnDefinition.of(was);
      ColumnDefinition now = ColumnDefinition.of(is);
      if (!ColumnTypes.fits(old, now)) {
        found.add(
            hazard(
                "type-shrink:" + is.qualified(),
                "changes the type of "
                    + is.qualified()
                    + " to one that may not hold every value that is there",
                effect));
      }
      if (old.notNull() && !now.notNull()) {
        found.add(
            hazard(
                "not-null-drop:" + is.qualified(),
                "lets " + is.qualified() + " be NULL, which its clients do not expect",
                effect));
      }
      if (old.value() instanceof ColumnDefinition.Default
          && now.value() instanceof ColumnDefinition.Null) {
        found.add(
            hazard(
                "default-drop:" + is.qualified(),
                "takes the default of " + is.qualified() + ", which legacy inserts may rely on",
                effect));
      }
      boolean tightened = now.notNull() && !old.notNull();
      if (tightened && effect.scanned().contains(relation) && explained.add(relation)) {
        found.add(
            hazard(
                "not-null-scan:" + relation,
                "looks through all of "
                    + relation
                    + " under ACCESS EXCLUSIVE for NULLs in "
                    + is.part()
                    + "; validate a CHECK ("
                    + is.part()
                    + " IS NOT NULL) first",
                effect));
      }
    }
    // VALIDATE CONSTRAINT scans as well, under a lock that lets clients go on.
    changes.stream()
        .filter(change -> !change.was().orElseThrow().valid())
        .map(change -> change.is().orElseThrow())
        .filter(is -> is.kind() == ObjectKind.CONSTRAINT && is.valid())
        .forEach(
            is -> {
              if (addedHere.contains(is.name())) {
                found.add(
                    hazard(
                        "validate-in-same-transaction:" + is.schema() + "." + is.object(),
                        "validates "
                            + is.part()
                            + " in the transaction that has added it, under that one's lock",
                        effect));
              }
              explained.add(is.schema() + "." + is.object());
              referenced(is).ifPresent(explained::add);
            });
  }

  private static Optional<Finding> scan(String relation, Effect effect) {
    if (effect.locks(relation, "AccessExclusiveLock")) {
      return Optional.of(
          hazard(
              "access-exclusive:" + relation,
              "reads all of " + relation + " while nobody can read or write it",
              effect));
    }
    return Optional.empty();
  }

  private static Optional<String> referenced(CatalogEntry constraint) {
    return ConstraintDefinition.of(constraint).references().map(RelationName::toString);
  }

  private boolean inTarget(CatalogEntry entry) {
    return target.find(entry.kind(), entry.schema(), entry.object(), entry.part()).isPresent();
  }

  private static Finding hazard(String id, String what, Effect effect) {
    return new Finding(
        "hazard:" + id,
        Finding.Kind.HAZARD,
        effect.position() + " " + what,
        Optional.of(effect.statement()),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }
}
