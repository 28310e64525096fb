package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.Firing;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** Triggers and rules, and whether they fire. */
public final class TriggerSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    Firing firing = Firing.of(entry);
    Stream<String> state =
        firing.state().equals(Firing.USUAL) ? Stream.empty() : Stream.of(fires(entry, firing));
    return Stream.concat(Stream.of(firing.create()), state).map(Statement::ddl).toList();
  }

  private static String word(CatalogEntry entry) {
    return entry.kind() == ObjectKind.RULE ? "RULE" : "TRIGGER";
  }

  private static String fires(CatalogEntry entry, Firing firing) {
    return Sql.alterTable(entry)
        + switch (firing.state()) {
          case "DISABLED" -> "DISABLE ";
          case "ENABLED REPLICA" -> "ENABLE REPLICA ";
          case "ENABLED ALWAYS" -> "ENABLE ALWAYS ";
          default -> "ENABLE ";
        }
        + word(entry)
        + " "
        + quote(entry.part());
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of(
        "DROP " + word(entry) + " " + quote(entry.part()) + " ON " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    Firing theirs = Firing.of(to);
    return Firing.of(from).create().equals(theirs.create())
        ? Change.alter(fires(to, theirs))
        : Change.replace();
  }
}
