package dev.rubicon.verify;

import dev.rubicon.engine.Evidence;
import dev.rubicon.transition.rows.OneTable;
import dev.rubicon.transition.rows.TwoTables;
import dev.rubicon.transition.rows.VerificationResult;
import java.util.ArrayList;
import java.util.List;

/** What a verification has compared, as evidence: one table and two tables count other things. */
final class ComparedEvidence implements VerificationResult.Audience {
  private final List<OneTable> oneTable = new ArrayList<>();
  private final List<TwoTables> twoTables = new ArrayList<>();

  ComparedEvidence(List<VerificationResult> results) {
    results.forEach(result -> result.tellTo(this));
  }

  void record(Evidence evidence) {
    evidence.record(OneTable.EVIDENCE, oneTable);
    if (!twoTables.isEmpty()) {
      evidence.record(TwoTables.EVIDENCE, twoTables);
    }
  }

  @Override
  public void oneTable(OneTable result) {
    oneTable.add(result);
  }

  @Override
  public void twoTables(TwoTables result) {
    twoTables.add(result);
  }
}
