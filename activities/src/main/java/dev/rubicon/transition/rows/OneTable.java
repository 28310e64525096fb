package dev.rubicon.transition.rows;

import dev.rubicon.engine.EvidenceName;
import java.util.List;
import java.util.Map;

/**
 * A comparison of both sides in one table.
 *
 * @param unfilled rows that the backfill has not reached
 * @param bothSet rows where one writer set both sides of some group, which then stand as written
 * @param mismatches column to rows that disagree
 * @param keyColumns names of the key's columns, never their values
 * @param keyDigest digest over the keys of the rows that disagree
 */
public record OneTable(
    String relation,
    long rows,
    long unfilled,
    long bothSet,
    long canonicalWrote,
    long mismatchedRows,
    Map<String, Long> mismatches,
    List<String> keyColumns,
    String keyDigest)
    implements VerificationResult {
  /** Under which name it is recorded. */
  public static final EvidenceName<List<OneTable>> EVIDENCE =
      EvidenceName.ofList("verification", OneTable.class);

  @Override
  public String canonical() {
    return relation;
  }

  @Override
  public boolean agrees() {
    return unfilled == 0 && mismatchedRows == 0;
  }

  @Override
  public String disagreement() {
    return relation
        + ": "
        + mismatchedRows
        + " of "
        + rows
        + " rows disagree in columns "
        + mismatches.keySet()
        + ", "
        + unfilled
        + " are not filled";
  }

  @Override
  public long lost() {
    return mismatchedRows + unfilled;
  }

  @Override
  public void tellTo(Audience audience) {
    audience.oneTable(this);
  }
}
