package dev.rubicon.repair.object;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Type;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.Closure;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Composite types and ranges. */
public final class TypeSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    String as =
        entry.kind() == ObjectKind.RANGE_TYPE
            ? " AS RANGE (" + entry.definition() + ")"
            : " AS " + entry.definition();
    return Stream.concat(
            Stream.of("CREATE TYPE " + Sql.object(entry) + as),
            GrantSql.usualRevoked(entry, side).stream())
        .map(Statement::ddl)
        .toList();
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP TYPE " + Sql.object(entry));
  }

  /** Attributes at the end come and go in place. */
  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    if (to.kind() == ObjectKind.RANGE_TYPE) {
      return Change.replace();
    }
    Type ours = sides.from().type(from.name()).orElse(new Type(List.of(), List.of(), ""));
    Type theirs = sides.to().type(to.name()).orElse(new Type(List.of(), List.of(), ""));
    List<String> kept = ours.names().stream().filter(theirs.names()::contains).toList();
    if (kept.size() > theirs.names().size()
        || !kept.equals(theirs.names().subList(0, kept.size()))) {
      return Change.replace();
    }
    String alter = "ALTER TYPE " + Sql.object(to) + " ";
    var statements = new ArrayList<Statement>();
    ours.names().stream()
        .filter(name -> !kept.contains(name))
        .forEach(name -> statements.add(Statement.ddl(alter + "DROP ATTRIBUTE " + name)));
    for (int at = 0; at < theirs.names().size(); at++) {
      String name = theirs.names().get(at);
      String part = theirs.parts().get(at);
      int was = ours.names().indexOf(name);
      if (was < 0) {
        statements.add(Statement.ddl(alter + "ADD ATTRIBUTE " + part));
      } else if (!ours.parts().get(was).equals(part)) {
        if (Closure.columnOf(from.name(), sides.from()).isPresent()) {
          return Change.replace();
        }
        statements.add(
            Statement.ddl(
                alter + "ALTER ATTRIBUTE " + name + " TYPE" + part.substring(name.length())));
      }
    }
    return Change.alter(statements);
  }
}
