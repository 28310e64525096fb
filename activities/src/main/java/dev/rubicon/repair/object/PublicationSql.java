package dev.rubicon.repair.object;

import static dev.rubicon.postgres.Identifiers.quote;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Sql;
import dev.rubicon.repair.sql.Statement;
import java.util.List;
import java.util.Optional;

/** Tables and schemas of publications. The publication itself goes with the last of them. */
public final class PublicationSql implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    boolean there =
        published(entry.part(), sides.from())
            || !side.of(ObjectKind.PUBLICATION).stream()
                .filter(other -> !itself(other) && other.part().equals(entry.part()))
                .findFirst()
                .equals(Optional.of(entry));
    return Statement.of(
        there
            ? "ALTER PUBLICATION " + quote(entry.part()) + " ADD " + member(entry, true)
            : "CREATE PUBLICATION " + quote(entry.part()) + " FOR " + member(entry, true));
  }

  /** Options of a publication, or that it publishes nothing. */
  private static boolean itself(CatalogEntry entry) {
    return entry.schema().isEmpty();
  }

  @Override
  public Optional<String> refusal(CatalogEntry entry, Sides sides) {
    return itself(entry)
        ? Optional.of("what a publication publishes of each table is its owner's to set")
        : Optional.empty();
  }

  private static boolean published(String publication, Side side) {
    return side.of(ObjectKind.PUBLICATION).stream()
        .anyMatch(other -> other.part().equals(publication));
  }

  private static String member(CatalogEntry entry, boolean whole) {
    if (entry.object().isEmpty()) {
      return "TABLES IN SCHEMA " + quote(entry.schema());
    }
    String table = "TABLE " + Sql.object(entry);
    return whole && !entry.definition().isEmpty() ? table + " " + entry.definition() : table;
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return Statement.of(
        published(entry.part(), sides.to())
            ? "ALTER PUBLICATION " + quote(entry.part()) + " DROP " + member(entry, false)
            : "DROP PUBLICATION IF EXISTS " + quote(entry.part()));
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.alter(
        "ALTER PUBLICATION " + quote(from.part()) + " DROP " + member(from, false),
        "ALTER PUBLICATION " + quote(to.part()) + " ADD " + member(to, true));
  }
}
