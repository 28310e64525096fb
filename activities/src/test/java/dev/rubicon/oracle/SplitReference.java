package dev.rubicon.oracle;

import dev.rubicon.oracle.Shape.Change;
import dev.rubicon.oracle.Shape.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reference for a split or a merge by columns: what a whole row, its head and its part get from
 * each other.
 *
 * @param held the whole row's columns that make a part of it, as soon as one is not NULL
 */
record SplitReference(Relation part, List<String> held, Pairing heads, Pairing parts) {

  List<Write> ofWhole(Side side, Change change, Shape.Rows rows) {
    var writes = new ArrayList<Write>();
    if (change.after().isEmpty()) {
      writes.add(parts.delete(side, change.before().orElseThrow()));
      writes.addAll(heads.follows(side, change));
      return writes;
    }
    writes.addAll(heads.follows(side, change));
    partOf(side, change.before(), change.after().get(), rows, writes);
    return writes;
  }

  /** The head has been seen to, and has taken the part's key along. */
  private void partOf(
      Side side,
      Optional<Map<String, String>> before,
      Map<String, String> after,
      Shape.Rows rows,
      List<Write> writes) {
    boolean has = has(after);
    boolean had = before.filter(this::has).isPresent();
    boolean there =
        before
            .filter(b -> rows.of(side.other(), part).containsKey(parts.counterpart(side, b)))
            .isPresent();
    if (had && !has) {
      writes.add(parts.delete(side, after));
    } else if (!there) {
      if (has) {
        writes.add(parts.insert(side, after));
      }
    } else {
      boolean moved = !parts.counterpart(side, before.get()).equals(parts.counterpart(side, after));
      writes.addAll(parts.update(side, before.get(), after, after, has && !had && !moved));
    }
  }

  private boolean has(Map<String, String> row) {
    return held.stream().anyMatch(c -> row.get(c) != null);
  }

  /** The whole row holds what the part holds. */
  List<Write> ofPart(Side side, Change change) {
    if (change.after().isEmpty()) {
      return List.of(parts.clear(side, change.before().orElseThrow()));
    }
    var after = change.after().get();
    if (change.before().isEmpty()) {
      return parts.update(side, after, after, after, true);
    }
    var before = change.before().get();
    if (parts.counterpart(side, before).equals(parts.counterpart(side, after))) {
      return parts.update(side, before, after, after, false);
    }
    var writes = new ArrayList<Write>();
    writes.add(parts.clear(side, before));
    writes.addAll(parts.update(side, after, after, after, true));
    return writes;
  }
}
