package dev.rubicon.transition.inplace;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.table.KeyColumn;
import dev.rubicon.transition.rows.DisagreeingRow;
import dev.rubicon.transition.rows.OneTable;
import dev.rubicon.transition.rows.VerificationResult;
import dev.rubicon.transition.rows.Verifier;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One scan of one relation inside the caller's snapshot. A group of a row agrees if canonical is
 * what {@code up} gives, or, where canonical wrote last, legacy is what {@code down} gives; where
 * one writer set both it is counted apart.
 */
public final class InPlaceVerifier implements Verifier {
  private final InPlacePlan plan;

  public InPlaceVerifier(InPlacePlan plan) {
    this.plan = plan;
  }

  /** The first rows that disagree, in key order; none where the relation has no key. */
  @Override
  public List<DisagreeingRow> disagreeing(PgSession session, int most) {
    Map<String, String> wrong = disagreements();
    if (wrong.isEmpty() || plan.key().isEmpty()) {
      return List.of();
    }
    List<String> columns = List.copyOf(wrong.keySet());
    String key =
        plan.key().stream()
            .map(k -> "t." + Identifiers.quote(k.name()))
            .collect(Collectors.joining(", "));
    String texts =
        plan.key().stream()
            .map(k -> "t." + Identifiers.quote(k.name()) + "::text")
            .collect(Collectors.joining(", "));
    String flags =
        columns.stream()
            .map(n -> "coalesce(d." + Identifiers.quote(n) + ", false)")
            .collect(Collectors.joining(", "));
    return session.query(
        """
        SELECT ARRAY[%s], ARRAY[%s]
        %s
        WHERE %s
        ORDER BY %s
        LIMIT %d
        """
            .formatted(texts, flags, from(wrong), any(wrong), key, most),
        row -> {
          var flagged = (Boolean[]) row.getArray(2).getArray();
          var disagree = new ArrayList<String>();
          for (int i = 0; i < flagged.length; i++) {
            if (flagged[i]) {
              disagree.add(columns.get(i));
            }
          }
          return new DisagreeingRow(List.of((String[]) row.getArray(1).getArray()), disagree);
        });
  }

  private static String any(Map<String, String> wrong) {
    return wrong.isEmpty()
        ? "false"
        : wrong.keySet().stream()
            .map(n -> "d." + Identifiers.quote(n))
            .collect(Collectors.joining(" OR "));
  }

  private String from(Map<String, String> wrong) {
    String table = plan.relation().sql();
    String compared =
        wrong.entrySet().stream()
            .map(e -> "(" + e.getValue() + ") AS " + Identifiers.quote(e.getKey()))
            .collect(Collectors.joining(",\n       "));
    return wrong.isEmpty()
        ? "FROM " + table + " t CROSS JOIN (SELECT) d"
        : "FROM " + table + " t CROSS JOIN LATERAL (SELECT " + compared + " OFFSET 0) d";
  }

  @Override
  public Optional<String> whole() {
    return Optional.empty();
  }

  @Override
  public List<CompiledExpression> expressions() {
    return plan.expressions().toList();
  }

  @Override
  public OneTable all(PgSession session) {
    Map<String, String> wrong = disagreements();
    OneTable whole = whole(session, wrong);
    return whole.mismatchedRows() == 0 ? whole : byColumn(session, wrong);
  }

  /** The first filter: rows as a whole, in a form that parallel workers can share. */
  private OneTable whole(PgSession session, Map<String, String> wrong) {
    return session.first(sql(wrong), row -> result(row, Map.of())).orElseThrow();
  }

  @Override
  public String statement() {
    return sql(disagreements());
  }

  private String sql(Map<String, String> wrong) {
    String any =
        wrong.isEmpty()
            ? "false"
            : wrong.values().stream()
                .map(condition -> "(" + condition + ")")
                .collect(Collectors.joining("\n       OR "));
    return "SELECT " + counts(any) + "\nFROM " + plan.relation().sql() + " t";
  }

  /** The same, for rows that were written since; all others are counted only. */
  @Override
  public Verified.Look<VerificationResult> since(PgSession session, Verified.Since since) {
    String touched = since.touched("t");
    var conditions = disagreements().values();
    String any =
        conditions.isEmpty()
            ? "false"
            : conditions.stream()
                .map(c -> "(" + c + ")")
                .collect(Collectors.joining("\n       OR "));
    return session
        .first(
            "SELECT %s, count(*) FILTER (WHERE %s)\nFROM %s t"
                .formatted(
                    counts("CASE WHEN " + touched + " THEN " + any + " END"),
                    touched,
                    plan.relation().sql()),
            row -> {
              OneTable result = result(row, Map.of());
              return result.agrees()
                  ? Verified.Look.<VerificationResult>agrees(result, row.getLong(6))
                  : Verified.Look.<VerificationResult>whole("it has rows that disagree");
            })
        .orElseThrow();
  }

  private String counts(String any) {
    long both = plan.groups().stream().mapToLong(Group::bothSet).sum();
    long canonical = plan.groups().stream().mapToLong(Group::canonicalWrote).sum();
    return """
    count(*), count(*) FILTER (WHERE t._rubicon IS NULL),
           count(*) FILTER (WHERE t._rubicon & %d <> 0),
           count(*) FILTER (WHERE t._rubicon & %d <> 0),
           count(*) FILTER (WHERE %s)\
    """
        .formatted(both, canonical, any);
  }

  private OneTable result(ResultSet row, Map<String, Long> mismatches) throws SQLException {
    return new OneTable(
        plan.relation().toString(),
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        mismatches,
        plan.key().stream().map(KeyColumn::name).toList(),
        "");
  }

  private OneTable byColumn(PgSession session, Map<String, String> wrong) {
    String any = any(wrong);
    var select = new StringBuilder();
    wrong
        .keySet()
        .forEach(
            n ->
                select
                    .append(", count(*) FILTER (WHERE d.")
                    .append(Identifiers.quote(n))
                    .append(")"));
    String from = from(wrong);
    OneTable counts =
        session
            .first(
                "SELECT " + counts(any) + select + "\n" + from,
                row -> {
                  var mismatches = new LinkedHashMap<String, Long>();
                  int at = 6;
                  for (String name : wrong.keySet()) {
                    long count = row.getLong(at++);
                    if (count > 0) {
                      mismatches.put(name, count);
                    }
                  }
                  return result(row, mismatches);
                })
            .orElseThrow();
    if (plan.key().isEmpty()) {
      return counts;
    }
    String key =
        plan.key().stream()
            .map(k -> "t." + Identifiers.quote(k.name()) + "::text")
            .collect(Collectors.joining(", "));
    String digest =
        session.value(
            "SELECT encode(sha256(convert_to(string_agg(k, E'\\n"
                + "' ORDER BY k COLLATE \"C\"), 'UTF8')), 'hex') FROM (SELECT concat_ws(E'\\t', "
                + key
                + ") k "
                + from
                + " WHERE "
                + any
                + " LIMIT 10000) x");
    return new OneTable(
        counts.relation(),
        counts.rows(),
        counts.unfilled(),
        counts.bothSet(),
        counts.canonicalWrote(),
        counts.mismatchedRows(),
        counts.mismatches(),
        counts.keyColumns(),
        digest);
  }

  /** Column to the condition under which it disagrees. */
  private Map<String, String> disagreements() {
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
