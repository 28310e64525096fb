package dev.rubicon.repair;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import java.util.List;

/** Schemas and extensions. */
final class SchemaSql implements KindSql {

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
