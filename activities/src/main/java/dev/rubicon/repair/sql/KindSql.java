package dev.rubicon.repair.sql;

import dev.rubicon.catalog.CatalogEntry;
import java.util.List;

/** The statements for one kind of object. */
public interface KindSql {

  /**
   * It alone, as the side has it; what hangs on it comes by itself.
   *
   * @param side canonical, or the target for what comes back as it was
   */
  List<Statement> create(CatalogEntry entry, Side side, Sides sides);

  List<Statement> drop(CatalogEntry entry, Sides sides);

  Change change(CatalogEntry from, CatalogEntry to, Sides sides);

  /** Why it cannot be made, where that is so. */
  default java.util.Optional<String> refusal(CatalogEntry entry, Sides sides) {
    return java.util.Optional.empty();
  }
}
