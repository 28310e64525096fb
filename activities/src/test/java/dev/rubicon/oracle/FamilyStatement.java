package dev.rubicon.oracle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A row and what points at it, written at once: by one WITH statement, whose parts may come in
 * either order because PostgreSQL checks foreign keys when it ends.
 *
 * @param parents the statement on the relation that is pointed at
 * @param children the statement on the one that points
 * @param follow in which order their counterparts may be written one by one
 */
record FamilyStatement(Op parents, Op children, boolean childrenFirst, List<Op> follow) {

  /** A foreign key within one side: how a row of {@code child} names a row of {@code parent}. */
  record Key(Relation parent, Relation child, List<String> columns) {}

  /** Empty where no relation of the side points at another. */
  static Optional<FamilyStatement> draw(Random random, Case c, Side side, boolean sparing) {
    List<Key> keys = c.shape.keys(side);
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    Key key = keys.get(random.nextInt(keys.size()));
    return random.nextInt(3) == 0
        ? deletes(random, c, side, key)
        : Optional.of(inserts(random, key, sparing));
  }

  private static FamilyStatement inserts(Random random, Key key, boolean sparing) {
    var place = new HashMap<String, String>();
    key.parent().key().forEach(k -> place.put(k, key.parent().field(k).draw(random)));
    List<String> identity = key.parent().identity(place);
    var pointing = new HashMap<String, String>();
    for (int i = 0; i < identity.size(); i++) {
      pointing.put(key.columns().get(i), identity.get(i));
    }
    key.child()
        .key()
        .forEach(k -> pointing.computeIfAbsent(k, n -> key.child().field(n).draw(random)));
    Op parents = insert(random, key.parent(), place, sparing);
    Op children = insert(random, key.child(), pointing, sparing);
    return new FamilyStatement(parents, children, random.nextBoolean(), List.of(parents, children));
  }

  private static Op insert(
      Random random, Relation relation, Map<String, String> place, boolean sparing) {
    return new OpGenerator(
            random,
            relation,
            List.of(),
            Optional.of(List.of(place)),
            Optional.empty(),
            sparing,
            WholeRows.May.NOTHING)
        .insert(place.keySet());
  }

  private static Optional<FamilyStatement> deletes(Random random, Case c, Side side, Key key) {
    var rows = List.copyOf(c.reference.of(side, key.parent()).values());
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    var row = rows.get(random.nextInt(rows.size()));
    List<String> identity = key.parent().identity(row);
    var pointing =
        c.reference.of(side, key.child()).values().stream()
            .filter(r -> key.columns().stream().map(r::get).toList().equals(identity))
            .toList();
    if (pointing.isEmpty()) {
      return Optional.empty();
    }
    Op parents = delete(random, key.parent(), List.of(row));
    Op children = delete(random, key.child(), pointing);
    return Optional.of(
        new FamilyStatement(parents, children, random.nextBoolean(), List.of(children, parents)));
  }

  private static Op delete(Random random, Relation relation, List<Map<String, String>> rows) {
    return new OpGenerator(
            random, relation, rows, Optional.empty(), Optional.empty(), true, WholeRows.May.NOTHING)
        .delete(rows.size());
  }

  String kind() {
    return "WITH " + parents.kind();
  }

  String sql(String parent, String child) {
    String first = (childrenFirst ? children : parents).text();
    String second = (childrenFirst ? parents : children).text();
    return "WITH a AS ("
        + first.replace(Op.HERE, childrenFirst ? child : parent)
        + "), b AS ("
        + second.replace(Op.HERE, childrenFirst ? parent : child)
        + ") SELECT 1 FROM a UNION ALL SELECT 1 FROM b";
  }

  int execute(Connection connection, String parent, String child) throws SQLException {
    int count = 0;
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql(parent, child))) {
      while (rows.next()) {
        count++;
      }
    }
    return count;
  }
}
