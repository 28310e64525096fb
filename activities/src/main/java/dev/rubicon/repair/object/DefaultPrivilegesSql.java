package dev.rubicon.repair.object;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Privileges;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What new objects of a schema will be granted, of those whom the session's role makes. */
public final class DefaultPrivilegesSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return moves(entry, Privileges.NONE, Privileges.of(entry.definition()));
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return moves(entry, Privileges.of(entry.definition()), Privileges.NONE);
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.alter(
        moves(to, Privileges.of(from.definition()), Privileges.of(to.definition())));
  }

  @Override
  public Optional<String> refusal(CatalogEntry entry, Sides sides) {
    return entry.schema().isEmpty()
        ? Optional.of("default privileges for all schemas concern more than the runbook's")
        : Optional.empty();
  }

  private static List<Statement> moves(CatalogEntry entry, Privileges from, Privileges to) {
    return to.statements(
        from,
        "",
        " ON " + entry.object().toUpperCase(Locale.ROOT),
        GrantSql.grantee(entry.part()),
        "ALTER DEFAULT PRIVILEGES IN SCHEMA " + quote(entry.schema()) + " ");
  }
}
