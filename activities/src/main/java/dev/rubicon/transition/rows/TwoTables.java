package dev.rubicon.transition.rows;

import dev.rubicon.engine.EvidenceName;
import java.util.List;
import java.util.Map;

/**
 * A comparison of two tables.
 *
 * @param missing rows of legacy that canonical lacks
 * @param extra rows of canonical that legacy lacks
 * @param unprovable rows where a column without a {@code down} differs from its {@code up}:
 *     presumably a canonical client wrote it
 * @param mismatches canonical column to rows that disagree
 */
public record TwoTables(
    String relation,
    String canonical,
    long rows,
    long missing,
    long extra,
    long unprovable,
    long mismatchedRows,
    Map<String, Long> mismatches,
    List<String> keyColumns,
    String keyDigest)
    implements VerificationResult {
  /** Under which name it is recorded. */
  public static final EvidenceName<List<TwoTables>> EVIDENCE =
      EvidenceName.ofList("shadows", TwoTables.class);

  @Override
  public boolean agrees() {
    return missing == 0 && extra == 0 && mismatchedRows == 0;
  }

  @Override
  public String disagreement() {
    return relation
        + " and "
        + canonical
        + ": "
        + mismatchedRows
        + " of "
        + rows
        + " rows disagree in columns "
        + mismatches.keySet()
        + ", canonical lacks "
        + missing
        + " and has "
        + extra
        + " that legacy lacks";
  }

  @Override
  public long lost() {
    return extra + mismatchedRows + missing;
  }

  @Override
  public void tellTo(Audience audience) {
    audience.twoTables(this);
  }
}
