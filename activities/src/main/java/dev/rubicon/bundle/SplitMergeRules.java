package dev.rubicon.bundle;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Runbook.PartOf;
import dev.rubicon.runbook.Runbook.Shadow;
import dev.rubicon.runbook.Runbook.Transition;
import dev.rubicon.yaml.Reading;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Transitions that share a relation: a split or a merge says which rows go where. */
final class SplitMergeRules {
  private final Reading reading;
  private final Set<Transition> told = new HashSet<>();

  private SplitMergeRules(Reading reading) {
    this.reading = reading;
  }

  static void check(Runbook runbook, Reading reading) {
    var families = new SplitMergeRules(reading);
    var before = new ArrayList<Transition>();
    for (Transition transition : runbook.transitions()) {
      families.check(transition, before);
      before.add(transition);
    }
  }

  private void check(Transition transition, List<Transition> before) {
    List<Transition> split =
        before.stream().filter(t -> same(t.relation(), transition.relation())).toList();
    if (split.stream().anyMatch(t -> t.kind() != transition.kind())) {
      reading.problem(
          reading.at(transition, "relation"),
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
    PartOf partOf = shadow.partOf();
    if (partOf == PartOf.LEGACY && split.isEmpty()) {
      whole(transition, "relation '" + transition.relation() + "'");
    } else if (partOf == PartOf.CANONICAL && merged.isEmpty()) {
      whole(transition, "'to: " + shadow.to() + "'");
    }
    if (!split.isEmpty() && partOf == PartOf.NEITHER && shadow.rows().isEmpty()) {
      reading.problem(
          reading.at(transition),
          transition.relation() + " goes to several relations: say 'rows', or 'part-of: legacy'");
    }
    if (!merged.isEmpty() && partOf == PartOf.NEITHER && shadow.canonicalRows().isEmpty()) {
      reading.problem(
          reading.at(transition),
          shadow.to()
              + " comes from several relations: say 'canonical-rows', or 'part-of: canonical'");
    }
    if (partOf == PartOf.NEITHER) {
      leads(split)
          .filter(first -> first.rows().isEmpty())
          .ifPresent(first -> first(split.getFirst(), "rows", transition.relation() + " goes to"));
      leads(merged)
          .filter(first -> first.canonicalRows().isEmpty())
          .ifPresent(
              first -> first(merged.getFirst(), "canonical-rows", shadow.to() + " comes from"));
    }
    if (merged.stream()
        .flatMap(t -> t.shadow().stream())
        .anyMatch(s -> !same(s.before(), shadow.before()))) {
      reading.problem(
          reading.at(transition, "built-as"),
          "must be the same in every transition to " + shadow.to());
    }
    if (!split.isEmpty() && shadow.legacyName() != Runbook.LegacyName.KEEP) {
      reading.problem(
          reading.at(transition, "legacy-name"),
          "stands in the first transition of " + transition.relation());
    }
  }

  private void whole(Transition transition, String what) {
    reading.problem(
        reading.at(transition, "part-of"),
        "no transition before this one has " + what + " and brings the whole row");
  }

  private static Optional<Shadow> leads(List<Transition> family) {
    return family.stream().findFirst().flatMap(Transition::shadow);
  }

  /** Said once, however many follow. */
  private void first(Transition lead, String key, String what) {
    if (told.add(lead)) {
      reading.problem(
          reading.at(lead), what + " several relations by rows: say '" + key + "' here, too");
    }
  }

  private static boolean same(String one, String other) {
    return RelationName.parse(one).equals(RelationName.parse(other));
  }
}
