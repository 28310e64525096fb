package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.expression.ExpressionProbe;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.table.SplitMergeRules;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.KeyMap;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a split or a merge needs beyond a shadow of whole rows, and what it refuses. */
record SplitMergeCompiler(
    Runbook runbook, Runbook.Transition transition, TableShape legacy, TableShape canonical) {

  private Shadow shadow() {
    return transition.shadow().orElseThrow();
  }

  /** Refuses families that could not be kept in step. */
  void refuse() {
    SplitMergeRules.problems(runbook.transitions()).stream()
        .filter(problem -> problem.transition().equals(transition))
        .findFirst()
        .ifPresent(
            problem -> {
              throw unsupported(
                  transition.relation() + " to " + shadow().to() + ": " + problem.what(),
                  "mend the transition in runbook.yaml");
            });
  }

  /** A mapped key is one relation's to one relation's. */
  void refuse(Optional<KeyMap> keyMap) {
    long sharing =
        runbook.transitions().stream()
            .filter(t -> t.shadow().isPresent())
            .filter(
                t ->
                    RelationName.parse(t.relation()).equals(legacy.name())
                        || RelationName.parse(t.shadow().get().to())
                            .equals(RelationName.parse(shadow().to())))
            .count();
    if (keyMap.isPresent() && sharing > 1) {
      throw unsupported(
          transition.relation() + " is split or merged, and its key is mapped at once",
          "do one after the other, in two rollouts");
    }
  }

  /** Each column that the part carries, but the key: what it becomes when the part goes. */
  List<ShadowPlan.Cleared> cleared(
      String id,
      List<Derived> ups,
      List<Derived> downs,
      Pairs.Identity pairs,
      ExpressionProbe probe) {
    return switch (shadow().partOf()) {
      case NEITHER -> List.of();
      case LEGACY -> cleared(id, legacy, downs, pairs.legacy(), probe);
      case CANONICAL -> cleared(id, canonical, ups, pairs.canonical(), probe);
    };
  }

  private static List<ShadowPlan.Cleared> cleared(
      String id,
      TableShape table,
      List<Derived> carried,
      List<String> identity,
      ExpressionProbe probe) {
    var cleared = new ArrayList<ShadowPlan.Cleared>();
    for (Derived derived : carried) {
      if (identity.contains(derived.column())) {
        continue;
      }
      TableShape.Column column = table.column(derived.column()).orElseThrow();
      Optional<CompiledExpression> value =
          column
              .defaultExpression()
              .map(
                  d ->
                      probe.compile(
                          id + "_clear_" + cleared.size(),
                          d,
                          column.type(),
                          "default of " + table.name() + "." + column.name()));
      if (column.notNull() && value.isEmpty()) {
        throw unsupported(
            table.name()
                + "."
                + column.name()
                + " is NOT NULL without a default: a row without"
                + " its part could not be",
            "drop the NOT NULL, or give the column a default, before the rollout");
      }
      cleared.add(new ShadowPlan.Cleared(column.name(), column.type(), value));
    }
    if (cleared.isEmpty()) {
      throw unsupported(
          "the part of " + table.name() + " carries nothing but the key",
          "map at least one more column");
    }
    return cleared;
  }
}
