package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where the counterpart is a part of a larger row.
 *
 * @param cleared the larger row's columns without the part
 * @param sets all that the part holds
 * @param held that {@code t} holds a part already, where a condition says so
 * @param whole how the larger row is inserted, where it is missing
 */
record ColumnSubset(
    String cleared, List<Counterpart.Assignment> sets, Optional<String> held, Whole whole) {

  /**
   * The plan that inserts the larger row.
   *
   * @param name of the relation that has the larger row, as a literal
   * @param toCanonical whether the larger row is canonical's
   * @param isCounterpart that {@code f} is the row of which the larger one is made
   * @param key of the larger row, from this one
   * @param primaryKey the columns of the larger row's primary key
   */
  record Whole(
      String guardKey,
      String guardKeyBefore,
      String name,
      boolean toCanonical,
      String source,
      String target,
      String columns,
      String values,
      boolean overriding,
      String isCounterpart,
      List<Counterpart.Assignment> key,
      String primaryKey) {

    private static Whole of(ShadowPlan whole, Direction way) {
      boolean toCanonical = way.upserts();
      Direction bring = toCanonical ? whole.up() : whole.down();
      Direction back = toCanonical ? whole.down() : whole.up();
      return new Whole(
          whole.guard(),
          whole.guardBefore(),
          Identifiers.literal((toCanonical ? whole.legacy().name() : whole.to()).toString()),
          toCanonical,
          bring.fromView(),
          bring.toView(),
          Counterpart.list(bring.sets(), Derived::quoted),
          Counterpart.list(bring.sets(), d -> d.over("f")),
          bring.to().alwaysIdentity(),
          back.match("f", RowTrigger.COUNTERPART),
          bring.to().identity().stream()
              .map(column -> Counterpart.Assignment.always(way.set(column)))
              .toList(),
          bring.to().key().stream().map(Identifiers::quote).collect(Collectors.joining(", ")));
    }
  }

  static ColumnSubset of(SharedPlans family, Direction way) {
    return new ColumnSubset(
        cleared(way),
        way.sets().stream()
            .filter(d -> !way.to().identity().contains(d.column()))
            .map(Counterpart.Assignment::always)
            .toList(),
        way.otherRows().map(r -> Direction.holds(way.otherRows(), "t")),
        Whole.of(family.whole(), way));
  }

  static String cleared(Direction way) {
    return way.cleared().stream()
        .map(ShadowPlan.Cleared::assignment)
        .collect(Collectors.joining(", "));
  }
}
