package dev.rubicon.transition.shadow.rows;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.transition.shadow.ShadowPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares all rows of both relations in the caller's snapshot. */
final class ShadowVerification {
  private final ShadowPlan plan;
  private final ShadowComparisonSql sql;

  ShadowVerification(ShadowPlan plan, ShadowComparisonSql sql) {
    this.plan = plan;
    this.sql = sql;
  }

  /**
   * Whole rows first: where every row is what {@code up} gives, nothing is left to ask column by
   * column.
   */
  TwoTables run(PgSession session) {
    List<Long> counts =
        session.first(sql.rows(), row -> List.of(row.getLong(1), row.getLong(2))).orElseThrow();
    long rows = counts.getFirst();
    boolean alike =
        counts.getLast() == 0
            && (!plan.pairsOff()
                || rows
                    == Long.parseLong(
                        session.value("SELECT count(*) FROM " + plan.canonicalView())));
    return alike ? result(rows, 0, 0, 0, 0, Map.of(), "") : byColumn(session);
  }

  private TwoTables byColumn(PgSession session) {
    TwoTables result =
        session
            .first(
                sql.byColumn(),
                row -> {
                  var mismatches = new LinkedHashMap<String, Long>();
                  int at = 6;
                  for (String name : sql.conditions().wrong().keySet()) {
                    long count = row.getLong(at++);
                    if (count > 0) {
                      mismatches.put(name, count);
                    }
                  }
                  return result(
                      row.getLong(1),
                      row.getLong(2),
                      row.getLong(3),
                      row.getLong(4),
                      row.getLong(5),
                      mismatches,
                      "");
                })
            .orElseThrow();
    return result.agrees()
        ? result
        : result(
            result.rows(),
            result.missing(),
            result.extra(),
            result.unprovable(),
            result.mismatchedRows(),
            result.mismatches(),
            session.value(sql.disagreeingKeys()));
  }

  private TwoTables result(
      long rows,
      long missing,
      long extra,
      long unprovable,
      long mismatchedRows,
      Map<String, Long> mismatches,
      String digest) {
    return new TwoTables(
        plan.legacy().name().toString(),
        plan.to().toString(),
        rows,
        missing,
        extra,
        unprovable,
        mismatchedRows,
        mismatches,
        plan.legacy().key(),
        digest);
  }
}
