package dev.rubicon.preflight.finding;

import dev.rubicon.finding.Finding;
import dev.rubicon.invariant.AskedInvariant;
import dev.rubicon.invariant.DataInvariant;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows that break what must hold of them: how many, the keys of the first, and the query that shows
 * them all.
 */
public final class DataFindings {
  private static final int SHOWN = 3;

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
                        : "'" + invariant.about() + "'")
                    + keys(one),
                Optional.empty(),
                Optional.empty(),
                Optional.of(invariant.query() + ";\n"),
                Finding.Disposition.OPEN,
                ""));
      } else if (one.wrong() && !invariant.derived()) {
        // Nobody would ever know whether rows keep it.
        boolean stops = invariant.severity() == Runbook.Severity.ERROR;
        findings.add(
            new Finding(
                (stops ? "hazard:data-wrong:" : "note:data-wrong:") + invariant.id(),
                stops ? Finding.Kind.HAZARD : Finding.Kind.NOTE,
                "the query of '" + invariant.about() + "' fails: " + one.unasked(),
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

  /** The first few, masked as evidence has them: an owner knows by them where to look. */
  private static String keys(AskedInvariant one) {
    if (one.keys().isEmpty()) {
      return "";
    }
    String shown =
        one.keys().stream()
            .limit(SHOWN)
            .map(
                key ->
                    key.entrySet().stream()
                        .map(column -> column.getKey() + "=" + column.getValue())
                        .collect(Collectors.joining(" ")))
            .collect(Collectors.joining("; "));
    return ": " + shown + (one.offenders() > SHOWN ? "; …" : "");
  }
}
