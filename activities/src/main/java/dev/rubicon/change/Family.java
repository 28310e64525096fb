package dev.rubicon.change;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.change.Change;
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
  private final Map<RelationName, Map<String, NewColumn>> changes = new LinkedHashMap<>();
  private final Map<RelationName, RelationName> named = new LinkedHashMap<>();
  private final FreeNames free;
  private final ArrayDeque<RelationName> open = new ArrayDeque<>();

  private Family(PgSession session, Runbook runbook) {
    this.session = session;
    this.runbook = runbook;
    this.free = new FreeNames(session);
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
          .ifPresent(change -> family.add(RelationName.parse(transition.relation()), change));
    }
    while (!family.open.isEmpty()) {
      family.follow(family.open.removeFirst());
    }
    var tables = new ArrayList<ChangedTable>();
    family.changes.forEach(
        (name, columns) ->
            tables.add(
                new ChangedTable(
                    family.shapes.get(name),
                    family.built(name),
                    family.named.getOrDefault(name, name),
                    columns)));
    return tables;
  }

  private void add(RelationName name, Change change) {
    Optional<RelationName> to =
        change.rename().map(n -> new RelationName(name.schema(), Naming.column(n)));
    if (to.isPresent() && free.free(name) && !free.free(to.get())) {
      return; // It has that name already.
    }
    TableShape table = shapes.computeIfAbsent(name, n -> TableShape.read(session, n));
    if (to.filter(t -> !t.equals(name)).isPresent()) {
      named.put(name, to.get());
      changes.computeIfAbsent(name, _ -> new LinkedHashMap<>());
    }
    change
        .columns()
        .forEach(
            (written, wanted) -> {
              String column = Naming.column(written);
              Optional<String> later = wanted.rename().map(Naming::column);
              if (later.isPresent()
                  && table.column(column).isEmpty()
                  && table.column(later.get()).isPresent()) {
                return;
              }
              NewColumn left = left(table, column(table, column), wanted);
              if (left.changes()) {
                put(name, column, left);
              }
            });
  }

  /** What is not so already. */
  private NewColumn left(TableShape table, TableShape.Column is, ColumnChange wanted) {
    Optional<String> printed = wanted.type().flatMap(types::printed);
    Optional<String> type =
        wanted.type().map(t -> printed.orElse(t)).filter(t -> !t.equals(is.type()));
    if (type.isPresent() && wanted.up().isEmpty() && !keeps(is.type(), type.get())) {
      throw unsupported(
          "%s.%s is %s: %s, so what becomes of each value is for the runbook to say"
              .formatted(
                  table.name(),
                  is.name(),
                  is.type(),
                  printed.isEmpty()
                      ? "the target has no type " + type.get()
                      : "not every value of it is one of " + type.get() + ", and back"),
          "write both ways: change: {%s: {type: \"%s\", up: \"…\", down: \"…\"}}"
              .formatted(is.name(), wanted.type().orElseThrow()));
    }
    Optional<Boolean> nullable = wanted.nullable().filter(n -> n == is.notNull());
    Optional<String> rename = wanted.rename().map(Naming::column).filter(n -> !n.equals(is.name()));
    return new NewColumn(
        type,
        rename,
        nullable,
        wanted.defaultExpression().filter(d -> !same(d, is)),
        type.or(() -> rename).isPresent() || nullable.isPresent() ? wanted.up() : Optional.empty(),
        wanted.down(),
        Optional.empty());
  }

  private static boolean same(String expression, TableShape.Column is) {
    return is.defaultExpression()
        .filter(d -> d.equals(expression) || d.startsWith(expression + "::"))
        .isPresent();
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

  private void put(RelationName table, String column, NewColumn type) {
    changes.computeIfAbsent(table, _ -> new LinkedHashMap<>()).put(column, type);
    open.add(table);
  }

  /** Columns that point at a changed one hold the same values. */
  private void follow(RelationName name) {
    Map<String, NewColumn> columns = changes.get(name);
    for (Pointing pointing : pointing(shapes.get(name).oid())) {
      NewColumn target = columns.get(pointing.at());
      if (target == null || target.type().isEmpty()) {
        continue;
      }
      String type = target.type().get();
      Optional<NewColumn> known =
          Optional.ofNullable(
              changes.getOrDefault(pointing.table(), Map.of()).get(pointing.column()));
      if (known.isPresent()) {
        if (known.get().type().isEmpty()) {
          throw unsupported(
              "%s.%s changes, and what it points at becomes %s"
                  .formatted(pointing.table(), pointing.column(), type),
              "say its type too: " + pointing.column() + ": {type: \"" + type + "\", …}");
        }
        continue;
      }
      TableShape table = shapes.computeIfAbsent(pointing.table(), n -> TableShape.read(session, n));
      TableShape.Column is = column(table, pointing.column());
      if (is.type().equals(type)) {
        continue;
      }
      String asks =
          "foreign key %s of %s points at %s.%s, which becomes %s"
              .formatted(pointing.key(), table.name(), name, pointing.at(), type);
      if (!runbook.schemas().contains(table.name().schema())) {
        throw unsupported(
            asks + ", and schema " + table.name().schema() + " is not the runbook's",
            "name it under schemas:");
      }
      if (target.up().isPresent() || !keeps(is.type(), type)) {
        throw unsupported(
            asks + ", and its column " + pointing.column() + " is " + is.type(),
            "say what becomes of it: {relation: %s, change: {%s: {type: \"%s\", up: \"…\", down: \"…\"}}}"
                .formatted(table.name(), pointing.column(), type));
      }
      if (runbook.transitions().stream()
          .filter(t -> t.change().isEmpty())
          .anyMatch(t -> RelationName.parse(t.relation()).equals(table.name()))) {
        throw unsupported(
            asks + ", and the runbook has a transition of " + table.name() + " in the long form",
            "write both in the short form, or both in the long one: rubicon expand-runbook");
      }
      put(table.name(), pointing.column(), NewColumn.pointing(type, pointing.key()));
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
  private RelationName built(RelationName name) {
    for (int i = 1; ; i++) {
      var built =
          new RelationName(
              name.schema(), Identifiers.fitting(name.name() + "_next" + (i == 1 ? "" : i)));
      if (free.free(built)) {
        return built;
      }
    }
  }
}
