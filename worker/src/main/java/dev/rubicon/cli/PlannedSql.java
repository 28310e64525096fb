package dev.rubicon.cli;

import java.util.List;
import java.util.Map;

/** The statements of a plan as a script that a person reads; it is not meant to be run. */
final class PlannedSql {
  private PlannedSql() {}

  /**
   * @param steps as preflight records them
   */
  static String script(List<Map<String, Object>> steps) {
    var text = new StringBuilder();
    Object phase = "";
    for (int i = 0; i < steps.size(); i++) {
      Map<String, Object> step = steps.get(i);
      boolean begins = i == 0 || !together(steps.get(i - 1), step);
      boolean several = i + 1 < steps.size() && together(step, steps.get(i + 1));
      if (!phase.equals(step.get("phase"))) {
        phase = step.get("phase");
        text.append("\n-- ").append(word(phase)).append('\n');
      }
      if (begins && several) {
        text.append("\nBEGIN;\n");
      }
      text.append(about(step)).append(step.get("sql").toString().strip());
      text.append(step.get("sql").toString().strip().endsWith(";") ? "\n" : ";\n");
      if (!several && !begins) {
        text.append("COMMIT;\n");
      }
    }
    return text.toString();
  }

  private static boolean together(Map<String, Object> one, Map<String, Object> next) {
    return one.get("transaction").equals(next.get("transaction"))
        && one.get("phase").equals(next.get("phase"));
  }

  private static String about(Map<String, Object> step) {
    var about = new StringBuilder("\n-- ").append(step.get("id"));
    if (step.get("locks") instanceof List<?> locks && !locks.isEmpty()) {
      about.append("\n--   locks ");
      about.append(String.join(", ", locks.stream().map(Object::toString).toList()));
    }
    if (!step.get("note").toString().isEmpty()) {
      about.append("\n--   ").append(step.get("note"));
    }
    return about.append('\n').toString();
  }

  private static String word(Object phase) {
    return phase.toString().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
