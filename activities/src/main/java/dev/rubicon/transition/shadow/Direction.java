package dev.rubicon.transition.shadow;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.postgres.Identifiers;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One way of the two-way sync.
 *
 * @param word {@code up} or {@code down}
 * @param sets columns of {@code to}, as expressions over a row of {@code from}
 * @param back columns of {@code from}, as expressions over a row of {@code to}
 * @param upserts whether an insert may find the row already there: legacy's may, because the copy
 *     or an earlier event brought it; canonical's may not, its client must get the duplicate error
 * @param rows which rows of {@code from} have one in {@code to}
 * @param otherRows which rows of {@code to} have one in {@code from}
 * @param cleared what columns of {@code to} become when the row of {@code from} that supplied them
 *     is deleted
 * @param part whether a row of {@code from} is only a part of one of {@code to}, which is there
 *     already when it comes, and stays when it goes
 */
public record Direction(
    String word,
    String other,
    String fromView,
    String toView,
    Side from,
    Side to,
    List<Derived> sets,
    List<Derived> back,
    boolean upserts,
    Optional<CompiledExpression> rows,
    Optional<CompiledExpression> otherRows,
    List<ShadowPlan.Cleared> cleared,
    boolean part) {

  public boolean toCanonical() {
    return word.equals("up");
  }

  /** Whether a row of {@code from} has one in {@code to}. */
  public String has(String row) {
    return holds(rows, row);
  }

  /** Whether rows of {@code to} may be there for other relations than {@code from}. */
  public boolean shares() {
    return otherRows.isPresent() && !part;
  }

  /**
   * Besides the key: that the row of {@code to} belongs to {@code from}, and to no other relation
   * that shares {@code to}.
   */
  public String alsoOurs(String row) {
    return shares() ? " AND " + holds(otherRows, row) : "";
  }

  public static String holds(Optional<CompiledExpression> condition, String row) {
    return condition.map(c -> "(" + c.call(row) + " IS TRUE)").orElse("true");
  }

  /** The identity of the row in {@code to}, as text: what the guards hold. */
  public String key(String row) {
    return to.identityText(identity().stream().map(d -> d.over(row)).toList());
  }

  public List<Derived> identity() {
    return to.identity().stream().map(this::set).toList();
  }

  public Derived set(String column) {
    return sets.stream().filter(d -> d.column().equals(column)).findFirst().orElseThrow();
  }

  /** {@code t.id = …} for the row of {@code to} that belongs to a row of {@code from}. */
  public String match(String alias, String row) {
    List<Derived> identity = identity();
    return IntStream.range(0, identity.size())
        .mapToObj(
            i ->
                alias
                    + "."
                    + identity.get(i).quoted()
                    + " "
                    + to.equality().get(i)
                    + " "
                    + identity.get(i).over(row)
                    + to.collation().get(i))
        .collect(Collectors.joining(" AND "));
  }

  /** {@code f.id = row.id}. */
  public static String same(Side side, String alias, String row) {
    return IntStream.range(0, side.identity().size())
        .mapToObj(
            i -> {
              String column = "." + Identifiers.quote(side.identity().get(i));
              return alias + column + " " + side.equality().get(i) + " " + row + column;
            })
        .collect(Collectors.joining(" AND "));
  }

  /** The text of a row's own identity. */
  public static String own(Side side, String row) {
    return side.identityText(
        side.identity().stream().map(c -> row + "." + Identifiers.quote(c)).toList());
  }

  /** Whether any input of the column differs between two rows of {@code from}. */
  public static String changed(Derived derived, String before, String after) {
    if (derived.source().inputs().isEmpty()) {
      return "false";
    }
    return "ROW("
        + list(derived.source().inputs(), before)
        + ")::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW("
        + list(derived.source().inputs(), after)
        + ")::pg_catalog.record";
  }

  private static String list(List<String> columns, String row) {
    return columns.stream()
        .map(c -> row + "." + Identifiers.quote(c))
        .collect(Collectors.joining(", "));
  }
}
