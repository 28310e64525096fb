package dev.rubicon.oracle;

import dev.rubicon.oracle.Shape.Change;
import dev.rubicon.oracle.Shape.Write;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must stand on both sides of a case: a legacy schema and a canonical schema in a database of
 * which Rubicon knows nothing. A client's statement is said there to its own side; what the other
 * side gets follows from the shape.
 */
final class Reference implements Shape.Rows {
  private final Shape shape;
  private Map<Side, Map<Relation, Map<List<String>, Map<String, String>>>> rows =
      new EnumMap<>(Side.class);
  private Map<Relation, Set<List<String>>> written = new HashMap<>();
  private ClientRole role = ClientRole.EVERYTHING;
  private final List<Memory> memory = new ArrayList<>();

  private record Memory(
      Map<Side, Map<Relation, Map<List<String>, Map<String, String>>>> rows,
      Map<Relation, Set<List<String>>> written) {}

  Reference(Shape shape) {
    this.shape = shape;
    for (Side side : Side.values()) {
      var sides = new HashMap<Relation, Map<List<String>, Map<String, String>>>();
      shape.relations(side).forEach(r -> sides.put(r, Map.of()));
      rows.put(side, sides);
    }
  }

  /** The statements that make both schemas' relations. */
  List<String> create() {
    var sql = new ArrayList<String>();
    for (Side side : Side.values()) {
      shape.relations(side).forEach(r -> sql.addAll(r.create(side.schema(), r.name())));
      sql.addAll(shape.constraints(side));
    }
    return sql;
  }

  @Override
  public Map<List<String>, Map<String, String>> of(Side side, Relation relation) {
    return rows.get(side).get(relation);
  }

  /** Canonical rows that somebody has written since the triggers are there. */
  Set<List<String>> written(Relation relation) {
    return written.getOrDefault(relation, Set.of());
  }

  /** What was written so far was written without triggers. */
  void installed() {
    written.clear();
  }

  /** Who says the statements that come. */
  void as(ClientRole client) {
    role = client;
  }

  /** Remembers; {@link #back} takes one back, {@link #keep} forgets how it was. */
  void remember() {
    var copy = new HashMap<Relation, Set<List<String>>>();
    written.forEach((r, keys) -> copy.put(r, new HashSet<>(keys)));
    var sides =
        new EnumMap<Side, Map<Relation, Map<List<String>, Map<String, String>>>>(Side.class);
    rows.forEach((side, relations) -> sides.put(side, new HashMap<>(relations)));
    memory.add(new Memory(sides, copy));
  }

  void back() {
    Memory last = memory.removeLast();
    rows = last.rows();
    written = last.written();
  }

  void keep() {
    memory.removeLast();
  }

  /**
   * Says a client's statement to its side.
   *
   * @return how many rows it returned
   */
  int apply(Connection connection, Side side, Op op) throws SQLException {
    try (var statement = connection.createStatement()) {
      String name = name(side, op.relation());
      var stood = versions(statement, op.relation(), name);
      role.enter(connection);
      int count = op.execute(connection, name);
      role.leave(connection);
      if (shape.child().filter(c -> c.relation() == op.relation()).isPresent()) {
        int there = op.execute(connection, name(side.other(), op.relation()));
        if (there != count) {
          throw new IllegalStateException("the references disagree about a child: " + op.text());
        }
      } else if (op.truncates() && shape.truncatesTogether(side, op.relation())) {
        Relation whole = shape.counterparts(side, op.relation()).getFirst();
        statement.execute("TRUNCATE " + name(side.other(), whole) + " CASCADE");
      } else {
        var before = of(side, op.relation());
        var after = read(statement, op.relation(), name(side, op.relation()));
        var changes = new ArrayList<>(changes(before, after, op.rekeyed()));
        // Where a trigger of the owner's fires, a row that is met is not left alone.
        versions(statement, op.relation(), name)
            .forEach(
                (key, version) -> {
                  var row = after.get(key);
                  if (row.equals(before.get(key)) && !version.equals(stood.get(key))) {
                    changes.add(new Change(Optional.of(row), Optional.of(row)));
                  }
                });
        wait(statement, true);
        for (Change change : changes) {
          for (Write write :
              shape.follows(side, op.relation(), seen(side, op, change), op.named(), this)) {
            statement.execute(write.sql());
          }
        }
        wait(statement, false);
        for (Map<String, String> row : metAgain(side, op, changes)) {
          look(statement);
          var same = new Change(Optional.of(row), Optional.of(row));
          for (Write write : shape.follows(side, op.relation(), same, Set.of(), this)) {
            statement.execute(write.sql());
          }
        }
      }
      look(statement);
      return count;
    }
  }

  /** Rows that their own foreign key updates a second time, which the owner's trigger meets. */
  private List<Map<String, String>> metAgain(Side side, Op op, List<Change> changes) {
    if (side == Side.LEGACY || !shape.inPlace() || shape.legacyTrigger().isEmpty()) {
      return List.of();
    }
    return changes.stream()
        .filter(change -> change.before().isPresent() && change.after().isPresent())
        .filter(
            change ->
                shape.checkedAtEnd().stream()
                    .anyMatch(
                        key ->
                            key.cascadesToItself(
                                op,
                                change.before().get(),
                                change.after().get(),
                                op.relation().key())))
        .map(change -> change.after().get())
        .toList();
  }

  private void wait(Statement statement, boolean begins) throws SQLException {
    for (CheckedAtEnd checked : shape.checkedAtEnd()) {
      for (String sql : checked.wait(begins)) {
        statement.execute(sql);
      }
    }
  }

  /** EXCLUDED is what the triggers have left of the row. */
  private Change seen(Side side, Op op, Change change) {
    if (op.whole().isPresent()) {
      return new Change(change.before(), change.after(), op.whole());
    }
    return side == Side.LEGACY && op.upserts() && change.before().isPresent()
        ? new Change(change.before(), change.after().map(r -> excluded(op, r)))
        : change;
  }

  private Map<String, String> excluded(Op op, Map<String, String> row) {
    var left = new HashMap<>(shape.legacyTrigger().map(t -> t.apply(row)).orElse(row));
    // A default is no part of EXCLUDED.
    left.replaceAll(
        (c, value) -> op.text().contains(Sql.quote(c) + Op.DEFAULT) ? row.get(c) : value);
    return left;
  }

  /** Where each row stands in the file: an UPDATE puts it elsewhere. Asked for in place only. */
  private Map<List<String>, String> versions(Statement statement, Relation relation, String name)
      throws SQLException {
    var versions = new HashMap<List<String>, String>();
    if (!shape.inPlace() || shape.legacyTrigger().isEmpty()) {
      return versions;
    }
    String key = relation.key().stream().map(Sql::quote).collect(Collectors.joining(", "));
    try (var result =
        statement.executeQuery("SELECT tableoid || '|' || ctid, " + key + " FROM " + name)) {
      while (result.next()) {
        var at = new ArrayList<String>();
        for (int i = 0; i < relation.key().size(); i++) {
          at.add(result.getString(i + 2));
        }
        versions.put(at, result.getString(1));
      }
    }
    return versions;
  }

  /** Says both at once to their side; the other side gets one after the other. */
  int apply(Connection connection, Side side, FamilyStatement family) throws SQLException {
    role.enter(connection);
    int count =
        family.execute(
            connection,
            name(side, family.parents().relation()),
            name(side, family.children().relation()));
    role.leave(connection);
    try (var statement = connection.createStatement()) {
      wait(statement, true);
      for (Op op : family.follow()) {
        if (shape.child().filter(c -> c.relation() == op.relation()).isPresent()) {
          int ignored = op.execute(connection, name(side.other(), op.relation()));
          continue;
        }
        var before = of(side, op.relation());
        var after = read(statement, op.relation(), name(side, op.relation()));
        for (Change change : changes(before, after, op.rekeyed())) {
          for (Write write : shape.follows(side, op.relation(), change, op.named(), this)) {
            statement.execute(write.sql());
          }
        }
      }
      wait(statement, false);
      look(statement);
      return count;
    }
  }

  /** Reads everything again. */
  private void look(Statement statement) throws SQLException {
    for (Side side : Side.values()) {
      for (Relation relation : shape.relations(side)) {
        var now = read(statement, relation, name(side, relation));
        var before = rows.get(side).put(relation, now);
        if (side == Side.CANONICAL) {
          var keys = written.computeIfAbsent(relation, r -> new HashSet<>());
          now.forEach(
              (key, row) -> {
                if (!row.equals(before.get(key))) {
                  keys.add(key);
                }
              });
        }
      }
    }
  }

  /** The triggers are gone: only what legacy has counts, and canonical is what follows from it. */
  void startOver(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("BEGIN");
      wait(statement, true);
      for (Relation relation : shape.relations(Side.CANONICAL).reversed()) {
        if (shape.child().filter(c -> c.relation() == relation).isEmpty()) {
          statement.execute("TRUNCATE " + name(Side.CANONICAL, relation) + " CASCADE");
        }
      }
      look(statement);
      for (Relation relation : shape.relations(Side.LEGACY)) {
        if (shape.child().filter(c -> c.relation() == relation).isPresent()) {
          copyChild(statement, relation);
          continue;
        }
        for (var row : List.copyOf(of(Side.LEGACY, relation).values())) {
          for (Write write : shape.backfilled(relation, row, this)) {
            statement.execute(write.sql());
          }
        }
      }
      statement.execute("COMMIT");
      look(statement);
    }
    installed();
  }

  private void copyChild(Statement statement, Relation relation) throws SQLException {
    statement.execute("DELETE FROM " + name(Side.CANONICAL, relation));
    statement.execute(
        "INSERT INTO "
            + name(Side.CANONICAL, relation)
            + " SELECT * FROM "
            + name(Side.LEGACY, relation));
  }

  static String name(Side side, Relation relation) {
    return side.schema() + "." + Sql.quote(relation.name());
  }

  static List<Change> changes(
      Map<List<String>, Map<String, String>> before,
      Map<List<String>, Map<String, String>> after,
      Map<List<String>, List<String>> rekeyed) {
    var changes = new ArrayList<Change>();
    var arrived = new HashSet<>(after.keySet());
    before.forEach(
        (key, row) -> {
          // A policy may have kept the statement from a row.
          boolean stays = row.equals(after.get(key));
          List<String> now = stays ? key : rekeyed.getOrDefault(key, key);
          Optional<Map<String, String>> to =
              Optional.ofNullable(after.get(after.containsKey(now) ? now : key));
          to.ifPresent(t -> arrived.remove(after.containsKey(now) ? now : key));
          if (!Objects.equals(to, Optional.of(row))) {
            changes.add(new Change(Optional.of(row), to));
          }
        });
    after.forEach(
        (key, row) -> {
          if (arrived.contains(key)) {
            changes.add(new Change(Optional.empty(), Optional.of(row)));
          }
        });
    return changes;
  }

  /** Rows as PostgreSQL prints them. */
  static Map<List<String>, Map<String, String>> read(
      Statement statement, Relation relation, String name) throws SQLException {
    String columns =
        relation.names().map(n -> Sql.quote(n) + "::text").collect(Collectors.joining(", "));
    var rows = new LinkedHashMap<List<String>, Map<String, String>>();
    try (var result =
        statement.executeQuery(
            "SELECT "
                + columns
                + " FROM "
                + name
                + " ORDER BY "
                + relation.key().stream()
                    .map(k -> Sql.quote(k) + "::text COLLATE \"C\"")
                    .collect(Collectors.joining(", ")))) {
      while (result.next()) {
        var row = new HashMap<String, String>();
        for (int i = 0; i < relation.fields().size(); i++) {
          row.put(relation.fields().get(i).name(), result.getString(i + 1));
        }
        rows.put(relation.key(row), row);
      }
    }
    return rows;
  }
}
