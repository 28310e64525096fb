package dev.rubicon.transition;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ConstraintDefinition;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.installed.OthersChanges;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a phase makes of the catalog on its transitions, told from what others do meanwhile. */
public final class OwnChanges {
  private final Set<String> columns;
  private final Set<RelationName> inPlace;
  private final Set<RelationName> ending;

  private OwnChanges(PgSession session, Runbook runbook, Transitions transitions) {
    this.columns =
        Stream.concat(
                Stream.of(InPlacePlan.MARKER),
                runbook.transitions().stream()
                    .flatMap(t -> t.columns().stream())
                    .flatMap(c -> Stream.concat(Stream.of(c.name()), c.down().keySet().stream()))
                    .map(name -> Identifiers.split(name).getFirst()))
            .collect(Collectors.toSet());
    this.inPlace =
        transitions.stream()
            .map(t -> t.sides(session))
            .filter(sides -> sides.size() == 1)
            .map(List::getFirst)
            .collect(Collectors.toSet());
    this.ending =
        transitions.stream()
            .filter(Transition::endsLegacy)
            .map(t -> t.sides(session).getFirst())
            .collect(Collectors.toSet());
  }

  /** Changes by the phase itself count as the rollout's from then on. */
  public static <T> T during(
      PhaseContext context, PgSession session, Transitions transitions, Supplier<T> work) {
    List<String> schemas = context.runbook().schemas();
    var own = new OwnChanges(session, context.runbook(), transitions);
    OthersChanges.begin(session, schemas, context.input().phase());
    try {
      return work.get();
    } finally {
      // Also of a phase that failed in the middle: hours may pass until it is resumed.
      OthersChanges.end(session, schemas, own::mayHaveMade);
    }
  }

  /**
   * A shadow's legacy gets triggers, which are no part of the comparison, and its foreign keys are
   * deferrable for a while.
   */
  private boolean mayHaveMade(CatalogEntry entry) {
    var relation = new RelationName(entry.schema(), entry.object());
    if (ending.contains(relation)) {
      return entry.kind() == ObjectKind.CONSTRAINT
          && ConstraintDefinition.of(entry).kind() == ConstraintDefinition.Kind.FOREIGN_KEY;
    }
    return switch (entry.kind()) {
      case CONSTRAINT, INDEX, TRIGGER, SEQUENCE -> true;
      case COLUMN, COLUMN_SETTING, COMMENT -> columns.contains(entry.part()) || beside(relation);
      case GRANT, NOTE -> beside(relation);
      default -> false;
    };
  }

  private boolean beside(RelationName relation) {
    return !inPlace.contains(relation);
  }
}
