package dev.rubicon.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.oracle.RolloutStage.Names;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Both sides of a case in one REPEATABLE READ snapshot, against their references. */
record Comparison(Connection database) {
  private static final Set<String> MOVED = Set.of("42P01", "42703");

  void compare(Case c, RolloutStage stage) throws SQLException {
    for (int attempt = 0; ; attempt++) {
      var found = new HashMap<Side, Map<Relation, Map<List<String>, Map<String, String>>>>();
      try (var statement = database.createStatement()) {
        statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        c.learn(database, stage);
        for (Side side : Side.values()) {
          if (side == Side.LEGACY ? stage.legacy() : stage.canonical(c.shape)) {
            var relations = new HashMap<Relation, Map<List<String>, Map<String, String>>>();
            for (Relation relation : c.shape.relations(side)) {
              var rows = Reference.read(statement, relation, name(c, relation));
              relations.put(
                  relation, c.shape.aliases().map(a -> a.found(side, relation, rows)).orElse(rows));
            }
            found.put(side, relations);
          }
        }
        statement.execute("COMMIT");
      } catch (SQLException e) {
        try (var statement = database.createStatement()) {
          statement.execute("ROLLBACK");
        }
        // The relation got another name between the look for it and the look at it. Or it is read
        // behind another one that contract wants: who waits for 20 ms only is told of a deadlock.
        if (!Refusal.AGAIN.contains(e.getSQLState())
                && (stage.names() != Names.EITHER || !MOVED.contains(e.getSQLState()))
            || attempt > 50) {
          throw e;
        }
        continue;
      }
      found.forEach(
          (side, relations) ->
              relations.forEach((relation, rows) -> equal(c, stage, side, relation, rows)));
      return;
    }
  }

  private String name(Case c, Relation relation) throws SQLException {
    try (var statement = database.createStatement();
        var result = statement.executeQuery("SELECT " + c.oid(relation) + "::regclass::text")) {
      result.next();
      return result.getString(1);
    }
  }

  private static void equal(
      Case c,
      RolloutStage stage,
      Side side,
      Relation relation,
      Map<List<String>, Map<String, String>> rows) {
    var expected = c.reference.of(side, relation);
    String what = "case " + c.number + ", " + side + " " + relation.name();
    if (stage.full()
        || side == Side.LEGACY
        || c.shape.child().filter(child -> child.relation() == relation).isPresent()) {
      assertThat(without(rows, expected)).as(what).isEqualTo(without(expected, rows));
      return;
    }
    // Not every row is there yet; but those that are, and those that clients have written.
    var written = c.reference.written(relation);
    rows.forEach(
        (key, row) -> {
          var mine = expected.get(key);
          assertThat(mine).as("%s: no such row %s", what, key).isNotNull();
          if (written.contains(key) || !c.shape.inPlace()) {
            assertThat(row).as(what).isEqualTo(mine);
          } else {
            assertThat(unfilled(relation, row, mine))
                .as("%s: %s, not %s", what, row, mine)
                .isTrue();
          }
        });
    expected
        .keySet()
        .forEach(
            key ->
                assertThat(!written.contains(key) || rows.containsKey(key))
                    .as("%s: %s", what, key)
                    .isTrue());
  }

  /** What only one of them has: easier to read than both whole. */
  private static Map<List<String>, Map<String, String>> without(
      Map<List<String>, Map<String, String>> rows, Map<List<String>, Map<String, String>> others) {
    var rest = new HashMap<>(rows);
    rest.entrySet().removeIf(e -> e.getValue().equals(others.get(e.getKey())));
    return rest;
  }

  private static boolean unfilled(
      Relation relation, Map<String, String> row, Map<String, String> expected) {
    return relation.fields().stream()
        .allMatch(
            f ->
                row.get(f.name()) == null
                    || f.fallback().filter(row.get(f.name())::equals).isPresent()
                    || Objects.equals(row.get(f.name()), expected.get(f.name())));
  }
}
