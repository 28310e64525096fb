package dev.rubicon.transition.shadow.compile;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.table.KeyColumn;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.Derived;
import java.util.ArrayList;
import java.util.List;

/**
 * Which row is the same row: each column of legacy's key must go into one canonical column and come
 * back from it, and each column of canonical's key must come from legacy's row.
 */
record Pairs(TableShape old, TableShape next, List<Derived> ups, List<Derived> downs) {

  record Identity(List<String> legacy, List<String> canonical) {}

  Identity find() {
    for (TableShape table : List.of(old, next)) {
      if (table.key().isEmpty()) {
        throw unsupported(
            table.name() + " has no key",
            "a shadow needs a primary key, or a unique index over NOT NULL columns, on both sides");
      }
    }
    var legacy = new ArrayList<String>();
    var canonical = new ArrayList<String>();
    for (KeyColumn key : old.key()) {
      legacy.add(key.name());
      canonical.add(carrier(key.name()));
    }
    for (KeyColumn key : next.key()) {
      if (ups.stream().noneMatch(up -> up.column().equals(key.name()))) {
        throw unsupported(
            "the key column " + next.name() + "." + key.name() + " does not come from legacy",
            "give it an up: over legacy's columns");
      }
    }
    return new Identity(legacy, canonical);
  }

  /** The canonical column that holds nothing but this legacy key column, both ways. */
  private String carrier(String key) {
    for (Derived up : ups) {
      if (up.source().inputs().equals(List.of(key)) && comesBack(key, up.column())) {
        return up.column();
      }
    }
    throw unsupported(
        "the key column " + old.name() + "." + key + " is not carried by a canonical column",
        "map it to a column whose up: reads only it, and whose down: gives it back");
  }

  private boolean comesBack(String key, String column) {
    return downs.stream()
        .anyMatch(d -> d.column().equals(key) && d.source().inputs().equals(List.of(column)));
  }
}
