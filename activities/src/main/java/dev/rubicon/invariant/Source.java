package dev.rubicon.invariant;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ColumnMapping;
import dev.rubicon.runbook.PartOf;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.runbook.Shadow;
import dev.rubicon.table.Naming;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rows that a canonical relation will have, as a query over the target as it is: the relation
 * itself, with the transitions' {@code up} for the columns that are to come, or the legacy relation
 * of a shadow.
 *
 * @param legacy relations that it reads
 * @param columns that it has
 * @param computed of those, what the target does not have under that name
 * @param keys columns that say which row it is, as the query calls them
 */
record Source(
    List<RelationName> legacy,
    Set<String> columns,
    Set<String> computed,
    List<String> keys,
    String sql) {

  private static final String COLUMNS =
      """
      SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (?::text[])
      ORDER BY 1, 2, a.attnum
      """;

  /**
   * @param type empty for a column that PostgreSQL computes
   */
  record Column(String name, String type) {}

  /** Each relation's columns. */
  static Map<RelationName, List<Column>> columns(PgSession session, List<String> schemas) {
    var columns = new LinkedHashMap<RelationName, List<Column>>();
    session.query(
        COLUMNS,
        row ->
            columns
                .computeIfAbsent(
                    new RelationName(row.getString(1), row.getString(2)), _ -> new ArrayList<>())
                .add(
                    new Column(
                        row.getString(3), row.getString(5).isEmpty() ? row.getString(4) : "")),
        (Object) schemas.toArray(String[]::new));
    return columns;
  }

  /**
   * @param was columns of the target
   * @param becomes columns behind the rollout, as tried on a copy
   * @param rules of the target: whose primary keys name rows
   */
  static Optional<Source> of(
      RelationName relation,
      Runbook runbook,
      Map<RelationName, List<Column>> was,
      Map<RelationName, List<Column>> becomes,
      List<Rule> rules) {
    List<Source> shadows = new ArrayList<>();
    for (Runbook.Transition transition : runbook.transitions()) {
      Optional<Shadow> shadow =
          transition.shadow().filter(s -> RelationName.parse(s.to()).equals(relation));
      if (shadow.isEmpty()) {
        continue;
      }
      if (shadow.get().partOf() != PartOf.NEITHER
          || !was.containsKey(RelationName.parse(transition.relation()))) {
        return Optional.empty();
      }
      shadows.add(
          shadow(transition, shadow.get(), was, becomes.getOrDefault(relation, List.of()), rules));
    }
    if (shadows.size() == 1) {
      return Optional.of(shadows.getFirst());
    }
    if (!shadows.isEmpty()) {
      return Optional.of(merged(shadows));
    }
    return was.containsKey(relation)
        ? Optional.of(inPlace(relation, runbook, was.get(relation), rules))
        : Optional.empty();
  }

  private static Source inPlace(
      RelationName relation, Runbook runbook, List<Column> was, List<Rule> rules) {
    var all = was.stream().map(Column::name).collect(Collectors.toCollection(HashSet::new));
    var computed = new HashSet<String>();
    var sql = new StringBuilder(Identifiers.quote(relation.name()) + ".*");
    for (Runbook.Transition transition : runbook.transitions()) {
      if (transition.shadow().isPresent()
          || !RelationName.parse(transition.relation()).equals(relation)) {
        continue;
      }
      for (ColumnMapping column : transition.columns()) {
        String name = Naming.column(column.name());
        if (column.up().isPresent() && all.add(name)) {
          computed.add(name);
          sql.append(", CAST((").append(column.up().get()).append(") AS ").append(column.type());
          sql.append(") AS ").append(Identifiers.quote(name));
        }
      }
    }
    return source(relation, all, computed, sql.toString(), "", rules);
  }

  private static Source shadow(
      Runbook.Transition transition,
      Shadow shadow,
      Map<RelationName, List<Column>> was,
      List<Column> becomes,
      List<Rule> rules) {
    RelationName legacy = RelationName.parse(transition.relation());
    Map<String, String> types =
        was.get(legacy).stream().collect(Collectors.toMap(Column::name, Column::type));
    Map<String, ColumnMapping> mapped =
        transition.columns().stream()
            .collect(Collectors.toMap(c -> Naming.column(c.name()), c -> c));
    var all = new HashSet<String>();
    var computed = new HashSet<String>();
    var parts = new ArrayList<String>();
    for (Column column : becomes) {
      Optional<String> up =
          mapped.containsKey(column.name())
              ? mapped.get(column.name()).up().filter(e -> !e.strip().startsWith("mapped("))
              : Optional.of(column.name()).filter(types::containsKey).map(Identifiers::quote);
      if (column.type().isEmpty() || up.isEmpty()) {
        continue;
      }
      all.add(column.name());
      boolean same =
          !mapped.containsKey(column.name()) && column.type().equals(types.get(column.name()));
      if (!same) {
        computed.add(column.name());
      }
      parts.add(
          (same ? up.get() : "CAST((" + up.get() + ") AS " + column.type() + ")")
              + " AS "
              + Identifiers.quote(column.name()));
    }
    return source(
        legacy,
        all,
        computed,
        String.join(", ", parts),
        shadow.rows().map(rows -> "\nWHERE (" + rows + ")").orElse(""),
        rules);
  }

  /** What names a row is its primary key, under names that no column has. */
  private static Source source(
      RelationName legacy,
      Set<String> all,
      Set<String> computed,
      String select,
      String where,
      List<Rule> rules) {
    List<String> key =
        rules.stream()
            .filter(rule -> rule.kind() == Rule.Kind.PRIMARY && rule.relation().equals(legacy))
            .findFirst()
            .map(rule -> rule.columns().stream().sorted().toList())
            .orElse(List.of("ctid"));
    var keys = new ArrayList<String>();
    var sql = new StringBuilder("SELECT ").append(select);
    for (String column : key) {
      String name = Identifiers.quote("key " + column);
      keys.add(name);
      sql.append(select.isEmpty() && keys.size() == 1 ? "" : ", ");
      sql.append(Identifiers.quote(legacy.name())).append('.').append(Identifiers.quote(column));
      sql.append(" AS ").append(name);
    }
    sql.append("\nFROM ").append(legacy.sql()).append(where);
    return new Source(
        List.of(legacy), Set.copyOf(all), Set.copyOf(computed), List.copyOf(keys), sql.toString());
  }

  /** Rows of several relations; no name of a row is common to them. */
  private static Source merged(List<Source> parts) {
    var common = new HashSet<>(parts.getFirst().columns());
    parts.forEach(part -> common.retainAll(part.columns()));
    List<String> columns = common.stream().sorted().map(Identifiers::quote).toList();
    return new Source(
        parts.stream().flatMap(part -> part.legacy().stream()).toList(),
        Set.copyOf(common),
        Set.copyOf(common),
        List.of(),
        parts.stream()
            .map(
                part ->
                    "SELECT " + String.join(", ", columns) + " FROM (" + part.sql() + "\n) AS part")
            .collect(Collectors.joining("\nUNION ALL\n")));
  }
}
