package dev.rubicon.repair.object;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.repair.sql.Change;
import dev.rubicon.repair.sql.KindSql;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.repair.sql.Sides;
import dev.rubicon.repair.sql.Statement;
import java.util.List;
import java.util.Optional;

/** What is only listed. */
public final class Unsupported implements KindSql {

  @Override
  public List<Statement> create(CatalogEntry entry, Side side, Sides sides) {
    return List.of();
  }

  @Override
  public List<Statement> drop(CatalogEntry entry, Sides sides) {
    return List.of();
  }

  @Override
  public Change change(CatalogEntry from, CatalogEntry to, Sides sides) {
    return Change.refused(reason(to));
  }

  @Override
  public Optional<String> refusal(CatalogEntry entry, Sides sides) {
    return Optional.of(reason(entry));
  }

  private static String reason(CatalogEntry entry) {
    return entry.kind() == ObjectKind.NOTE
        ? "it concerns the whole database"
        : "Rubicon does not know how to make " + entry.object() + "s";
  }
}
