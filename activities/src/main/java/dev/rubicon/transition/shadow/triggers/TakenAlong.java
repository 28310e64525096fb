package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One statement gives a row another key, and takes from it what points at it with a part of its own
 * key. Carried out on the other side, the first change gives the second row's counterpart another
 * key, too, by ON UPDATE CASCADE or SET DEFAULT, before that row's own event comes, which would
 * look for it under the key that it had. So the trigger of the other side notes what it became, and
 * this side's takes that back.
 *
 * @param notes setting of this side's own relation: what became of which key
 * @param theirNotes the same of the other side's
 * @param keyNow of this side's row, as an array
 * @param key columns of the counterpart, in the order of that array
 * @param taken that {@code t} is the row that was noted
 * @param isOthers that {@code f} is what the row that was noted belongs to by now
 * @param keyText of the row that was noted
 */
record TakenAlong(
    String notes,
    String theirNotes,
    String keyNow,
    List<Column> key,
    String taken,
    String isOthers,
    String keyText) {

  /**
   * @param at which element of the array
   * @param value what the counterpart's key is to be
   */
  record Column(String name, int at, String value) {}

  static Optional<TakenAlong> of(ShadowPlan plan, Direction way) {
    if (way.part()) {
      return Optional.empty();
    }
    List<String> identity = way.to().identity();
    Direction back = way.toCanonical() ? plan.down() : plan.up();
    return Optional.of(
        new TakenAlong(
            setting(plan, way.word()),
            setting(plan, way.other()),
            way.from().identity().stream()
                .map(c -> RowTrigger.NOW + "." + Identifiers.quote(c) + "::pg_catalog.text")
                .collect(Collectors.joining(", ", "ARRAY[", "]::pg_catalog.text")),
            IntStream.range(0, identity.size())
                .mapToObj(
                    i ->
                        new Column(
                            Identifiers.quote(identity.get(i)),
                            i + 1,
                            way.set(identity.get(i)).over(RowTrigger.BEFORE)))
                .toList(),
            Direction.same(way.to(), "t", RowTrigger.COUNTERPART),
            back.match("f", RowTrigger.COUNTERPART),
            Direction.own(way.to(), RowTrigger.COUNTERPART)));
  }

  private static String setting(ShadowPlan plan, String way) {
    return "rubicon.taken_along_" + plan.id() + "_" + way;
  }
}
