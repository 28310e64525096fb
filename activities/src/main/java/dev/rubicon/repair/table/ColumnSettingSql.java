package dev.rubicon.repair.table;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogStructure.Column;
import dev.rubicon.catalog.definition.ColumnSettings;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Storage, statistics target and options of columns. */
public final class ColumnSettingSql implements KindSql {
  private static final ColumnSettings USUAL =
      new ColumnSettings(Optional.empty(), Optional.empty(), List.of());

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return statements(entry, USUAL, ColumnSettings.of(entry), sides);
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return statements(entry, ColumnSettings.of(entry), USUAL, sides);
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.alter(statements(to, ColumnSettings.of(from), ColumnSettings.of(to), sides));
  }

  private static List<Statement> statements(
      CatalogEntry entry, ColumnSettings from, ColumnSettings to, Sides sides) {
    var clauses = new ArrayList<String>();
    if (!from.storage().equals(to.storage())) {
      clauses.add("SET STORAGE " + to.storage().orElseGet(() -> usualStorage(entry, sides)));
    }
    if (!from.statistics().equals(to.statistics())) {
      clauses.add("SET STATISTICS " + to.statistics().orElse("-1"));
    }
    clauses.addAll(Sql.options(from.options(), to.options()));
    return clauses.stream().map(clause -> Statement.ddl(Sql.alterColumn(entry) + clause)).toList();
  }

  private static String usualStorage(CatalogEntry entry, Sides sides) {
    String column = "column:" + entry.qualified();
    return sides
        .to()
        .column(column)
        .or(() -> sides.from().column(column))
        .map(Column::storage)
        .orElse("EXTENDED");
  }
}
