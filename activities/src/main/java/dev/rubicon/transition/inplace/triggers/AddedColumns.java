package dev.rubicon.transition.inplace.triggers;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.SqlTemplate;
import dev.rubicon.transition.inplace.InPlacePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The statements that add the columns of an in-place transition to its table. */
final class AddedColumns {
  private static final SqlTemplate ADD =
      SqlTemplate.of("transition/inplace/sql/add_columns.sql.ftl");
  private static final SqlTemplate DEFAULTS =
      SqlTemplate.of("transition/inplace/sql/set_defaults.sql.ftl");

  private AddedColumns() {}

  /** Of {@code add_columns.sql.ftl}. */
  private record Columns(String table, List<Column> columns) {}

  private record Column(String name, String type, Optional<String> defaultExpression) {}

  /** Of {@code set_defaults.sql.ftl}. */
  private record Defaults(String table, String setting, List<Default> columns) {}

  /**
   * @param flag raised where an INSERT does not name the column; empty where it is not needed
   */
  private record Default(String name, String type, String expression, Optional<Long> flag) {}

  /** Columns first, then defaults, then comments. */
  static List<String> sql(InPlacePlan plan) {
    String table = plan.relation().sql();
    var sql = new ArrayList<String>();
    sql.add(ADD.render(new Columns(table, columns(plan))));
    String setting = Identifiers.literal(plan.omittedSetting());
    sql.add(DEFAULTS.render(new Defaults(table, setting, defaults(plan))));
    for (InPlacePlan.Partition partition : plan.partitions()) {
      List<Default> own = defaults(plan, partition);
      if (!own.isEmpty()) {
        sql.add(DEFAULTS.render(new Defaults("ONLY " + partition.relation().sql(), setting, own)));
      }
    }
    for (InPlacePlan.ColumnRule rule : plan.rules()) {
      rule.comment()
          .ifPresent(
              comment ->
                  sql.add(
                      "COMMENT ON COLUMN %s.%s IS %s"
                          .formatted(
                              table,
                              Identifiers.quote(rule.name()),
                              Identifiers.literal(comment))));
    }
    return List.copyOf(sql);
  }

  private static List<Column> columns(InPlacePlan plan) {
    return Stream.concat(
            // A domain's default would be given to the rows that nobody has filled yet.
            plan.canonicalColumns()
                .map(
                    c ->
                        new Column(
                            Identifiers.quote(c.name()),
                            collated(plan, c.name(), c.type()),
                            c.nullableDomain() ? Optional.of("NULL") : Optional.empty())),
            plan.added().stream()
                .map(
                    a ->
                        new Column(
                            Identifiers.quote(a.name()),
                            collated(plan, a.name(), a.type()),
                            a.defaultExpression().filter(d -> a.late().isEmpty()))))
        .toList();
  }

  /** Unlike a value, a column has its collation with its type. */
  private static String collated(InPlacePlan plan, String name, String type) {
    return plan.rules().stream()
        .filter(rule -> rule.name().equals(name))
        .flatMap(rule -> rule.collation().stream())
        .findFirst()
        .map(collation -> type + " COLLATE " + collation)
        .orElse(type);
  }

  private static List<Default> defaults(InPlacePlan plan) {
    Stream<Default> canonical =
        plan.canonicalColumns()
            .map(c -> wrapped(c.name(), c.type(), c.effectiveDefault(), InPlacePlan.omittedBit(c)));
    Stream<Default> legacy =
        plan.legacyColumns()
            .filter(l -> l.wrappedDefault().isPresent())
            .map(l -> wrapped(l.name(), l.type(), l.wrappedDefault(), InPlacePlan.omittedBit(l)));
    Stream<Default> late =
        plan.added().stream()
            .filter(a -> a.late().isPresent())
            .map(
                a ->
                    new Default(
                        Identifiers.quote(a.name()),
                        a.type(),
                        a.defaultExpression().orElseThrow(),
                        Optional.empty()));
    // A statement that names the marker inserts a whole row.
    Default marker =
        wrapped(InPlacePlan.MARKER, "bigint", Optional.empty(), InPlacePlan.MARKER_FLAG);
    return Stream.of(canonical, legacy, late, Stream.of(marker)).flatMap(all -> all).toList();
  }

  private static List<Default> defaults(InPlacePlan plan, InPlacePlan.Partition partition) {
    return plan.legacyColumns()
        .filter(l -> partition.defaults().containsKey(l.name()))
        .map(
            l ->
                wrapped(
                    l.name(),
                    l.type(),
                    Optional.of(partition.defaults().get(l.name()).effective()),
                    InPlacePlan.omittedBit(l)))
        .toList();
  }

  private static Default wrapped(String name, String type, Optional<String> expression, long flag) {
    return new Default(Identifiers.quote(name), type, expression.orElse("NULL"), Optional.of(flag));
  }
}
