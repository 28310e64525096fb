package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.repair.sql.Difference;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NOT NULL that is not validated (PostgreSQL 18): a snapshot has it as a constraint, beside a
 * column that is NOT NULL.
 */
public final class NotNullSql {
  private NotNullSql() {}

  public static boolean is(CatalogEntry entry) {
    return entry.kind() == ObjectKind.CONSTRAINT && entry.definition().startsWith("NOT NULL ");
  }

  /** The column, in the form that the other side has it. */
  public static Optional<CatalogEntry> column(CatalogEntry constraint, Side side, Side other) {
    return side.uses(constraint.name()).stream()
        .filter(used -> used.startsWith("column:"))
        .findFirst()
        .flatMap(other::find);
  }

  private static boolean notNull(CatalogEntry constraint, Side side, Side other) {
    return column(constraint, side, other)
        .filter(column -> ColumnDefinition.of(column).notNull())
        .isPresent();
  }

  /** A column whose NOT NULL is validated already loses it first. */
  static List<Statement> create(CatalogEntry constraint, Side side, Sides sides) {
    var statements = new ArrayList<Statement>();
    if (sides.live(constraint) && notNull(constraint, side, sides.from())) {
      column(constraint, side, sides.from())
          .ifPresent(
              column -> statements.add(Statement.ddl(Sql.alterColumn(column) + "DROP NOT NULL")));
    }
    statements.add(
        Statement.ddl(
            Sql.alterTable(constraint)
                + "ADD CONSTRAINT "
                + quote(constraint.part())
                + " "
                + constraint.definition()
                + " NOT VALID"));
    return statements;
  }

  /** Whether canonical has it too, validated. */
  public static boolean becomesValid(Difference difference, Side from, Side to) {
    return difference.extra() && is(difference.entry()) && notNull(difference.entry(), from, to);
  }
}
