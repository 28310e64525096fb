package dev.rubicon.verify;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.OthersChanges;
import dev.rubicon.installed.OwnTransactions;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.trial.ChangedMeanwhile;
import dev.rubicon.transition.OwnChanges;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What others changed since preflight: followed where the engine can, named at the gate, and put
 * before the runbook's policy.
 */
final class OthersWork {
  private static final String GRANTABLE = " WITH GRANT OPTION";

  private final PhaseContext context;
  private final PgSession session;
  private final LockLadder ladder;
  private final Transitions transitions;

  OthersWork(PhaseContext context, PgSession session, LockLadder ladder, Transitions transitions) {
    this.context = context;
    this.session = session;
    this.ladder = ladder;
    this.transitions = transitions;
  }

  /** Gives each canonical the owner and the privileges that its legacy has by now. */
  void follow() {
    List<CatalogChange> changes = OthersChanges.standing(session, context.runbook().schemas());
    for (Transition transition : transitions) {
      List<CatalogChange> followed = followed(transition, changes);
      if (!followed.isEmpty()) {
        RelationName canonical = transition.sides(session).getLast();
        OwnChanges.during(
            context,
            session,
            transitions,
            () ->
                new StepRunner(session, context.progress(), ladder)
                    .run(
                        List.of(canonical),
                        _ ->
                            Stream.of(
                                    followed.stream().flatMap(c -> revoked(c, canonical).stream()),
                                    granted(transition, canonical),
                                    transition.grants(session).stream())
                                .flatMap(steps -> steps)
                                .toList(),
                        () -> OwnTransactions.note(session)));
      }
    }
  }

  /** What the other relations that are merged there still grant must not go with a REVOKE. */
  private Stream<Step> granted(Transition changed, RelationName canonical) {
    return transitions.stream()
        .filter(t -> t != changed && t.sides(session).getLast().equals(canonical))
        .flatMap(t -> t.grants(session).stream());
  }

  /**
   * Refuses what stands in the way of a crossing.
   *
   * @return ids of all that others changed
   */
  List<String> named(boolean crossed) {
    CatalogSnapshot left = OthersChanges.left(session);
    CatalogSnapshot now = OthersChanges.read(session, context.runbook().schemas());
    List<CatalogChange> changes = CatalogChange.whole(CatalogChange.between(left, now));
    var named =
        new ArrayList<String>(
            OthersChanges.noted(session).stream()
                .map(id -> id + " (before the rollback)")
                .toList());
    Set<CatalogChange> followed = new LinkedHashSet<>();
    transitions.forEach(transition -> followed.addAll(followed(transition, changes)));
    changes.forEach(c -> named.add(c.id() + (followed.contains(c) ? " (followed)" : "")));
    context.evidence().record(EvidenceNames.CHANGED_BY_OTHERS, changes);
    if (!crossed) {
      List<Finding> blocking =
          new ChangedMeanwhile(session, context.runbook(), transitions).blocking(left, now);
      if (!blocking.isEmpty()) {
        throw new RubiconException(
            ErrorCode.HAZARD_NOT_ALLOWED,
            "since preflight somebody changed what the runbook does not allow: "
                + String.join(", ", blocking.stream().map(Finding::id).toList()),
            "take it back, then: rubicon resume; or rubicon abort, and launch again with a runbook"
                + " that carries it over or allows it under hazards:");
      }
    }
    return named;
  }

  private List<CatalogChange> followed(Transition transition, List<CatalogChange> changes) {
    List<RelationName> sides = transition.sides(session);
    if (sides.size() < 2) {
      return List.of();
    }
    RelationName legacy = sides.getFirst();
    return changes.stream()
        .filter(c -> ChangedMeanwhile.isOf(c.entry(), legacy) && ChangedMeanwhile.followed(c))
        .toList();
  }

  private static List<Step> revoked(CatalogChange change, RelationName canonical) {
    Set<String> is = privileges(change.is());
    String grantee =
        change.entry().part().equals("PUBLIC")
            ? "PUBLIC"
            : Identifiers.quote(change.entry().part());
    return privileges(change.was()).stream()
        .filter(was -> !is.contains(was) && !is.contains(was + GRANTABLE))
        .map(
            was -> {
              String privilege = was.replace(GRANTABLE, "");
              String what = is.contains(privilege) ? "GRANT OPTION FOR " + privilege : privilege;
              return "REVOKE " + what + " ON " + canonical.sql() + " FROM " + grantee + " CASCADE";
            })
        .map(sql -> Step.of("follow a grant on " + canonical, sql))
        .toList();
  }

  private static Set<String> privileges(Optional<CatalogEntry> grant) {
    return new LinkedHashSet<>(
        grant
            .filter(entry -> entry.kind() == ObjectKind.GRANT)
            .map(entry -> Arrays.asList(entry.definition().split(", ")))
            .orElse(List.of()));
  }
}
