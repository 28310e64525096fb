package dev.rubicon.oracle;

import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/** Two shadows, one of which points at the other: on each side with a foreign key of its own. */
final class LinkedShape implements Shape {
  private final PairShape target;
  private final PairShape pointing;

  LinkedShape(int number, Random random, Server server, RowFeatures rows) {
    this.target = PairShape.target(number, random, server, rows);
    this.pointing = PairShape.pointingAt(target, number, random, server, rows);
  }

  private List<PairShape> both() {
    return List.of(target, pointing);
  }

  private <T> List<T> all(Function<PairShape, List<T>> each) {
    var all = new ArrayList<T>();
    both().forEach(pair -> all.addAll(each.apply(pair)));
    return all;
  }

  private PairShape of(Side side, Relation relation) {
    return both().stream()
        .filter(pair -> pair.relations(side).getFirst() == relation)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public List<Relation> relations(Side side) {
    return all(pair -> pair.relations(side));
  }

  @Override
  public List<Relation> counterparts(Side side, Relation relation) {
    return of(side, relation).relations(side.other());
  }

  @Override
  public List<String> legacy() {
    return all(PairShape::legacy);
  }

  @Override
  public List<String> migration() {
    return all(PairShape::migration);
  }

  @Override
  public List<String> undo() {
    return all(PairShape::undo).reversed();
  }

  @Override
  public List<String> constraints(Side side) {
    return all(pair -> pair.constraints(side));
  }

  @Override
  public List<Runbook.Transition> transitions() {
    return all(PairShape::transitions);
  }

  @Override
  public boolean inPlace() {
    return false;
  }

  /** What is meant by one key for both is not drawn. */
  @Override
  public boolean atOnce() {
    return false;
  }

  @Override
  public List<CheckedAtEnd> checkedAtEnd() {
    return all(PairShape::checkedAtEnd);
  }

  @Override
  public Optional<Pointer> pointer(Side side, Relation relation) {
    return of(side, relation).pointer(side, relation);
  }

  @Override
  public List<FamilyStatement.Key> keys(Side side) {
    return pointer(side, pointing.relations(side).getFirst()).stream()
        .map(
            p ->
                new FamilyStatement.Key(
                    p.target(), pointing.relations(side).getFirst(), p.columns()))
        .toList();
  }

  @Override
  public boolean truncatesTogether(Side side, Relation relation) {
    return true;
  }

  @Override
  public List<Write> follows(
      Side side, Relation relation, Change change, Set<String> named, Rows rows) {
    return of(side, relation).follows(side, relation, change, named, rows);
  }

  @Override
  public Optional<Child> child() {
    return Optional.empty();
  }
}
