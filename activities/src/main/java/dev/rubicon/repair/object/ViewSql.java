package dev.rubicon.repair.object;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Relation;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.List;

/** Views, replaced in place where their columns stay. */
public final class ViewSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return Statement.of("CREATE VIEW " + definition(entry, side.relation(entry.name())));
  }

  private static String definition(CatalogEntry entry, Relation view) {
    return Sql.object(entry) + Sql.with(view.options()) + " AS\n" + Sql.query(view.query());
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP VIEW " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    Relation ours = sides.from().relation(from.name());
    Relation theirs = sides.to().relation(to.name());
    if (ours.query().equals(theirs.query())) {
      return Change.alter(
          Sql.options(ours.options(), theirs.options()).stream()
              .map(clause -> Statement.ddl("ALTER VIEW " + Sql.object(to) + " " + clause))
              .toList());
    }
    List<String> columns = ours.columns();
    boolean only =
        theirs.columns().size() >= columns.size()
            && theirs.columns().subList(0, columns.size()).equals(columns);
    return only
        ? Change.alter("CREATE OR REPLACE VIEW " + definition(to, theirs))
        : Change.replace();
  }
}
