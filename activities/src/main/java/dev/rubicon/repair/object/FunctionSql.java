package dev.rubicon.repair.object;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Function;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Functions and procedures, replaced in place where their signature stays. */
public final class FunctionSql implements KindSql {
  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    Optional<String> revoke = GrantSql.usualRevoked(entry, side);
    return Stream.concat(Stream.of(entry.definition()), revoke.stream())
        .map(Statement::ddl)
        .toList();
  }

  static String word(CatalogEntry entry, Side side) {
    return side.function(entry.name()).map(Function::word).orElse("ROUTINE");
  }

  /** With its schema and its arguments' types. */
  static String quoted(CatalogEntry entry, Side side) {
    return side.function(entry.name()).map(Function::quoted).orElse(Sql.object(entry));
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP " + word(entry, sides.from()) + " " + quoted(entry, sides.from()));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    boolean same =
        sides
            .from()
            .function(from.name())
            .map(Function::signature)
            .equals(sides.to().function(to.name()).map(Function::signature));
    return same ? Change.alter(to.definition()) : Change.replace();
  }
}
