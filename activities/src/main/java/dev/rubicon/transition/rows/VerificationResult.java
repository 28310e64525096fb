package dev.rubicon.transition.rows;

/** What a comparison of both sides of a transition has found. */
public interface VerificationResult {
  /** Legacy's name. */
  String relation();

  /** Canonical's name; the same where both sides are in one table. */
  String canonical();

  /** Rows of legacy. */
  long rows();

  boolean agrees();

  /** What disagrees, for a message; holds no value of a row. */
  String disagreement();

  /** Rows that legacy lacks, has otherwise, or has still although canonical's are gone. */
  long lost();

  void tellTo(Audience audience);

  /** A visitor over the two kinds of result: evidence and reports show other numbers of each. */
  interface Audience {
    void oneTable(OneTable result);

    void twoTables(TwoTables result);
  }
}
