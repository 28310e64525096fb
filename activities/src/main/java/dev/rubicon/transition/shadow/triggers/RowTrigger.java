package dev.rubicon.transition.shadow.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.ShadowPlan;
import dev.rubicon.transition.shadow.SharedPlans;
import dev.rubicon.transition.shadow.Side;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The slots of {@code sql/sync.sql.ftl} and {@code sql/carry_out_delete.sql.ftl}.
 *
 * @param source view of this side, which the trigger is on
 * @param target view of the other side
 * @param targetName the other side's relation, as a literal
 * @param home this side's relation
 * @param otherGuardKeys the settings of the other plans that hold the key which the engine is
 *     writing
 * @param letGoOf the function that is called before the counterpart goes, or gets another key
 * @param letGoHere the same of the other direction, for rows of this side
 * @param legacyWrite on legacy only
 * @param family where other plans write this relation, too
 * @param moves where this side is partitioned
 * @param rows where not every row has a counterpart
 * @param part where the counterpart is a part of a larger row
 * @param takenAlong where it is not
 */
record RowTrigger(
    String function,
    String way,
    String wayBack,
    String source,
    String target,
    String targetName,
    Home home,
    Guard guard,
    List<String> otherGuardKeys,
    String letGoOf,
    String letGoHere,
    Moved moved,
    Event event,
    Optional<LegacyWrite> legacyWrite,
    Optional<Siblings> family,
    Optional<Moves> moves,
    Optional<Rows> rows,
    Optional<ColumnSubset> part,
    Optional<TakenAlong> takenAlong,
    Pairs pairs,
    Counterpart other,
    Checks checks) {

  /** Variables of the functions. */
  static final String BEFORE = "row_before";

  static final String NOW = "row_now";
  static final String COUNTERPART = "counterpart";

  /** Settings that hold the key which the engine is writing, and the key which that row had. */
  record Guard(String key, String keyBefore) {}

  /** Settings that hold the row which a move between partitions has taken from its old place. */
  record Moved(String key, String row) {
    static Moved of(ShadowPlan plan, Direction way) {
      String name = plan.id() + "_" + way.word();
      return new Moved("rubicon.moved_key_" + name, "rubicon.moved_row_" + name);
    }
  }

  /**
   * The row as the event and the variables have it: its identity as text, its columns, and the
   * condition that {@code f} is it.
   *
   * @param referableChanged whether an UPDATE changes what foreign keys may point at, besides the
   *     key
   */
  record Event(
      String keyColumn,
      String oldKey,
      String newKey,
      String beforeKey,
      String nowKey,
      String oldColumns,
      String beforeColumns,
      String isOld,
      String isNew,
      String isBefore,
      String isNow,
      Optional<String> referableChanged) {
    static Event of(Side side) {
      return new Event(
          Identifiers.quote(side.identity().getFirst()),
          Direction.own(side, "OLD"),
          Direction.own(side, "NEW"),
          Direction.own(side, BEFORE),
          Direction.own(side, NOW),
          side.quotedColumns("OLD."),
          side.quotedColumns(BEFORE + "."),
          Direction.same(side, "f", "OLD"),
          Direction.same(side, "f", "NEW"),
          Direction.same(side, "f", BEFORE),
          Direction.same(side, "t", NOW),
          side.referable().isEmpty()
              ? Optional.empty()
              : Optional.of(SyncSql.differ(list(side, "OLD"), list(side, "NEW"))));
    }

    private static String list(Side side, String row) {
      return side.referable().stream()
          .map(column -> row + "." + Identifiers.quote(column))
          .collect(Collectors.joining(", "));
    }
  }

  /**
   * @param noted setting that holds the minute in which this session was last noted as a legacy
   *     writer
   * @param relation as a literal
   */
  record LegacyWrite(String noted, String relation) {}

  /**
   * Other plans that write this relation.
   *
   * @param writesOld whether one of them is writing the row {@code OLD} just now
   * @param targetOid of this plan's other side
   * @param siblingOids of theirs
   */
  record Siblings(String writesOld, String writesNew, long targetOid, String siblingOids) {
    static Optional<Siblings> of(SharedPlans family, Direction way) {
      List<ShadowPlan> siblings = family.sharing(way);
      return siblings.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Siblings(
                  family.writing(way, "OLD"),
                  family.writing(way, "NEW"),
                  way.to().oid(),
                  siblings.stream()
                      .map(s -> way.word().equals("up") ? s.canonical() : s.legacy())
                      .map(side -> side.oid() + "::pg_catalog.oid")
                      .collect(Collectors.joining(", "))));
    }
  }

  /** Whether the row has a counterpart: as it was, as it is. */
  record Rows(String before, String now) {}

  /** Calls that make the pairs of mapped keys. */
  record Pairs(List<String> before, List<String> now) {
    static Pairs of(Direction way) {
      return new Pairs(calls(way, BEFORE), calls(way, NOW));
    }

    private static List<String> calls(Direction way, String row) {
      return way.sets().stream()
          .filter(d -> d.source().map().isPresent())
          .map(d -> d.source().pair(row))
          .toList();
    }
  }

  static RowTrigger of(SharedPlans family, Direction way, String function) {
    ShadowPlan plan = family.plan();
    return new RowTrigger(
        function,
        way.word(),
        way.other(),
        way.fromView(),
        way.toView(),
        Identifiers.literal(way.to().name().toString()),
        Home.of(way.from()),
        new Guard(plan.guard(), plan.guardBefore()),
        family.all().stream()
            .map(ShadowPlan::guard)
            .filter(guard -> !guard.equals(plan.guard()))
            .distinct()
            .toList(),
        LettingGo.name(plan, way),
        LettingGo.name(plan, way.toCanonical() ? plan.down() : plan.up()),
        Moved.of(plan, way),
        Event.of(way.from()),
        way.word().equals("up")
            ? Optional.of(
                new LegacyWrite(
                    "rubicon.noted_" + plan.id(),
                    Identifiers.literal(plan.legacy().name().toString())))
            : Optional.empty(),
        Siblings.of(family, way),
        way.from().partitioned() ? Optional.of(Moves.of(plan, way)) : Optional.empty(),
        way.rows().map(r -> new Rows(way.has(BEFORE), way.has(NOW))),
        way.part() ? Optional.of(ColumnSubset.of(family, way)) : Optional.empty(),
        TakenAlong.of(plan, way),
        Pairs.of(way),
        Counterpart.of(family, way),
        Checks.of(plan, way));
  }
}
