package dev.rubicon.backfill;

import dev.rubicon.target.Identifiers;
import dev.rubicon.target.PgSession;
import dev.rubicon.transition.TransitionPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that walk one relation in ranges: along its key, or along its pages where there is
 * no key. Positions are the key's values as text.
 */
final class Walk {
  private final TransitionPlan plan;
  private final String table;
  private final List<String> columns;
  private final List<String> types;

  Walk(TransitionPlan plan) {
    this.plan = plan;
    this.table = plan.relation().sql();
    this.columns = plan.key().stream().map(k -> Identifiers.quote(k.name())).toList();
    this.types = plan.key().stream().map(TransitionPlan.KeyColumn::type).toList();
  }

  boolean keyed() {
    return !plan.key().isEmpty();
  }

  /** Where a range that begins after {@code after} ends; empty at the table's end. */
  Optional<List<String>> upTo(PgSession session, Optional<List<String>> after, int rows) {
    if (!keyed()) {
      return upToPage(session, after, rows);
    }
    String names = String.join(", ", columns);
    String texts = columns.stream().map(c -> "q." + c + "::text").collect(Collectors.joining(", "));
    String sql =
        """
        SELECT %s FROM (SELECT %s, row_number() OVER (ORDER BY %s) AS _rubicon_n
                        FROM (SELECT %s FROM %s%s ORDER BY %s LIMIT %d) w) q
        ORDER BY q._rubicon_n DESC LIMIT 1
        """
            .formatted(
                texts,
                names,
                names,
                names,
                table,
                after.isPresent() ? " WHERE " + compare(">", "") : "",
                names,
                rows);
    return session.first(
        sql,
        row -> {
          var position = new ArrayList<String>();
          for (int i = 1; i <= columns.size(); i++) {
            position.add(row.getString(i));
          }
          return List.copyOf(position);
        },
        after.map(List::toArray).orElse(new Object[0]));
  }

  private Optional<List<String>> upToPage(
      PgSession session, Optional<List<String>> after, int rows) {
    long from = after.map(a -> Long.parseLong(a.getFirst())).orElse(0L);
    record Pages(long step, long all) {}
    Pages pages =
        session
            .first(
                """
                SELECT greatest(1, ?::bigint / greatest(1, (CASE WHEN reltuples > 0 AND relpages > 0
                         THEN reltuples / relpages ELSE 50 END)::bigint)),
                       pg_relation_size(c.oid) / current_setting('block_size')::bigint
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND c.relname = ?
                """,
                row -> new Pages(row.getLong(1), row.getLong(2)),
                rows,
                plan.relation().schema(),
                plan.relation().name())
            .orElseThrow();
    return from >= pages.all()
        ? Optional.empty()
        : Optional.of(List.of(Long.toString(Math.min(pages.all(), from + pages.step()))));
  }

  /**
   * Fills the unfilled rows of a range that nobody has locked. Our trigger, which runs last,
   * derives the canonical side and takes back what other triggers changed.
   */
  long fill(PgSession session, Optional<List<String>> after, List<String> upTo, boolean skip) {
    var arguments = new ArrayList<Object>();
    String range;
    if (keyed()) {
      after.ifPresent(arguments::addAll);
      arguments.addAll(upTo);
      range = (after.isPresent() ? compare(">", "") + " AND " : "") + compare("<=", "");
    } else {
      range =
          "ctid >= '(%s,0)'::tid AND ctid < '(%s,0)'::tid"
              .formatted(after.map(List::getFirst).orElse("0"), upTo.getFirst());
    }
    String lock = "FOR NO KEY UPDATE" + (skip ? " SKIP LOCKED" : "");
    String order = keyed() ? " ORDER BY " + String.join(", ", columns) : "";
    String sql;
    if (plan.partitioned()) {
      String join =
          columns.stream().map(c -> "t." + c + " = b." + c).collect(Collectors.joining(" AND "));
      sql =
          """
          WITH b AS MATERIALIZED (SELECT %s FROM %s WHERE %s AND _rubicon IS NULL%s %s)
          UPDATE %s t SET _rubicon = 0 FROM b WHERE %s AND t._rubicon IS NULL
          """
              .formatted(String.join(", ", columns), table, range, order, lock, table, join);
    } else {
      sql =
          """
          UPDATE %s SET _rubicon = 0 WHERE _rubicon IS NULL AND ctid = ANY (ARRAY(
            SELECT ctid FROM %s WHERE %s AND _rubicon IS NULL%s %s))
          """
              .formatted(table, table, range, order, lock);
    }
    return session.update(sql, arguments.toArray());
  }

  /** What PostgreSQL would do for a batch; asked once, before the first. */
  boolean scansSequentially(PgSession session) {
    if (!keyed()) {
      return false;
    }
    String names = String.join(", ", columns);
    Optional<Object[]> first =
        session.first(
            "SELECT "
                + columns.stream().map(c -> c + "::text").collect(Collectors.joining(", "))
                + " FROM "
                + table
                + " ORDER BY "
                + names
                + " LIMIT 1",
            row ->
                IntStream.rangeClosed(1, columns.size())
                    .mapToObj(
                        i -> {
                          try {
                            return (Object) row.getString(i);
                          } catch (java.sql.SQLException e) {
                            throw dev.rubicon.target.SqlFailure.of(e);
                          }
                        })
                    .toArray());
    if (first.isEmpty()) {
      return false;
    }
    return session
        .query(
            "EXPLAIN SELECT "
                + names
                + " FROM "
                + table
                + " WHERE "
                + compare(">", "")
                + " ORDER BY "
                + names
                + " LIMIT 100",
            row -> row.getString(1),
            first.get())
        .stream()
        .anyMatch(line -> line.contains("Seq Scan"));
  }

  private String compare(String operator, String alias) {
    String left = columns.stream().map(c -> alias + c).collect(Collectors.joining(", "));
    String right = types.stream().map(t -> "?::text::" + t).collect(Collectors.joining(", "));
    return columns.size() == 1
        ? left + " " + operator + " " + right
        : "(" + left + ") " + operator + " (" + right + ")";
  }
}
