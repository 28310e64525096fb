package dev.rubicon.oracle;

import dev.rubicon.runbook.ForeignKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Constraints that PostgreSQL checks when a statement ends, or later, so that its rows may break
 * them one by one: a foreign key, of a relation on itself or of one shadow on another, and a unique
 * constraint that may wait. Both sides have them.
 *
 * @param columns those that they are on, carried under their names
 * @param pointing the columns of the foreign key; empty where there is none
 * @param key its actions, and when it is checked
 * @param unique when the unique constraint is checked; empty where there is none
 */
record CheckedAtEnd(
    int number, List<MappedColumns> columns, List<String> pointing, String key, String unique) {
  static final CheckedAtEnd NOTHING = new CheckedAtEnd(0, List.of(), List.of(), "", "");

  /** The column that no two rows may have alike, when it is checked. */
  static final String PLACE = "place";

  private static final String KEY = "key";
  private static final String LATER = " DEFERRABLE INITIALLY DEFERRED";
  private static final String DEFERRABLE = " DEFERRABLE";
  private static final String RESTRICT = " ON DELETE RESTRICT ON UPDATE CASCADE";
  private static final List<String> KEYS =
      List.of(
          " ON DELETE CASCADE ON UPDATE CASCADE",
          " ON DELETE SET NULL ON UPDATE CASCADE",
          "",
          DEFERRABLE,
          LATER);

  /** Of a RESTRICT that two relations share, docs/shadow.md says what it refuses. */
  private static final List<String> IN_CIRCLE =
      List.of(
          " ON DELETE CASCADE ON UPDATE CASCADE",
          " ON DELETE SET NULL ON UPDATE CASCADE",
          " ON DELETE CASCADE ON UPDATE SET NULL",
          " ON DELETE SET NULL ON UPDATE SET NULL",
          " ON DELETE CASCADE" + LATER,
          " ON DELETE SET NULL" + DEFERRABLE,
          RESTRICT,
          "",
          DEFERRABLE,
          LATER);

  /** On a relation of these keys. */
  static CheckedAtEnd draw(Random random, int number, Keys keys) {
    boolean points = keys.carried() && keys.whole() && random.nextInt(3) == 0;
    String unique =
        !keys.whole() || random.nextInt(3) > 0 ? "" : random.nextBoolean() ? LATER : DEFERRABLE;
    return of(random, number, points ? keys.identity() : List.of(), unique);
  }

  /** On a relation that points at one of these keys. */
  static CheckedAtEnd pointing(Random random, int number, Keys target) {
    return of(random, number, target.identity(), "");
  }

  /** On a relation of several whose foreign keys form a circle. */
  static CheckedAtEnd inCircle(Random random, int number, Keys target) {
    return of(random, number, target.identity(), "", IN_CIRCLE);
  }

  private static CheckedAtEnd of(
      Random random, int number, List<MappedColumns> keys, String unique) {
    return of(random, number, keys, unique, KEYS);
  }

  private static CheckedAtEnd of(
      Random random, int number, List<MappedColumns> keys, String unique, List<String> actions) {
    var columns = new ArrayList<MappedColumns>();
    var pointing = new ArrayList<String>();
    for (MappedColumns key : keys) {
      Field old = key.old().getFirst();
      String name = "under " + old.name();
      pointing.add(name);
      var link = List.of(MappedColumns.copy(name, name));
      columns.add(
          new MappedColumns(
              List.of(pointer(name, old)),
              List.of(pointer(name, key.now().getFirst())),
              link,
              link,
              true));
    }
    if (!unique.isEmpty()) {
      columns.add(
          MappedColumns.same(
              new Field(
                  PLACE,
                  "integer",
                  false,
                  Optional.empty(),
                  r -> Integer.toString(r.nextInt(1_000_000_000)))));
    }
    return new CheckedAtEnd(
        number, columns, pointing, actions.get(random.nextInt(actions.size())), unique);
  }

  private static Field pointer(String name, Field key) {
    return new Field(name, key.type(), false, Optional.empty(), r -> null);
  }

  /** A statement may write what points and what is pointed at. */
  boolean atOnce() {
    return !key.equals(RESTRICT);
  }

  boolean points() {
    return !pointing.isEmpty();
  }

  /**
   * Whether a row got another key while it pointed at the one that it had, which the foreign key
   * has carried on to it as a second UPDATE.
   *
   * @param op may have pointed it there, or elsewhere, in the same statement
   * @param identity of the relation, in the order of what points
   */
  boolean cascadesToItself(
      Op op, Map<String, String> before, Map<String, String> after, List<String> identity) {
    return points()
        && key.contains("ON UPDATE CASCADE")
        && !values(before, identity).equals(values(after, identity))
        && (op.named().containsAll(pointing)
            ? IntStream.range(0, pointing.size())
                .allMatch(i -> op.sets(pointing.get(i), before.get(identity.get(i))))
            : values(before, pointing).equals(values(before, identity)));
  }

  private static List<String> values(Map<String, String> row, List<String> columns) {
    return columns.stream().map(c -> String.valueOf(row.get(c))).toList();
  }

  /** An index has its constraint's name, and both sides may stand in one schema. */
  private String name(Side side, String what) {
    return side.schema() + "_" + what + "_" + number;
  }

  /** For a relation under transition. */
  List<String> create(Side side, String at, String target, List<String> identity) {
    var sql = new ArrayList<>(unique(side, at));
    if (points()) {
      sql.add(
          "ALTER TABLE "
              + at
              + " ADD CONSTRAINT "
              + name(side, KEY)
              + " "
              + foreignKey(target, identity));
    }
    return sql;
  }

  /** For a shadow that is not filled yet. */
  List<String> unique(Side side, String at) {
    return unique.isEmpty()
        ? List.of()
        : List.of(
            "ALTER TABLE %s ADD CONSTRAINT %s UNIQUE (%s)%s"
                .formatted(at, name(side, PLACE), PLACE, unique));
  }

  /** For a shadow that is filled. */
  List<ForeignKey> later(String target, List<String> identity) {
    return points()
        ? List.of(new ForeignKey(name(Side.CANONICAL, KEY), foreignKey(target, identity)))
        : List.of();
  }

  private String foreignKey(String target, List<String> identity) {
    return "FOREIGN KEY (%s) REFERENCES %s (%s)%s"
        .formatted(Sql.quote(pointing), target, Sql.quote(identity), key);
  }

  /**
   * For the reference. There a statement's rows reach the other side one by one, and must be able
   * to wait for each other; who may wait and need not is checked when a statement ends, just as who
   * may not.
   */
  List<String> reference(Side side, String at, String target, List<String> identity) {
    return create(side, at, target, identity).stream()
        .map(sql -> sql.contains(DEFERRABLE) ? sql : sql + DEFERRABLE)
        .toList();
  }

  /** While the rows of one statement reach the other side. */
  List<String> wait(boolean begins) {
    var names = new ArrayList<String>();
    if (points() && !key.endsWith(LATER)) {
      names.add(KEY);
    }
    if (unique.equals(DEFERRABLE)) {
      names.add(PLACE);
    }
    return names.isEmpty()
        ? List.of()
        : List.of(
            "SET CONSTRAINTS "
                + names.stream()
                    .flatMap(n -> Stream.of(Side.values()).map(s -> s.schema() + "." + name(s, n)))
                    .collect(Collectors.joining(", "))
                + (begins ? " DEFERRED" : " IMMEDIATE"));
  }

  /** For the tally. */
  List<String> drawn() {
    var drawn = new ArrayList<String>();
    if (points()) {
      drawn.add("a key of the relation on itself");
    }
    if (!unique.isEmpty()) {
      drawn.add("a unique constraint that may wait");
    }
    return drawn;
  }
}
