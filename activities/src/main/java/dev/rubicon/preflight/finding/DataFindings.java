package dev.rubicon.preflight.finding;

import dev.rubicon.finding.Finding;
import dev.rubicon.invariant.AskedInvariant;
import dev.rubicon.invariant.DataInvariant;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rows that break what must hold of them. The keys are evidence; here stand the counts, and the
 * query that shows the offenders.
 */
public final class DataFindings {
  private DataFindings() {}

  /**
   * @param changed relations whose rows a migration of expand changes: whether they offend then is
   *     the rehearsal's to find
   */
  public static List<Finding> of(List<AskedInvariant> asked, Set<String> changed) {
    var findings = new ArrayList<Finding>();
    for (AskedInvariant one : asked) {
      DataInvariant invariant = one.invariant();
      boolean mended =
          invariant.reads().stream().anyMatch(relation -> changed.contains(relation.toString()));
      if (one.broken()) {
        boolean stops = invariant.severity() == Runbook.Severity.ERROR && !mended;
        findings.add(
            new Finding(
                (stops ? "hazard:data:" : "note:data:") + invariant.id(),
                stops ? Finding.Kind.HAZARD : Finding.Kind.NOTE,
                one.count()
                    + (one.offenders() == 1 ? " offender" : " offenders")
                    + (invariant.allowed() > 0 ? ", " + invariant.allowed() + " allowed" : "")
                    + " against "
                    + (invariant.derived()
                        ? invariant.about()
                            + (mended
                                ? ", as rows are before expand changes them"
                                : ", which the rollout adds")
                        : "'" + invariant.about() + "'"),
                Optional.empty(),
                Optional.empty(),
                Optional.of(invariant.query() + ";\n"),
                Finding.Disposition.OPEN,
                ""));
      } else if (!one.unasked().isEmpty()) {
        findings.add(
            new Finding(
                "note:data-unasked:" + invariant.id(),
                Finding.Kind.NOTE,
                "whether rows keep '"
                    + invariant.about()
                    + "' could not be asked: "
                    + one.unasked(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(invariant.query() + ";\n"),
                Finding.Disposition.OPEN,
                ""));
      }
    }
    return findings;
  }
}
