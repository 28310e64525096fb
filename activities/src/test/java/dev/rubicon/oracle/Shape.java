package dev.rubicon.oracle;

import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a case looks like on both sides, and what either side gets when the other is written. */
interface Shape {
  /** The relations of a side, referenced ones first. */
  List<Relation> relations(Side side);

  /** Statements that make the legacy side of the database under transition. */
  List<String> legacy();

  /** What the migration makes, and takes back. */
  List<String> migration();

  List<String> undo();

  /** The owner's trigger on legacy's first relation. */
  default Optional<OwnersTrigger> legacyTrigger() {
    return Optional.empty();
  }

  /** The owner takes it away: what it fills and respells nobody does any more. */
  default void withoutLegacyTrigger() {}

  /** Whether what a copy of a row is can be told without knowing who wrote its columns last. */
  default boolean tellsCopies() {
    return true;
  }

  /** Constraints of a side in the reference, besides primary keys. */
  List<String> constraints(Side side);

  List<Runbook.Transition> transitions();

  /** Legacy columns that contract takes away. */
  default List<String> dropped() {
    return List.of();
  }

  /** What becomes of a legacy relation that is not simply dropped. */
  default Optional<LegacyRelation> kept() {
    return Optional.empty();
  }

  /** Whether canonical's columns are on legacy's table. */
  boolean inPlace();

  /** A row of the reference before and after a statement. */
  record Change(
      Optional<Map<String, String>> before,
      Optional<Map<String, String>> after,
      Optional<Whole> whole) {
    Change(Optional<Map<String, String>> before, Optional<Map<String, String>> after) {
      this(before, after, Optional.empty());
    }
  }

  /**
   * How a row was inserted as a whole.
   *
   * @param copied the key of the row that it is a copy of
   */
  record Whole(Optional<List<String>> copied) {}

  /** A statement on the reference, on {@code relation} of {@code side}. */
  record Write(Side side, Relation relation, String text) {
    String sql() {
      return text.replace(Op.HERE, side.schema() + "." + Sql.quote(relation.name()));
    }
  }

  /** Rows of the reference, by primary key. */
  interface Rows {
    Map<List<String>, Map<String, String>> of(Side side, Relation relation);
  }

  /** What follows from a change of one row. */
  List<Write> follows(Side side, Relation relation, Change change, Set<String> named, Rows rows);

  /** What a backfill makes of a legacy row. */
  default List<Write> backfilled(Relation relation, Map<String, String> row, Rows rows) {
    return follows(
        Side.LEGACY, relation, new Change(Optional.empty(), Optional.of(row)), Set.of(), rows);
  }

  /** Its keys, where nothing computes them. */
  default Optional<KeyAliases> aliases() {
    return Optional.empty();
  }

  /** What the rows of one statement may break in its middle. */
  default List<CheckedAtEnd> checkedAtEnd() {
    return List.of();
  }

  /** A foreign key of a relation: its columns, and the relation of the same side it points at. */
  record Pointer(List<String> columns, Relation target) {}

  default Optional<Pointer> pointer(Side side, Relation relation) {
    return child()
        .filter(c -> c.relation() == relation)
        .map(c -> new Pointer(c.columns(), relations(side).getFirst()));
  }

  /** Relations of the other side that have a relation's rows. */
  default List<Relation> counterparts(Side side, Relation relation) {
    return relations(side.other());
  }

  /** Whether several clients can write one row, its counterpart and a free key at once. */
  default boolean atOnce() {
    return true;
  }

  /** Who points at it; stands on both sides. */
  Optional<Child> child();

  /** The foreign keys among the relations of a side. */
  default List<FamilyStatement.Key> keys(Side side) {
    return child()
        .map(c -> new FamilyStatement.Key(relations(side).getFirst(), c.relation(), c.columns()))
        .stream()
        .toList();
  }

  /** Whether TRUNCATE of it is one of the other side's first relation. */
  default boolean truncatesTogether(Side side, Relation relation) {
    return relation == relations(side).getFirst();
  }

  /** Keys for rows to insert; empty where any new key will do. */
  default Optional<List<Map<String, String>>> places(Side side, Relation relation, Rows rows) {
    return Optional.empty();
  }
}
