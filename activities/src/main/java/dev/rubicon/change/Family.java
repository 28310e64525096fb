package dev.rubicon.change;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.change.ColumnChange;
import dev.rubicon.table.Naming;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.compile.Widening;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables that a runbook's short forms change: those that it names, and those whose foreign keys
 * point at a column that gets another type, and so on. They cross together.
 */
final class Family {
  private final PgSession session;
  private final Runbook runbook;
  private final TypeNames types;
  private final Map<RelationName, TableShape> shapes = new LinkedHashMap<>();
  private final Map<RelationName, Map<String, NewType>> changes = new LinkedHashMap<>();
  private final ArrayDeque<RelationName> open = new ArrayDeque<>();

  private Family(PgSession session, Runbook runbook) {
    this.session = session;
    this.runbook = runbook;
    this.types = new TypeNames(session, Naming.searchPath(runbook));
  }

  /**
   * A foreign key that points at a changed column.
   *
   * @param column that points at it
   */
  private record Pointing(String key, RelationName table, String column, String at) {}

  /** In the order in which the runbook and their foreign keys lead to them. */
  static List<ChangedTable> of(PgSession session, Runbook runbook) {
    var family = new Family(session, runbook);
    for (Runbook.Transition transition : runbook.transitions()) {
      transition
          .change()
          .ifPresent(
              change -> family.add(RelationName.parse(transition.relation()), change.columns()));
    }
    while (!family.open.isEmpty()) {
      family.follow(family.open.removeFirst());
    }
    var tables = new ArrayList<ChangedTable>();
    family.changes.forEach(
        (name, columns) ->
            tables.add(new ChangedTable(family.shapes.get(name), family.free(name), columns)));
    return tables;
  }

  private void add(RelationName name, Map<String, ColumnChange> columns) {
    TableShape table = shapes.computeIfAbsent(name, n -> TableShape.read(session, n));
    columns.forEach(
        (written, change) -> {
          String column = Naming.column(written);
          TableShape.Column is = column(table, column);
          Optional<String> printed = types.printed(change.type());
          String type = printed.orElse(change.type());
          if (is.type().equals(type)) {
            return;
          }
          if (change.up().isEmpty() && !keeps(is.type(), type)) {
            throw unsupported(
                "%s.%s is %s, and %s: %s"
                    .formatted(
                        name,
                        column,
                        is.type(),
                        printed.isEmpty()
                            ? "the target has no type " + type
                            : "not every value of it is one of " + type + ", and back",
                        printed.isEmpty()
                            ? "what it makes of each value is for the runbook to say"
                            : "what becomes of each value is for the runbook to say"),
                "write both ways: change: {%s: {type: \"%s\", up: \"…\", down: \"…\"}}"
                    .formatted(written, change.type()));
          }
          put(name, column, new NewType(type, change.up(), change.down(), Optional.empty()));
        });
  }

  /** Each value of one is a value of the other, or is refused with an error. */
  private static boolean keeps(String from, String to) {
    return Widening.keeps(from, to) && Widening.keeps(to, from);
  }

  private static TableShape.Column column(TableShape table, String column) {
    TableShape.Column found =
        table
            .column(column)
            .orElseThrow(
                () ->
                    unsupported(
                        table.name() + " has no column " + column,
                        "name a column that is there, under change:"));
    if (found.generated()) {
      throw unsupported(
          table.name() + "." + column + " is generated: its type is that of its expression",
          "write the long form, with the expression that it gets");
    }
    return found;
  }

  private void put(RelationName table, String column, NewType type) {
    changes.computeIfAbsent(table, _ -> new LinkedHashMap<>()).put(column, type);
    open.add(table);
  }

  /** Columns that point at a changed one hold the same values. */
  private void follow(RelationName name) {
    Map<String, NewType> columns = changes.get(name);
    for (Pointing pointing : pointing(shapes.get(name).oid())) {
      NewType target = columns.get(pointing.at());
      Map<String, NewType> known = changes.getOrDefault(pointing.table(), Map.of());
      if (target == null || known.containsKey(pointing.column())) {
        continue;
      }
      TableShape table = shapes.computeIfAbsent(pointing.table(), n -> TableShape.read(session, n));
      TableShape.Column is = column(table, pointing.column());
      if (is.type().equals(target.type())) {
        continue;
      }
      String asks =
          "foreign key %s of %s points at %s.%s, which becomes %s"
              .formatted(pointing.key(), table.name(), name, pointing.at(), target.type());
      if (!runbook.schemas().contains(table.name().schema())) {
        throw unsupported(
            asks + ", and schema " + table.name().schema() + " is not the runbook's",
            "name it under schemas:");
      }
      if (target.up().isPresent() || !keeps(is.type(), target.type())) {
        throw unsupported(
            asks + ", and its column " + pointing.column() + " is " + is.type(),
            "say what becomes of it: {relation: %s, change: {%s: {type: \"%s\", up: \"…\", down: \"…\"}}}"
                .formatted(table.name(), pointing.column(), target.type()));
      }
      if (runbook.transitions().stream()
          .filter(t -> t.change().isEmpty())
          .anyMatch(t -> RelationName.parse(t.relation()).equals(table.name()))) {
        throw unsupported(
            asks + ", and the runbook has a transition of " + table.name() + " in the long form",
            "write both in the short form, or both in the long one: rubicon expand-runbook");
      }
      put(
          table.name(),
          pointing.column(),
          new NewType(
              target.type(), Optional.empty(), Optional.empty(), Optional.of(pointing.key())));
    }
  }

  private List<Pointing> pointing(long table) {
    return session.query(
        """
        SELECT c.conname, n.nspname, r.relname, a.attname, f.attname
        FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
        JOIN pg_namespace n ON n.oid = r.relnamespace
        CROSS JOIN LATERAL unnest(c.conkey, c.confkey) k (mine, theirs)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
        JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.theirs
        WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid = ?::bigint::oid
        ORDER BY n.nspname, r.relname, c.conname, k.mine
        """,
        row ->
            new Pointing(
                row.getString(1),
                new RelationName(row.getString(2), row.getString(3)),
                row.getString(4),
                row.getString(5)),
        table);
  }

  /** The first of a few names that nothing has. */
  private RelationName free(RelationName name) {
    for (int i = 1; ; i++) {
      var built =
          new RelationName(
              name.schema(), Identifiers.fitting(name.name() + "_next" + (i == 1 ? "" : i)));
      if (new FreeNames(session, name.schema()).free(built.name())) {
        return built;
      }
    }
  }
}
