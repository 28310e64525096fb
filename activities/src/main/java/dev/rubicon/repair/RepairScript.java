package dev.rubicon.repair;

import dev.rubicon.finding.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A repair as one script for psql: each stage a short transaction, or statements that stand by
 * themselves because they read rows or may not run in one.
 *
 * @param steps in their order
 * @param refused differences that no statement removes, with the reason
 */
public record RepairScript(List<Repair.Step> steps, List<Refused> refused) {
  private static final String HEAD =
      """
      -- What would make the target canonical, for psql. It is not what the rollout sends: that moves
      -- rows where they must be moved, and takes its locks one by one (rubicon plan --sql).
      -- A statement that does not get its lock ends the script; what was done before it stands.
      \\set ON_ERROR_STOP on
      SET lock_timeout = '2s';
      SELECT pg_catalog.set_config('search_path', '', false) \\g /dev/null
      """;

  /** A difference, and why it has no statement. */
  public record Refused(String finding, String reason) {}

  public RepairScript {
    steps = List.copyOf(steps);
    refused = List.copyOf(refused);
  }

  public static RepairScript of(Repair repair) {
    return new RepairScript(
        repair.steps(),
        repair.findings().stream()
            .filter(finding -> finding.kind() != Finding.Kind.NOTE)
            .filter(finding -> finding.suggestedSql().isEmpty())
            .map(finding -> new Refused(finding.id(), finding.reason()))
            .toList());
  }

  /** The script; a second run of it is not meant to work. */
  public String text() {
    var text = new StringBuilder(HEAD);
    var stages = new TreeMap<Integer, List<Repair.Step>>();
    steps.forEach(step -> stages.computeIfAbsent(step.stage(), _ -> new ArrayList<>()).add(step));
    stages.forEach((stage, together) -> stage(text, stage % 2 == 0, together));
    if (steps.isEmpty()) {
      text.append("\n-- nothing to do\n");
    }
    for (Refused one : refused) {
      text.append("\n-- no statement for ")
          .append(line(one.finding()))
          .append(": ")
          .append(line(one.reason()));
    }
    return text.append(refused.isEmpty() ? "" : "\n").toString();
  }

  private static void stage(StringBuilder text, boolean together, List<Repair.Step> steps) {
    text.append(together ? "\nBEGIN;\n" : "\n-- each by itself\n");
    for (Repair.Step step : steps) {
      String sql = step.sql().strip();
      text.append(sql).append(sql.endsWith(";") ? "\n" : ";\n");
    }
    text.append(together ? "COMMIT;\n" : "");
  }

  /** Names are the owner's: one with a line break must not end the comment. */
  private static String line(String text) {
    return text.replaceAll("\\R", " ");
  }
}
