package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import dev.rubicon.catalog.definition.ColumnDefinition.Default;
import dev.rubicon.catalog.definition.ColumnDefinition.Generated;
import dev.rubicon.catalog.definition.ColumnDefinition.Identity;
import dev.rubicon.catalog.definition.ColumnDefinition.Null;
import dev.rubicon.catalog.definition.SequenceDefinition;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Columns of tables, and the defaults of views' columns. */
public final class ColumnSql implements KindSql {

  /** What stands after the name in CREATE TABLE and ADD COLUMN. */
  static String definition(CatalogEntry column, Side side) {
    ColumnDefinition definition = ColumnDefinition.of(column);
    if (!(definition.value() instanceof Identity)) {
      return definition.toString();
    }
    return definition.with(new Null())
        + " "
        + definition.value()
        + identitySequence(column, side).map(ColumnSql::parameters).orElse("");
  }

  /** The same without the type, which a typed table has already. */
  static String beyondType(CatalogEntry column) {
    ColumnDefinition definition = ColumnDefinition.of(column);
    return (definition.value() + (definition.notNull() ? " NOT NULL" : "")).strip();
  }

  private static Optional<CatalogEntry> identitySequence(CatalogEntry column, Side side) {
    return side.parts(column.name(), ObjectKind.SEQUENCE).stream()
        .filter(sequence -> SequenceDefinition.of(sequence).identity())
        .findFirst();
  }

  /** {@code AS} is the column's own type. */
  private static String parameters(CatalogEntry sequence) {
    return " (SEQUENCE NAME "
        + Sql.object(sequence)
        + " "
        + SequenceDefinition.of(sequence).parameters().replaceFirst("^AS \\w+ ", "")
        + ")";
  }

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    if (entry.of().startsWith("view:")) {
      return Statement.of(viewDefault(entry, ColumnDefinition.of(entry)));
    }
    return Statement.of(
        Sql.alterTable(entry)
            + "ADD COLUMN "
            + quote(entry.part())
            + " "
            + definition(entry, side));
  }

  private static String viewDefault(CatalogEntry entry, ColumnDefinition definition) {
    return "ALTER VIEW "
        + Sql.object(entry)
        + " ALTER COLUMN "
        + quote(entry.part())
        + " SET "
        + definition.value();
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return entry.of().startsWith("view:")
        ? Statement.of(
            "ALTER VIEW "
                + Sql.object(entry)
                + " ALTER COLUMN "
                + quote(entry.part())
                + " DROP DEFAULT")
        : Statement.of(Sql.alterTable(entry) + "DROP COLUMN " + quote(entry.part()));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    ColumnDefinition ours = ColumnDefinition.of(from);
    ColumnDefinition theirs = ColumnDefinition.of(to);
    if (to.of().startsWith("view:")) {
      return Change.alter(viewDefault(to, theirs));
    }
    boolean retyped =
        !ours.type().equals(theirs.type()) || !ours.collation().equals(theirs.collation());
    boolean kept = !retyped || SafeTypes.keepsRows(ours.type(), theirs.type());
    if (!kept && !sides.rewrites()) {
      return Change.refused("every row would be checked or written anew: a transition");
    }
    if (regenerated(ours, theirs)) {
      return Change.refused("every row would be written anew: a transition");
    }
    String alter = alter(to, sides);
    var statements = new ArrayList<Statement>();
    var sequences = new IdentityMove(from, to, sides);
    boolean valueChanged = !ours.value().equals(theirs.value());
    if (valueChanged || retyped) {
      statements.addAll(takeValue(alter, ours, theirs, sequences, retyped));
    }
    if (retyped) {
      statements.add(
          Statement.ddl(
              alter
                  + "TYPE "
                  + theirs.type()
                  + theirs.collation().map(name -> " COLLATE " + name).orElse("")
                  + (kept ? "" : " USING " + quote(to.part()) + "::" + theirs.type())));
    }
    if (!ours.compression().equals(theirs.compression())) {
      statements.add(
          Statement.ddl(alter + "SET COMPRESSION " + theirs.compression().orElse("default")));
    }
    if (ours.notNull() != theirs.notNull()) {
      statements.addAll(notNull(to, theirs.notNull(), alter, sides));
    }
    if (valueChanged || retyped) {
      statements.addAll(giveValue(alter, ours, theirs, sequences, retyped));
    }
    return new Change.Alter(statements, retyped, false);
  }

  /** Heirs follow where they change alike; where one does not, it must not be touched. */
  private static String alter(CatalogEntry column, Sides sides) {
    boolean alone =
        sides.to().heirs(column.name()).stream()
            .anyMatch(
                heir ->
                    sides.from().find(heir).isPresent()
                        && sides
                            .from()
                            .find(heir)
                            .map(CatalogEntry::definition)
                            .equals(sides.to().find(heir).map(CatalogEntry::definition)));
    return alone
        ? Sql.alterColumn(column).replaceFirst("^ALTER TABLE ", "ALTER TABLE ONLY ")
        : Sql.alterColumn(column);
  }

  private static boolean regenerated(ColumnDefinition ours, ColumnDefinition theirs) {
    return theirs.value() instanceof Generated is
            && !theirs.value().equals(ours.value())
            && !(is.kept().equals("VIRTUAL")
                && ours.value() instanceof Generated was
                && was.kept().equals("VIRTUAL"))
        || ours.value() instanceof Generated(String ignored, String kept)
            && kept.equals("VIRTUAL")
            && !(theirs.value() instanceof Generated);
  }

  private static List<Statement> takeValue(
      String alter,
      ColumnDefinition ours,
      ColumnDefinition theirs,
      IdentityMove sequences,
      boolean retyped) {
    return switch (ours.value()) {
      case Null() -> List.of();
      case Default(String ignored) ->
          retyped || !(theirs.value() instanceof Default)
              ? Statement.of(alter + "DROP DEFAULT")
              : List.of();
      case Identity(boolean ignored) ->
          theirs.value() instanceof Identity ? List.of() : sequences.dropIdentity(alter);
      case Generated(String ignored, String kept) ->
          theirs.value() instanceof Generated ? List.of() : Statement.of(alter + "DROP EXPRESSION");
    };
  }

  private static List<Statement> giveValue(
      String alter,
      ColumnDefinition ours,
      ColumnDefinition theirs,
      IdentityMove sequences,
      boolean retyped) {
    return switch (theirs.value()) {
      case Null() -> List.of();
      case Default value ->
          sequences.keepsSequence() ? List.of() : Statement.of(alter + "SET " + value);
      case Identity(boolean always) ->
          ours.value() instanceof Identity(boolean was)
              ? was == always
                  ? List.of()
                  : Statement.of(alter + "SET GENERATED " + (always ? "ALWAYS" : "BY DEFAULT"))
              : sequences.addIdentity(alter, theirs.value());
      case Generated(String expression, String kept) ->
          theirs.value().equals(ours.value())
              ? List.of()
              : Statement.of(alter + "SET EXPRESSION AS (" + expression + ")");
    };
  }

  /** SET NOT NULL reads no row where a valid check already says so. */
  private static List<Statement> notNull(
      CatalogEntry column, boolean notNull, String alter, Sides sides) {
    if (!notNull) {
      return Statement.of(alter + "DROP NOT NULL");
    }
    String check =
        quote(Identifiers.fitting(column.object() + "_" + column.part() + "_is_not_null"));
    return List.of(
        Statement.ddl(
            Sql.alterTable(column)
                + "ADD CONSTRAINT "
                + check
                + " CHECK ("
                + quote(column.part())
                + " IS NOT NULL) NOT VALID"),
        Statement.alone(Sql.alterTable(column) + "VALIDATE CONSTRAINT " + check),
        Statement.ddl(alter + "SET NOT NULL"),
        Statement.ddl(Sql.alterTable(column) + "DROP CONSTRAINT " + check));
  }

  /** The default alone goes and comes back, for what it calls. */
  public static List<Statement> dropDefault(CatalogEntry column) {
    return Statement.of(Sql.alterColumn(column) + "DROP DEFAULT");
  }

  public static boolean hasDefault(CatalogEntry column) {
    return ColumnDefinition.of(column).value() instanceof Default;
  }

  public static List<Statement> setDefault(CatalogEntry column) {
    return Statement.of(Sql.alterColumn(column) + "SET " + ColumnDefinition.of(column).value());
  }
}
