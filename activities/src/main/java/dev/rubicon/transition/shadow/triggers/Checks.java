package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.Side;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is asked of the counterpart once it is written: that it is this very row's and no other
 * row's, and what the other side's own triggers made of it.
 *
 * @param keyRespelt whether the row has another key here, and the same on the other side
 * @param leadsBack that the counterpart's key leads back to this row
 * @param staysOurs that by its columns the counterpart is this relation's
 * @param readBack columns of this side that follow what the other side's triggers made
 */
record Checks(
    Optional<String> keyRespelt,
    Optional<String> leadsBack,
    Optional<String> staysOurs,
    List<ReadBack> readBack) {

  /**
   * @param disagrees whether the counterpart is neither what was written, nor leads back to it
   */
  record ReadBack(String column, String value, String disagrees) {}

  static Checks of(ShadowPlan plan, Direction way) {
    Direction back = way.word().equals("up") ? plan.down() : plan.up();
    Side from = way.from();
    return new Checks(
        when(
            !plan.pairsOff(),
            SyncSql.differ(
                from.quotedIdentity(RowTrigger.BEFORE + "."),
                from.quotedIdentity(RowTrigger.NOW + "."))),
        when(
            way.to().triggers() || !plan.pairsOff(),
            back.match(RowTrigger.NOW, RowTrigger.COUNTERPART)),
        when(way.shares(), Direction.holds(way.otherRows(), RowTrigger.COUNTERPART)),
        way.to().triggers() ? readBack(way) : List.of());
  }

  private static Optional<String> when(boolean asked, String condition) {
    return asked ? Optional.of(condition) : Optional.empty();
  }

  private static List<ReadBack> readBack(Direction way) {
    return way.back().stream()
        .filter(d -> !way.from().identity().contains(d.column()))
        .flatMap(
            d ->
                disagrees(way, d).stream()
                    .map(x -> new ReadBack(d.quoted(), d.over(RowTrigger.COUNTERPART), x)))
        .toList();
  }

  /** Empty where the column is made of nothing that was written. */
  private static Optional<String> disagrees(Direction way, Derived back) {
    String forward =
        way.sets().stream()
            .filter(d -> back.source().inputs().contains(d.column()))
            .map(
                d ->
                    SyncSql.differ(
                        RowTrigger.COUNTERPART + "." + d.quoted(), d.over(RowTrigger.NOW)))
            .collect(Collectors.joining(" OR "));
    return when(
        !forward.isEmpty(),
        "("
            + forward
            + ") AND "
            + SyncSql.differ(
                RowTrigger.NOW + "." + back.quoted(), back.over(RowTrigger.COUNTERPART)));
  }
}
