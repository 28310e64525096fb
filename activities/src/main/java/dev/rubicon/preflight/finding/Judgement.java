package dev.rubicon.preflight.finding;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What becomes of what preflight has found: dispositions of the runbook, and what stops. */
public final class Judgement {
  private Judgement() {}

  /** Whether the target is canonical, but for what the runbook accepts. */
  public static boolean settled(Runbook runbook, List<Finding> differences) {
    var dispositions = new Dispositions(runbook);
    return differences.stream()
        .map(difference -> kept(runbook, difference))
        .map(dispositions::apply)
        .noneMatch(Finding::differs);
  }

  public static List<Finding> disposed(Runbook runbook, List<Finding> found) {
    var dispositions = new Dispositions(runbook);
    var byId = new LinkedHashMap<String, Finding>();
    found.stream()
        .map(finding -> kept(runbook, finding))
        .map(dispositions::apply)
        .forEach(finding -> byId.putIfAbsent(finding.id(), finding));
    return byId.values().stream()
        .sorted(Comparator.comparing(Finding::blocks).reversed().thenComparing(Finding::id))
        .toList();
  }

  /** A legacy column that contract keeps is extra for good, and its reason is in the runbook. */
  public static Finding kept(Runbook runbook, Finding finding) {
    return runbook.contract().legacyColumns().stream()
        .filter(legacy -> legacy.action() == LegacyColumn.Action.KEEP)
        .filter(
            legacy ->
                finding
                    .id()
                    .equals(
                        "extra:column:"
                            + RelationName.parse(legacy.relation())
                            + "."
                            + Identifiers.split(legacy.column()).getFirst()))
        .findFirst()
        .map(
            legacy ->
                Dispositions.with(
                    finding, Finding.Disposition.ACCEPTED, legacy.reason().orElse("kept")))
        .orElse(finding);
  }

  /** What the rollout has brought since is not in the baseline: its plan was the place to stop. */
  public static Finding judgedBefore(Finding difference, EarlierLaunch earlier) {
    return difference.blocks() && difference.kind() == Finding.Kind.MISSING
        ? Dispositions.with(
            difference,
            Finding.Disposition.FIXED_BY_ROLLOUT,
            "judged when " + earlier.rollout() + " was planned")
        : difference;
  }

  /** The compiler stops at the first obstacle; where findings name them all, it adds nothing. */
  public static boolean toldBetter(Finding finding, List<Finding> obstacles) {
    String prefix = "unsupported:transition:";
    return finding.id().startsWith(prefix)
        && obstacles.stream()
            .filter(obstacle -> obstacle.kind() == Finding.Kind.UNSUPPORTED)
            .anyMatch(
                obstacle ->
                    (obstacle.id() + ".")
                        .contains(":" + finding.id().substring(prefix.length()) + "."));
  }

  /**
   * @throws RubiconException HAZARD_NOT_ALLOWED or FINDING_OPEN
   */
  public static void refuse(List<Finding> findings) {
    List<Finding> blocking = findings.stream().filter(Finding::blocks).toList();
    String hazards = list(blocking, Finding.Kind.HAZARD);
    if (!hazards.isEmpty()) {
      throw new RubiconException(
          ErrorCode.HAZARD_NOT_ALLOWED,
          "the runbook does not allow: " + hazards,
          "change the statement, or allow each under hazards: with a reason; then: rubicon plan");
    }
    String unsupported = list(blocking, Finding.Kind.UNSUPPORTED);
    if (!unsupported.isEmpty()) {
      throw new RubiconException(
          ErrorCode.FINDING_OPEN,
          "nobody has said what is to happen with: " + unsupported,
          "change the target, or say it under findings: with a reason; then: rubicon plan");
    }
    if (!blocking.isEmpty()) {
      throw new RubiconException(
          ErrorCode.FINDING_OPEN,
          "canonical has what the rollout does not bring: "
              + blocking.stream().map(Finding::id).collect(Collectors.joining(", ")),
          "add it under expand: or transitions:, or say under findings: why it may be missing;"
              + " then: rubicon plan");
    }
  }

  private static String list(List<Finding> blocking, Finding.Kind kind) {
    return blocking.stream()
        .filter(finding -> finding.kind() == kind)
        .map(Finding::id)
        .collect(Collectors.joining(", "));
  }

  public static Map<String, Integer> counts(List<Finding> findings) {
    var counts = new TreeMap<String, Integer>();
    findings.forEach(finding -> counts.merge(finding.kind().name(), 1, Integer::sum));
    return counts;
  }
}
