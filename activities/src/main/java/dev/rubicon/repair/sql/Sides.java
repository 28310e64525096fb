package dev.rubicon.repair.sql;

import dev.rubicon.catalog.CatalogEntry;
import java.util.Set;

/**
 * What a class for a kind may look at.
 *
 * @param from where an object is dropped or altered
 * @param to how it is to be
 * @param created names of what is made as a whole: empty of rows, and used by nobody yet
 * @param rewrites whether a column may be written anew in place, as where an undo takes it back
 */
public record Sides(Side from, Side to, Set<String> created, boolean rewrites) {

  /** Whether the relation that it is a part of has rows, and clients. */
  public boolean live(CatalogEntry part) {
    return !created.contains(part.of());
  }
}
