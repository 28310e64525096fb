package dev.rubicon.oracle;

import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Two shadows, one of which points at the other, or two or three that point at each other in a
 * circle: on each side with foreign keys of its own.
 */
final class LinkedShape implements Shape {
  private final List<PairShape> pairs;

  LinkedShape(int number, Random random, Server server, RowFeatures rows) {
    int circle = rows.circle();
    if (circle > 0) {
      this.pairs = circle(circle, number, random, server, rows);
    } else {
      PairShape target = PairShape.target(number, random, server, rows);
      this.pairs = List.of(target, PairShape.pointingAt(target, number, random, server, rows));
    }
  }

  private static List<PairShape> circle(
      int size, int number, Random random, Server server, RowFeatures rows) {
    var keys =
        Stream.generate(() -> Keys.draw(random, true, false))
            .filter(k -> k.carried() && k.whole())
            .limit(size)
            .toList();
    var pairs = new ArrayList<PairShape>();
    for (int at = 0; at < size; at++) {
      pairs.add(
          PairShape.inCircle(
              number, at, keys.get(at), keys.get((at + 1) % size), random, server, rows));
    }
    for (int at = 0; at < size; at++) {
      pairs.get(at).pointAt(pairs.get((at + 1) % size));
    }
    return pairs;
  }

  private <T> List<T> all(Function<PairShape, List<T>> each) {
    var all = new ArrayList<T>();
    pairs.forEach(pair -> all.addAll(each.apply(pair)));
    return all;
  }

  private PairShape of(Side side, Relation relation) {
    return pairs.stream()
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
    var sql = new ArrayList<>(all(PairShape::tables));
    sql.addAll(all(PairShape::legacyChecks));
    return sql;
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
    return pairs.stream()
        .filter(PairShape::writtenWithItsTarget)
        .flatMap(
            pair -> {
              Relation child = pair.relations(side).getFirst();
              return pair.pointer(side, child).stream()
                  .map(p -> new FamilyStatement.Key(p.target(), child, p.columns()));
            })
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
