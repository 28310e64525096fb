package dev.rubicon.transition.inplace.rows;

import dev.rubicon.expression.CompiledExpression;
import dev.rubicon.installed.Verified;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.table.KeyColumn;
import dev.rubicon.transition.inplace.InPlacePlan;
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

/**
 * One scan of one relation inside the caller's snapshot. A group of a row agrees if canonical is
 * what {@code up} gives, or, where canonical wrote last, legacy is what {@code down} gives; where
 * one writer set both it is counted apart.
 */
public final class InPlaceVerifier implements Verifier {
  private final InPlacePlan plan;
  private final InPlaceComparisonSql sql;

  public InPlaceVerifier(InPlacePlan plan) {
    this.plan = plan;
    this.sql = new InPlaceComparisonSql(plan);
  }

  /** The first rows that disagree, in key order; none where the relation has no key. */
  @Override
  public List<DisagreeingRow> disagreeing(PgSession session, int most) {
    List<String> columns = sql.columns();
    if (columns.isEmpty() || plan.key().isEmpty()) {
      return List.of();
    }
    return session.query(
        sql.disagreeingRows(most),
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
    OneTable whole = session.first(sql.rows(), row -> result(row, Map.of())).orElseThrow();
    return whole.mismatchedRows() == 0 ? whole : byColumn(session);
  }

  @Override
  public String statement() {
    return sql.rows();
  }

  @Override
  public Verified.Look<VerificationResult> since(PgSession session, Verified.Since since) {
    return session
        .first(
            sql.rowsSince(since.touched("t")),
            row -> {
              OneTable result = result(row, Map.of());
              return result.agrees()
                  ? Verified.Look.<VerificationResult>agrees(result, row.getLong(6))
                  : Verified.Look.<VerificationResult>whole("it has rows that disagree");
            })
        .orElseThrow();
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

  private OneTable byColumn(PgSession session) {
    OneTable counts =
        session
            .first(
                sql.byColumn(),
                row -> {
                  var mismatches = new LinkedHashMap<String, Long>();
                  int at = 6;
                  for (String name : sql.columns()) {
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
    String digest = session.value(sql.disagreeingKeys());
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
}
