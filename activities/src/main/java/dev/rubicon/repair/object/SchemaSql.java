package dev.rubicon.repair.object;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Statement;
import java.util.List;

/** Schemas and extensions. */
public final class SchemaSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return Statement.of(
        entry.kind() == ObjectKind.SCHEMA
            ? "CREATE SCHEMA " + quote(entry.schema())
            : "CREATE EXTENSION " + quote(entry.object()) + " WITH SCHEMA " + schema(entry));
  }

  /** Its definition is {@code SCHEMA name}. */
  private static String schema(CatalogEntry extension) {
    return quote(extension.definition().substring("SCHEMA ".length()));
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of(
        entry.kind() == ObjectKind.SCHEMA
            ? "DROP SCHEMA " + quote(entry.schema())
            : "DROP EXTENSION " + quote(entry.object()));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.alter("ALTER EXTENSION " + quote(to.object()) + " SET SCHEMA " + schema(to));
  }
}
