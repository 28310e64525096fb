package dev.rubicon.cli.plan;

import dev.rubicon.preflight.trial.PlannedStep;
import dev.rubicon.rollout.Phase;
import java.util.List;

/** The statements of a plan as a script that a person reads; it is not meant to be run. */
final class PlannedSql {
  private PlannedSql() {}

  private static final String HEAD =
      """

      -- Tried on a copy on the staging server: object ids, and the owner and grants of a new table,
      -- are those of the copy. Left out: what only reads, the target's own memory (schema rubicon),
      -- and what is sent only when somebody holds a lock or adds a partition meanwhile.
      """;

  static String script(List<PlannedStep> steps) {
    if (steps.isEmpty()) {
      return "\n-- nothing to plan: it is installed already, or nothing could be tried\n";
    }
    var text = new StringBuilder(HEAD);
    Phase phase = null;
    for (int i = 0; i < steps.size(); i++) {
      PlannedStep step = steps.get(i);
      boolean begins = i == 0 || !together(steps.get(i - 1), step);
      boolean ends = i + 1 == steps.size() || !together(step, steps.get(i + 1));
      if (phase != step.phase()) {
        phase = step.phase();
        text.append("\n-- phase ").append(phase.word()).append('\n');
      }
      if (begins && !ends) {
        text.append("\nBEGIN;\n");
      }
      String sql = step.sql().strip();
      text.append(about(step)).append(sql).append(sql.endsWith(";") ? "\n" : ";\n");
      if (ends && !begins) {
        text.append("COMMIT;\n");
      }
    }
    return text.toString();
  }

  private static boolean together(PlannedStep one, PlannedStep next) {
    return one.transaction() == next.transaction() && one.phase() == next.phase();
  }

  private static String about(PlannedStep step) {
    var about = new StringBuilder("\n-- ").append(step.id());
    if (!step.locks().isEmpty()) {
      about.append("\n--   locks ").append(String.join(", ", step.locks()));
    }
    if (!step.note().isEmpty()) {
      about.append("\n--   ").append(step.note());
    }
    return about.append('\n').toString();
  }
}
