package dev.rubicon.table;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyName;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook.Transition;
import dev.rubicon.runbook.Shadow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Transitions that share a relation: a split or a merge says which rows go where. Asked when a
 * runbook is read, and again before a transition is resolved.
 */
public final class SplitMergeRules {
  private final List<Problem> problems = new ArrayList<>();
  private final Set<Transition> told = new HashSet<>();

  private SplitMergeRules() {}

  /**
   * A rule that is broken.
   *
   * @param key of the transition that breaks it; empty where it is the transition as a whole
   */
  public record Problem(Transition transition, Optional<String> key, String what) {}

  /** In the order of the transitions; empty where all rules are kept. */
  public static List<Problem> problems(List<Transition> transitions) {
    var rules = new SplitMergeRules();
    for (int i = 0; i < transitions.size(); i++) {
      rules.check(transitions.get(i), transitions.subList(0, i));
    }
    return List.copyOf(rules.problems);
  }

  private void check(Transition transition, List<Transition> before) {
    List<Transition> split =
        before.stream().filter(t -> same(t.relation(), transition.relation())).toList();
    if (split.stream().anyMatch(t -> t.kind() != transition.kind())) {
      problem(
          transition,
          "relation",
          "'" + transition.relation() + "' has a transition in place and a shadow: one is enough");
    }
    if (transition.shadow().isEmpty()) {
      return;
    }
    Shadow shadow = transition.shadow().get();
    List<Transition> merged =
        before.stream()
            .filter(t -> t.shadow().filter(s -> same(s.to(), shadow.to())).isPresent())
            .toList();
    rows(transition, shadow, split, merged);
    if (merged.stream()
        .flatMap(t -> t.shadow().stream())
        .anyMatch(s -> !same(s.before(), shadow.before()))) {
      problem(transition, "built-as", "must be the same in every transition to " + shadow.to());
    }
    if (!split.isEmpty() && shadow.legacyName() != LegacyName.KEEP) {
      problem(
          transition, "legacy-name", "stands in the first transition of " + transition.relation());
    }
  }

  private void rows(
      Transition transition, Shadow shadow, List<Transition> split, List<Transition> merged) {
    PartOf partOf = shadow.partOf();
    if (partOf == PartOf.LEGACY && split.isEmpty()) {
      whole(transition, "relation '" + transition.relation() + "'");
    } else if (partOf == PartOf.CANONICAL && merged.isEmpty()) {
      whole(transition, "'to: " + shadow.to() + "'");
    }
    if (partOf != PartOf.NEITHER) {
      return;
    }
    if (!split.isEmpty() && shadow.rows().isEmpty()) {
      problem(
          transition,
          transition.relation() + " goes to several relations: say 'rows', or 'part-of: legacy'");
    }
    if (!merged.isEmpty() && shadow.canonicalRows().isEmpty()) {
      problem(
          transition,
          shadow.to()
              + " comes from several relations: say 'canonical-rows', or 'part-of: canonical'");
    }
    leads(split)
        .filter(first -> first.rows().isEmpty())
        .ifPresent(_ -> first(split.getFirst(), "rows", transition.relation() + " goes to"));
    leads(merged)
        .filter(first -> first.canonicalRows().isEmpty())
        .ifPresent(_ -> first(merged.getFirst(), "canonical-rows", shadow.to() + " comes from"));
  }

  private void whole(Transition transition, String what) {
    problem(
        transition,
        "part-of",
        "no transition before this one has " + what + " and brings the whole row");
  }

  private static Optional<Shadow> leads(List<Transition> sharing) {
    return sharing.stream().findFirst().flatMap(Transition::shadow);
  }

  /** Said once, however many follow. */
  private void first(Transition lead, String key, String what) {
    if (told.add(lead)) {
      problem(lead, what + " several relations by rows: say '" + key + "' here, too");
    }
  }

  private void problem(Transition transition, String key, String what) {
    problems.add(new Problem(transition, Optional.of(key), what));
  }

  private void problem(Transition transition, String what) {
    problems.add(new Problem(transition, Optional.empty(), what));
  }

  private static boolean same(String one, String other) {
    return RelationName.parse(one).equals(RelationName.parse(other));
  }
}
