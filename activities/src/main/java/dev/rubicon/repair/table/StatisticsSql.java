package dev.rubicon.repair.table;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.definition.StatisticsDefinition;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Extended statistics. */
public final class StatisticsSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    StatisticsDefinition statistics = StatisticsDefinition.of(entry);
    var statements = new ArrayList<>(Statement.of(statistics.create()));
    statistics.target().ifPresent(target -> statements.add(target(entry, target)));
    return statements;
  }

  private static Statement target(CatalogEntry entry, String target) {
    return Statement.ddl("ALTER STATISTICS " + Sql.object(entry) + " SET STATISTICS " + target);
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of("DROP STATISTICS " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    StatisticsDefinition theirs = StatisticsDefinition.of(to);
    return StatisticsDefinition.of(from).create().equals(theirs.create())
        ? Change.alter(List.of(target(to, theirs.target().orElse("-1"))))
        : Change.replace();
  }
}
