package dev.rubicon.cli.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.change.LongForm;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Shown;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.finding.Finding;
import dev.rubicon.grade.Ceremony;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.preflight.finding.Inventory;
import dev.rubicon.preflight.trial.Effects;
import dev.rubicon.preflight.trial.PlannedStep;
import dev.rubicon.repair.RepairScript;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What {@code rubicon plan} answers.
 *
 * @param differences that the runbook does not accept
 * @param stopped ids of what would stop the rollout
 * @param tables rows and bytes
 * @param ceremony what the rollout needs, by what is at stake; absent where policy stops it
 * @param writtenOut what a runbook that says only what changes comes to
 * @param steps statements that the rollout would send; only where they were asked for
 * @param repair what would make the target canonical; only where it was asked for
 * @param statements what each statement did on a copy: locks, rewrites, scans
 */
record PlanView(
    String runbook,
    String digest,
    String target,
    Optional<String> serverVersion,
    Optional<String> fingerprint,
    Optional<String> canonicalFingerprint,
    List<Phase> phases,
    int differences,
    List<String> stopped,
    List<Finding> findings,
    List<Map<String, Object>> tables,
    List<Map<String, Object>> statements,
    List<String> cannotPromise,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Ceremony> ceremony,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> writtenOut,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<List<PlannedStep>> steps,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<RepairScript> repair) {
  static PlanView of(
      Bundle bundle,
      String target,
      Plan plan,
      PlanEvidence evidence,
      Optional<Facts.Preflight> facts,
      Optional<List<PlannedStep>> steps,
      Optional<RepairScript> repair) {
    List<Finding> findings = evidence.findings();
    return new PlanView(
        bundle.runbook().name(),
        bundle.digest(),
        target,
        facts.map(Facts.Preflight::serverVersion),
        facts.map(Facts.Preflight::fingerprint),
        facts.map(Facts.Preflight::canonicalFingerprint),
        plan.phases(),
        (int) findings.stream().filter(Finding::differs).count(),
        findings.stream().filter(Finding::blocks).map(Finding::id).toList(),
        findings,
        evidence.rows(evidence.find(Inventory.Table.EVIDENCE)),
        evidence.rows(evidence.find(Effects.EVIDENCE).map(Effects::statements)),
        plan.cannotPromise(),
        facts.flatMap(Facts.Preflight::ceremony),
        LongForm.why(bundle),
        steps,
        repair);
  }

  String text(Paint paint) {
    var text = new StringBuilder();
    text.append(paint.strong(runbook + " on " + target)).append('\n');
    text.append("digest: ").append(digest).append('\n');
    text.append("phases: ")
        .append(phases.stream().map(Phase::word).collect(Collectors.joining(", ")))
        .append('\n');
    ceremony.ifPresent(
        needed -> text.append("grade: ").append(Shown.text(needed.line())).append('\n'));
    writtenOut.forEach(why -> text.append("written out: ").append(Shown.text(why)).append('\n'));
    text.append('\n');
    if (!tables.isEmpty()) {
      text.append(sizes(paint)).append("\n\n");
    }
    if (findings.isEmpty()) {
      text.append("no findings\n");
    } else {
      text.append(findings(paint)).append("\n");
    }
    for (String missing : cannotPromise) {
      text.append("\ncannot promise: ").append(missing);
    }
    text.append('\n').append(verdict(paint));
    steps.ifPresent(planned -> text.append('\n').append(PlannedSql.script(planned)));
    repair.ifPresent(script -> text.append("\n\n").append(script.text()));
    return text.toString();
  }

  private String sizes(Paint paint) {
    var table = new Table("relation", "rows", "size");
    for (Map<String, Object> row : tables) {
      String about = Boolean.TRUE.equals(row.get("exact")) ? "" : "about ";
      long rows = number(row.get("rows"));
      table.row(
          String.valueOf(row.get("relation")),
          rows < 0 ? "unknown" : about + rows,
          size(number(row.get("bytes"))));
    }
    return table.text(paint);
  }

  private String findings(Paint paint) {
    var table = new Table("disposition", "finding", "why");
    for (Finding finding : findings) {
      table.row(
          finding.blocks() ? "STOPS" : word(finding.disposition()),
          Shown.text(finding.id()),
          Shown.text(finding.reason().isEmpty() ? finding.title() : finding.reason()));
    }
    return table.text(paint);
  }

  private String verdict(Paint paint) {
    if (!stopped.isEmpty()) {
      return paint.bad("stopped by policy: " + String.join(", ", stopped));
    }
    if (differences == 0) {
      return paint.good("no difference");
    }
    long open =
        findings.stream()
            .filter(Finding::differs)
            .filter(f -> f.disposition() == Finding.Disposition.OPEN)
            .count();
    return differences
        + (differences == 1 ? " difference" : " differences")
        + ", "
        + open
        + " of them left as they are"
        + (open == 0
            ? ""
            : ": they do not stop a rollout, and are part of what an approval binds;"
                + " say under findings: in runbook.yaml what becomes of each")
        + "\nnext: rubicon launch --target "
        + target
        + " --runbook DIR";
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : -1;
  }

  private static String size(long bytes) {
    if (bytes < 1 << 20) {
      return Math.ceilDiv(bytes, 1L << 10) + " kB";
    }
    return bytes < 1L << 30 ? (bytes >> 20) + " MB" : (bytes >> 30) + " GB";
  }
}
