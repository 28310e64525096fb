package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.SharedPlans;
import dev.rubicon.transition.shadow.Side;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The row's counterpart on the other side, for the slots of {@code sql/counterpart.sql.ftl}.
 *
 * @param keyColumn the first column of the counterpart's identity
 * @param keyBefore identity of the counterpart of the row as it was, as text
 * @param isBefore that {@code t} has the key of that counterpart
 * @param mineBefore the same, and that it belongs to this relation: another relation's row is not
 *     touched
 * @param ours where the other side also holds rows of other relations: that {@code t} is none of
 *     these
 * @param key columns of the other side's primary key
 * @param keyIsIdentity whether that key is the identity, and not widened by a partitioning
 * @param overwritten columns that an upsert sets
 * @param mayBeThere whether an insert may find the row already there
 * @param keyFollows whether a foreign key may have carried out a change of the counterpart's key,
 *     by ON UPDATE CASCADE, before this trigger fires
 * @param inputsChanged whether what the counterpart's columns are made of has changed
 * @param referableChanged whether a column has changed that a foreign key of the other side may
 *     point at, besides the key
 * @param changes what is derived anew where its inputs have changed
 * @param changesWithKey the same, and the identity
 */
record Counterpart(
    String keyColumn,
    String keyBefore,
    String keyNow,
    String isBefore,
    String isNow,
    String mineBefore,
    String mineNow,
    Optional<String> ours,
    String key,
    boolean keyIsIdentity,
    String columns,
    boolean overriding,
    String valuesBefore,
    String valuesNow,
    List<String> overwritten,
    boolean mayBeThere,
    boolean keyFollows,
    List<String> inputsChanged,
    List<String> referableChanged,
    List<Assignment> changes,
    List<Assignment> changesWithKey) {

  /**
   * @param changed whether the value's inputs have changed; empty where it is set in any case
   */
  record Assignment(String column, String value, Optional<String> changed) {
    static Assignment always(Derived derived) {
      return new Assignment(derived.quoted(), derived.over(RowTrigger.NOW), Optional.empty());
    }

    static Assignment ifChanged(Derived derived) {
      return new Assignment(
          derived.quoted(), derived.over(RowTrigger.NOW), Optional.of(inputsChanged(derived)));
    }
  }

  private static String inputsChanged(Derived derived) {
    return Direction.changed(derived, RowTrigger.BEFORE, RowTrigger.NOW);
  }

  static Counterpart of(SharedPlans family, Direction way) {
    Side to = way.to();
    String isBefore = way.match("t", RowTrigger.BEFORE);
    String isNow = way.match("t", RowTrigger.NOW);
    List<Derived> values =
        way.sets().stream().filter(d -> !to.identity().contains(d.column())).toList();
    return new Counterpart(
        Identifiers.quote(to.identity().getFirst()),
        way.key(RowTrigger.BEFORE),
        way.key(RowTrigger.NOW),
        isBefore,
        isNow,
        isBefore + way.alsoOurs("t"),
        isNow + way.alsoOurs("t"),
        way.shares() ? Optional.of(Direction.holds(way.otherRows(), "t")) : Optional.empty(),
        to.key().stream().map(Identifiers::quote).collect(Collectors.joining(", ")),
        to.identity().containsAll(to.key()),
        list(way.sets(), Derived::quoted),
        to.alwaysIdentity(),
        list(way.sets(), d -> d.over(RowTrigger.BEFORE)),
        list(way.sets(), d -> d.over(RowTrigger.NOW)),
        way.sets().stream()
            .filter(d -> way.shares() || !to.key().contains(d.column()))
            .map(Derived::quoted)
            .toList(),
        way.upserts() || partsBring(family),
        !way.part() && family.plan().partOf() != PartOf.NEITHER,
        values.stream().map(Counterpart::inputsChanged).distinct().toList(),
        values.stream()
            .filter(d -> to.referable().contains(d.column()))
            .map(Counterpart::inputsChanged)
            .distinct()
            .toList(),
        values.stream().map(Assignment::ifChanged).toList(),
        way.sets().stream()
            .map(d -> values.contains(d) ? Assignment.ifChanged(d) : Assignment.always(d))
            .toList());
  }

  static String list(List<Derived> columns, Function<Derived, String> each) {
    return columns.stream().map(each).collect(Collectors.joining(", "));
  }

  /** Whether a part of the larger row may have brought it, before its own event. */
  private static boolean partsBring(SharedPlans family) {
    return family.sharing(family.plan().up()).stream()
        .anyMatch(p -> p.partOf() == PartOf.LEGACY && family.plan().leadsLegacy());
  }
}
