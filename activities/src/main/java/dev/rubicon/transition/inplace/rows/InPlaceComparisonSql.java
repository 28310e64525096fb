package dev.rubicon.transition.inplace.rows;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.inplace.Group;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The statements that compare both sides of one relation. A column disagrees if it is canonical and
 * not what {@code up} gives, or, where canonical wrote last, legacy and not what {@code down}
 * gives.
 */
final class InPlaceComparisonSql {
  private static final SqlTemplate ROWS = template("compare_rows");
  private static final SqlTemplate COLUMNS = template("compare_columns");
  private static final SqlTemplate DISAGREEING_KEYS = template("disagreeing_keys");
  private static final SqlTemplate DISAGREEING_ROWS = template("disagreeing_rows");

  private final InPlacePlan plan;
  private final Map<String, String> disagreements;

  InPlaceComparisonSql(InPlacePlan plan) {
    this.plan = plan;
    this.disagreements = disagreements(plan);
  }

  private static SqlTemplate template(String name) {
    return SqlTemplate.of("transition/inplace/rows/sql/" + name + ".sql.ftl");
  }

  /**
   * @param bothSet bits of the rows in which one writer set both sides
   * @param canonicalWrote bits of the rows in which canonical wrote last
   * @param touched that a row was written since the pass before; empty where all are compared
   * @param most rows that are shown
   */
  private record Comparison(
      String table,
      List<String> key,
      List<Column> columns,
      long bothSet,
      long canonicalWrote,
      Optional<String> touched,
      int most) {}

  /**
   * @param disagrees condition over the row {@code t}
   */
  private record Column(String name, String disagrees) {}

  private Comparison comparison(Optional<String> touched, int most) {
    return new Comparison(
        plan.relation().sql(),
        plan.key().stream().map(k -> Identifiers.quote(k.name())).toList(),
        disagreements.entrySet().stream()
            .map(e -> new Column(Identifiers.quote(e.getKey()), e.getValue()))
            .toList(),
        plan.groups().stream().mapToLong(Group::bothSet).sum(),
        plan.groups().stream().mapToLong(Group::canonicalWrote).sum(),
        touched,
        most);
  }

  /** Columns that are compared, in the order in which the statements count them. */
  List<String> columns() {
    return List.copyOf(disagreements.keySet());
  }

  /** Rows as a whole, in a form that parallel workers can share. */
  String rows() {
    return ROWS.render(comparison(Optional.empty(), 0));
  }

  /**
   * The same, for rows that were written since; all others are counted only.
   *
   * @param touched that the row {@code t} was
   */
  String rowsSince(String touched) {
    return ROWS.render(comparison(Optional.of(touched), 0));
  }

  /** How many rows disagree in each column. */
  String byColumn() {
    return COLUMNS.render(comparison(Optional.empty(), 0));
  }

  /** A digest of the keys of rows that disagree. */
  String disagreeingKeys() {
    return DISAGREEING_KEYS.render(comparison(Optional.empty(), 0));
  }

  /** The first rows that disagree, in key order. */
  String disagreeingRows(int most) {
    return DISAGREEING_ROWS.render(comparison(Optional.empty(), most));
  }

  /** Column to the condition under which it disagrees. */
  private static Map<String, String> disagreements(InPlacePlan plan) {
    var wrong = new LinkedHashMap<String, String>();
    for (Group group : plan.groups()) {
      String legacyWrote = "t._rubicon & " + group.mask() + " = 0";
      String canonicalWrote = "t._rubicon & " + group.canonicalWrote() + " <> 0";
      for (Group.Canonical column : group.canonical()) {
        if (column.up().isPresent()) {
          String cell = "t." + Identifiers.quote(column.name());
          String up = column.up().get().call("t");
          var conditions = new ArrayList<String>();
          conditions.add(legacyWrote);
          conditions.add(different(cell, up, column.type()));
          if (column.fallback().isPresent()) {
            conditions.add("NOT (" + up + " IS NULL AND " + cell + " IS NOT NULL)");
          }
          wrong.put(column.name(), String.join(" AND ", conditions));
        }
      }
      for (Group.Legacy column : group.legacy()) {
        if (column.down().isPresent()) {
          String cell = "t." + Identifiers.quote(column.name());
          wrong.put(
              column.name(),
              canonicalWrote
                  + " AND "
                  + different(cell, column.down().get().call("t"), column.type()));
        }
      }
    }
    return wrong;
  }

  private static String different(String cell, String expression, String type) {
    return "ROW(" + cell + ")::record *<> ROW((" + expression + ")::" + type + ")::record";
  }
}
