package dev.rubicon.repair.object;

import static dev.rubicon.postgres.Identifiers.literal;
import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Type;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.ColumnDefinition.Default;
import dev.rubicon.catalog.definition.ColumnDefinition.Null;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Enums: labels are added where they belong; else a new type takes the old one's place. */
public final class EnumSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return Stream.concat(
            Stream.of("CREATE TYPE " + Sql.object(entry) + " AS " + entry.definition()),
            GrantSql.usualRevoked(entry, side).stream())
        .map(Statement::ddl)
        .toList();
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP TYPE " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    List<String> ours = sides.from().type(from.name()).map(Type::parts).orElse(List.of());
    List<String> theirs = sides.to().type(to.name()).map(Type::parts).orElse(List.of());
    if (theirs.stream().filter(ours::contains).toList().equals(ours)) {
      return Change.alter(added(to, ours, theirs));
    }
    return new Change.Alter(exchanged(from, to, sides), true, true);
  }

  /** Each in a transaction of its own: nothing may use a label before it is committed. */
  private static List<Statement> added(CatalogEntry entry, List<String> ours, List<String> theirs) {
    var statements = new ArrayList<Statement>();
    for (int at = 0; at < theirs.size(); at++) {
      String label = theirs.get(at);
      if (ours.contains(label)) {
        continue;
      }
      String place =
          at > 0
              ? " AFTER " + literal(theirs.get(at - 1))
              : ours.isEmpty() ? "" : " BEFORE " + literal(ours.getFirst());
      statements.add(
          Statement.alone(
              "ALTER TYPE "
                  + Sql.object(entry)
                  + " ADD VALUE IF NOT EXISTS "
                  + literal(label)
                  + place));
    }
    return statements;
  }

  /** The columns that have it are cast by label; a row with a label that goes stops it. */
  private static List<Statement> exchanged(CatalogEntry from, CatalogEntry to, Sides sides) {
    String before = Identifiers.fitting(from.object() + "_before");
    var statements = new ArrayList<Statement>();
    statements.add(Statement.ddl("ALTER TYPE " + Sql.object(from) + " RENAME TO " + quote(before)));
    statements.addAll(new EnumSql().create(to, sides.to(), sides));
    for (String name : new TreeSet<>(sides.from().users(from.name()))) {
      Optional<CatalogEntry> column =
          sides.from().find(name).filter(entry -> entry.kind() == ObjectKind.COLUMN);
      column
          .filter(one -> sides.from().inheritedFrom(one.name()).isEmpty())
          .ifPresent(one -> statements.addAll(cast(one, sides.to().find(name).orElse(one))));
    }
    statements.add(Statement.ddl("DROP TYPE " + quote(from.schema()) + "." + quote(before)));
    return statements;
  }

  private static List<Statement> cast(CatalogEntry column, CatalogEntry canonical) {
    ColumnDefinition definition = ColumnDefinition.of(column);
    String alter = Sql.alterColumn(column);
    String via = definition.type().endsWith("[]") ? "::text[]::" : "::text::";
    var statements = new ArrayList<Statement>();
    ColumnDefinition.Value value = ColumnDefinition.of(canonical).value();
    if (!(definition.value() instanceof Null)) {
      statements.add(Statement.ddl(alter + "DROP DEFAULT"));
    }
    statements.add(
        Statement.ddl(
            alter
                + "TYPE "
                + definition.type()
                + " USING "
                + quote(column.part())
                + via
                + definition.type()));
    if (value instanceof Default) {
      statements.add(Statement.ddl(alter + "SET " + value));
    }
    return statements;
  }
}
