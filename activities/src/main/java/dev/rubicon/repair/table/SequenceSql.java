package dev.rubicon.repair.table;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.SequenceDefinition;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sequences; that of an identity comes and goes with its column. */
public final class SequenceSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    SequenceDefinition sequence = SequenceDefinition.of(entry);
    if (sequence.identity()) {
      return renamed(entry, sides);
    }
    return Statement.of(
        "CREATE "
            + (sequence.unlogged() ? "UNLOGGED " : "")
            + "SEQUENCE "
            + Sql.object(entry)
            + " "
            + sequence.parameters());
  }

  /** An identity's sequence has no say of its own: only its name may differ. */
  private static List<Statement> renamed(CatalogEntry entry, Sides sides) {
    Optional<CatalogEntry> ours = identityOf(entry.of(), sides.from());
    if (ours.isEmpty() || sides.created().contains(entry.of())) {
      return List.of();
    }
    var statements = new ArrayList<Statement>();
    statements.add(
        Statement.ddl(
            "ALTER SEQUENCE " + Sql.object(ours.get()) + " RENAME TO " + quote(entry.object())));
    statements.addAll(
        altered(entry, SequenceDefinition.of(ours.get()), SequenceDefinition.of(entry)));
    return statements;
  }

  public static Optional<CatalogEntry> identityOf(String column, Side side) {
    return side.children(column).stream()
        .flatMap(name -> side.find(name).stream())
        .filter(child -> child.kind() == ObjectKind.SEQUENCE)
        .filter(child -> SequenceDefinition.of(child).identity())
        .findFirst();
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return SequenceDefinition.of(entry).identity()
        ? List.of()
        : Statement.of("DROP SEQUENCE " + Sql.object(entry));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    SequenceDefinition ours = SequenceDefinition.of(from);
    SequenceDefinition theirs = SequenceDefinition.of(to);
    if (ours.identity() != theirs.identity()) {
      return new Change.Implied();
    }
    List<Statement> statements = altered(to, ours, theirs);
    return statements.isEmpty() && ours.owner().equals(theirs.owner())
        ? new Change.Implied()
        : Change.alter(statements);
  }

  private static List<Statement> altered(
      CatalogEntry entry, SequenceDefinition ours, SequenceDefinition theirs) {
    var statements = new ArrayList<Statement>();
    if (!ours.parameters().equals(theirs.parameters())) {
      boolean stops =
          ours.parameters().endsWith(" CYCLE") && !theirs.parameters().endsWith(" CYCLE");
      statements.add(
          Statement.ddl(
              "ALTER SEQUENCE "
                  + Sql.object(entry)
                  + " "
                  + theirs.parameters()
                  + (stops ? " NO CYCLE" : "")));
    }
    if (ours.unlogged() != theirs.unlogged()) {
      statements.add(
          Statement.ddl(
              "ALTER SEQUENCE "
                  + Sql.object(entry)
                  + (theirs.unlogged() ? " SET UNLOGGED" : " SET LOGGED")));
    }
    return statements;
  }

  /** A statement of its own: the column's default needs the sequence, the owner is the column. */
  public static List<Statement> owned(CatalogEntry entry) {
    return Statement.of(
        "ALTER SEQUENCE "
            + Sql.object(entry)
            + " OWNED BY "
            + SequenceDefinition.of(entry).owner().orElse("NONE"));
  }
}
