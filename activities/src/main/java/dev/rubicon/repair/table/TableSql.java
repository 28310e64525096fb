package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Column;
import dev.rubicon.catalog.CatalogStructure.Relation;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ConstraintDefinition;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tables, partitioned ones and partitions. */
public final class TableSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    Relation table = side.relation(entry.name());
    List<Statement> statements = new ArrayList<>();
    statements.add(Statement.ddl(createTable(entry, table, side)));
    statements.addAll(
        settings(
            entry,
            new Relation(
                false, "", "", "", "", "", "", List.of(), "DEFAULT", false, false, "", List.of(),
                ""),
            table));
    return statements;
  }

  private static String createTable(CatalogEntry entry, Relation table, Side side) {
    boolean typed = !table.ofType().isEmpty();
    Stream<String> columns =
        side.parts(entry.name(), ObjectKind.COLUMN).stream()
            .filter(column -> table.partition() || !inherited(column, side))
            .flatMap(column -> column(column, typed, side));
    Stream<String> constraints =
        side.parts(entry.name(), ObjectKind.CONSTRAINT).stream()
            .filter(constraint -> inline(constraint, side))
            .map(
                constraint ->
                    "CONSTRAINT " + quote(constraint.part()) + " " + constraint.definition());
    List<String> lines = Stream.concat(columns, constraints).map(line -> "  " + line).toList();
    String body = lines.isEmpty() ? "()" : "(\n" + String.join(",\n", lines) + "\n)";
    return "CREATE "
        + (table.unlogged() ? "UNLOGGED " : "")
        + "TABLE "
        + Sql.object(entry)
        + (typed ? " OF " + table.ofType() + (lines.isEmpty() ? "" : " " + body) : " " + body)
        + (table.parents().isEmpty() || table.partition()
            ? ""
            : " INHERITS (" + table.parents() + ")")
        + (table.partitioned() ? " PARTITION BY " + table.partitionKey() : "")
        + (table.accessMethod().isEmpty() ? "" : " USING " + quote(table.accessMethod()))
        + Sql.with(table.options());
  }

  /** A type's columns are there already: only what is said beyond the type. */
  private static Stream<String> column(CatalogEntry column, boolean typed, Side side) {
    String definition = ColumnSql.definition(column, side);
    if (!typed) {
      return Stream.of(quote(column.part()) + " " + definition);
    }
    String beyond = ColumnSql.beyondType(column);
    return beyond.isEmpty()
        ? Stream.empty()
        : Stream.of(quote(column.part()) + " WITH OPTIONS " + beyond);
  }

  private static boolean inherited(CatalogEntry column, Side side) {
    return side.column(column.name()).map(Column::inherited).orElse(false);
  }

  /** Keys and checks stand in CREATE TABLE; a foreign key may refer to what comes later. */
  public static boolean inline(CatalogEntry constraint, Side side) {
    ConstraintDefinition.Kind kind = ConstraintDefinition.of(constraint).kind();
    boolean fromParent =
        side.inheritedFrom(constraint.name()).isPresent()
            && !side.relationOf(constraint).partition();
    return constraint.valid()
        && !fromParent
        && (kind == ConstraintDefinition.Kind.CHECK || kind.byIndex());
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP TABLE " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    Relation ours = sides.from().relation(from.name());
    Relation theirs = sides.to().relation(to.name());
    if (!ours.partitionKey().equals(theirs.partitionKey())) {
      return Change.refused(
          "PARTITION BY "
              + (theirs.partitioned() ? theirs.partitionKey() : ours.partitionKey())
              + " needs a table of its own: a transition");
    }
    if (!ours.accessMethod().equals(theirs.accessMethod())) {
      return Change.refused("another access method writes every row anew: a transition");
    }
    List<Statement> statements = new ArrayList<>(detach(from, ours, theirs));
    statements.addAll(settings(to, ours, theirs));
    if (statements.isEmpty() && !attached(ours, theirs)) {
      return new Change.Implied();
    }
    return Change.alter(statements);
  }

  /** Whether it comes to be a partition or an heir: that is a node of its own, and a late one. */
  public static boolean attached(Relation ours, Relation theirs) {
    return !theirs.parents().isEmpty()
        && !(ours.parents().equals(theirs.parents()) && ours.bound().equals(theirs.bound()));
  }

  private static List<Statement> detach(CatalogEntry entry, Relation ours, Relation theirs) {
    if (ours.parents().isEmpty()
        || ours.parents().equals(theirs.parents()) && ours.bound().equals(theirs.bound())) {
      return List.of();
    }
    if (ours.partition()) {
      return Statement.of(
          "ALTER TABLE " + ours.parents() + " DETACH PARTITION " + Sql.object(entry));
    }
    return Stream.of(ours.parents().split(", "))
        .map(parent -> Statement.ddl(Sql.alterTable(entry) + "NO INHERIT " + parent))
        .toList();
  }

  /** A check that says what the bound says lets ATTACH take the rows as they are. */
  public static List<Statement> attach(CatalogEntry entry, Relation theirs, boolean live) {
    if (!theirs.partition()) {
      return Stream.of(theirs.parents().split(", "))
          .map(parent -> Statement.ddl(Sql.alterTable(entry) + "INHERIT " + parent))
          .toList();
    }
    String attach =
        "ALTER TABLE "
            + theirs.parents()
            + " ATTACH PARTITION "
            + Sql.object(entry)
            + " "
            + theirs.bound();
    if (!live || theirs.partitionConstraint().isEmpty()) {
      return Statement.of(attach);
    }
    String check = quote("bound of " + entry.object());
    return List.of(
        Statement.ddl(
            Sql.alterTable(entry)
                + "ADD CONSTRAINT "
                + check
                + " CHECK ("
                + theirs.partitionConstraint()
                + ") NOT VALID"),
        Statement.alone(Sql.alterTable(entry) + "VALIDATE CONSTRAINT " + check),
        Statement.ddl(attach),
        Statement.ddl(Sql.alterTable(entry) + "DROP CONSTRAINT " + check));
  }

  private static List<Statement> settings(CatalogEntry entry, Relation from, Relation to) {
    boolean made = from.replicaIdentity().equals("DEFAULT") && from.owner().isEmpty();
    var clauses = new ArrayList<String>();
    if (!made) {
      if (from.unlogged() != to.unlogged()) {
        clauses.add(to.unlogged() ? "SET UNLOGGED" : "SET LOGGED");
      }
      if (!from.ofType().equals(to.ofType())) {
        clauses.add(to.ofType().isEmpty() ? "NOT OF" : "OF " + to.ofType());
      }
      clauses.addAll(Sql.options(from.options(), to.options()));
    }
    if (!from.replicaIdentity().equals(to.replicaIdentity())
        && !to.replicaIdentity().equals("USING INDEX")
        && !(from.replicaIdentity().equals("USING INDEX")
            && to.replicaIdentity().equals("DEFAULT"))) {
      clauses.add("REPLICA IDENTITY " + to.replicaIdentity());
    }
    if (from.rowSecurity() != to.rowSecurity()) {
      clauses.add((to.rowSecurity() ? "ENABLE" : "DISABLE") + " ROW LEVEL SECURITY");
    }
    if (from.forced() != to.forced()) {
      clauses.add((to.forced() ? "" : "NO ") + "FORCE ROW LEVEL SECURITY");
    }
    return clauses.stream()
        .map(clause -> Statement.ddl(Sql.alterTable(entry) + clause))
        .collect(Collectors.toList());
  }
}
