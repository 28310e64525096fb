package dev.rubicon.scaffold;

import dev.rubicon.catalog.CatalogEntry;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.ColumnDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A legacy column that may have been renamed to a canonical one: same relation, same type, and
 * either a word of the name in common or no other candidate. A guess, and marked as one.
 */
record ColumnPair(CatalogEntry legacy, CatalogEntry canonical) {

  static List<ColumnPair> guess(CatalogSnapshot live, CatalogSnapshot canonical) {
    List<CatalogEntry> gone = only(live, canonical);
    List<CatalogEntry> come = only(canonical, live);
    var pairs = new ArrayList<ColumnPair>();
    for (CatalogEntry column : come) {
      List<CatalogEntry> candidates = gone.stream().filter(old -> alike(old, column)).toList();
      List<CatalogEntry> akin =
          candidates.stream().filter(old -> shareWord(old.part(), column.part())).toList();
      long rivals =
          come.stream().filter(other -> candidates.stream().anyMatch(o -> alike(o, other))).count();
      if (akin.size() == 1) {
        pairs.add(new ColumnPair(akin.getFirst(), column));
      } else if (candidates.size() == 1 && rivals == 1) {
        pairs.add(new ColumnPair(candidates.getFirst(), column));
      }
    }
    // A legacy column that two canonical ones claim belongs to neither.
    return pairs.stream()
        .filter(pair -> pairs.stream().filter(p -> p.legacy().equals(pair.legacy())).count() == 1)
        .toList();
  }

  /** Columns that only the first has, of relations that both have. */
  private static List<CatalogEntry> only(CatalogSnapshot here, CatalogSnapshot there) {
    return here.of(ObjectKind.COLUMN).stream()
        .filter(
            column ->
                there.find(ObjectKind.TABLE, column.schema(), column.object(), "").isPresent())
        .filter(
            column ->
                there
                    .find(ObjectKind.COLUMN, column.schema(), column.object(), column.part())
                    .isEmpty())
        .filter(column -> !ColumnDefinition.of(column).generated())
        .toList();
  }

  private static boolean alike(CatalogEntry old, CatalogEntry column) {
    return old.schema().equals(column.schema())
        && old.object().equals(column.object())
        && type(old).equals(type(column));
  }

  /** The definition without default and nullability. */
  static String type(CatalogEntry column) {
    return ColumnDefinition.of(column).with(new ColumnDefinition.Null()).notNull(false).toString();
  }

  private static boolean shareWord(String one, String other) {
    Set<String> words = new HashSet<>(Arrays.asList(one.toLowerCase().split("[_\\W]+")));
    words.retainAll(Arrays.asList(other.toLowerCase().split("[_\\W]+")));
    words.removeAll(Set.of("", "id", "at", "is", "json", "text", "name", "by"));
    return !words.isEmpty();
  }
}
