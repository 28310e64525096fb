package dev.rubicon.repair.object;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Relation;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.List;

/** Materialized views: another query means to fill it anew. */
public final class MaterializedViewSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    Relation view = side.relation(entry.name());
    return Statement.of(
        "CREATE MATERIALIZED VIEW "
            + Sql.object(entry)
            + (view.accessMethod().isEmpty() ? "" : " USING " + quote(view.accessMethod()))
            + Sql.with(view.options())
            + " AS\n"
            + Sql.query(view.query()));
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP MATERIALIZED VIEW " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    Relation ours = sides.from().relation(from.name());
    Relation theirs = sides.to().relation(to.name());
    if (!ours.query().equals(theirs.query())
        || !ours.accessMethod().equals(theirs.accessMethod())) {
      return Change.replace();
    }
    return Change.alter(
        Sql.options(ours.options(), theirs.options()).stream()
            .map(
                clause -> Statement.ddl("ALTER MATERIALIZED VIEW " + Sql.object(to) + " " + clause))
            .toList());
  }
}
