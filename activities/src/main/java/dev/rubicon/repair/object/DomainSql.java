package dev.rubicon.repair.object;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.ColumnDefinition.Null;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Domains; their checks are constraints. */
public final class DomainSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return Stream.concat(
            Stream.of("CREATE DOMAIN " + Sql.object(entry) + " AS " + entry.definition()),
            GrantSql.usualRevoked(entry, side).stream())
        .map(Statement::ddl)
        .toList();
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP DOMAIN " + Sql.object(entry));
  }

  /** A domain is printed as a column is. */
  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    ColumnDefinition ours = ColumnDefinition.parse(from.definition());
    ColumnDefinition theirs = ColumnDefinition.parse(to.definition());
    if (!ours.type().equals(theirs.type()) || !ours.collation().equals(theirs.collation())) {
      return Change.replace();
    }
    String alter = "ALTER DOMAIN " + Sql.object(to) + " ";
    var statements = new ArrayList<Statement>();
    if (!ours.value().equals(theirs.value())) {
      statements.add(
          Statement.ddl(
              alter + (theirs.value() instanceof Null ? "DROP DEFAULT" : "SET " + theirs.value())));
    }
    if (ours.notNull() != theirs.notNull()) {
      statements.add(Statement.ddl(alter + (theirs.notNull() ? "SET" : "DROP") + " NOT NULL"));
    }
    return Change.alter(statements);
  }
}
