package dev.rubicon.repair;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import java.util.List;

/** Policies: ALTER POLICY cannot take a condition away, so another one takes its place. */
final class PolicySql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return Statement.of(
        "CREATE POLICY "
            + quote(entry.part())
            + " ON "
            + Sql.object(entry)
            + " "
            + entry.definition());
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP POLICY " + quote(entry.part()) + " ON " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.replace();
  }
}
