package dev.rubicon.transition.shadow.rows;

import dev.rubicon.table.KeyColumn;
import dev.rubicon.transition.shadow.Derived;
import dev.rubicon.transition.shadow.Direction;
import dev.rubicon.transition.shadow.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a range of legacy's key is a range of canonical's too: each column goes there as it is, and
 * both are sorted by one operator family and one collation.
 *
 * <p>Source: PostgreSQL documentation, section 38.16.6, "System Dependencies on Operator Classes".
 */
final class SortedAlike {
  private static final Set<String> INTEGERS = Set.of("smallint", "integer", "bigint");

  private SortedAlike() {}

  /**
   * @param key of the side that {@code up} comes from
   * @return columns of the other side, which take values of the key's own types
   */
  static Optional<List<KeyColumn>> of(Direction up, List<KeyColumn> key) {
    var columns = new ArrayList<KeyColumn>();
    for (KeyColumn column : key) {
      int at = up.from().identity().indexOf(column.name());
      if (at < 0 || !alike(up, at, column)) {
        return Optional.empty();
      }
      columns.add(new KeyColumn(up.to().identity().get(at), column.type()));
    }
    return Optional.of(List.copyOf(columns));
  }

  private static boolean alike(Direction up, int at, KeyColumn column) {
    Derived there = up.identity().get(at);
    return there.source().expression().isEmpty()
        && there.source().map().isEmpty()
        && there.source().inputs().equals(List.of(column.name()))
        && up.to().collation().get(at).isEmpty()
        && sameFamily(column.type(), type(up.to(), there.column()));
  }

  private static boolean sameFamily(String type, String other) {
    return type.equals(other)
        || INTEGERS.contains(type) && INTEGERS.contains(other)
        || isText(type) && isText(other);
  }

  /** Not {@code character}, which is compared without its padding. */
  private static boolean isText(String type) {
    return type.equals("text")
        || type.equals("character varying")
        || type.matches("character varying\\(\\d+\\)");
  }

  private static String type(Side side, String column) {
    return side.columns().stream()
        .filter(c -> c.name().equals(column))
        .map(Side.Column::type)
        .findFirst()
        .orElseThrow();
  }
}
