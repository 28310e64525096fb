package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.none;
import static dev.rubicon.report.Markup.pill;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.evidence.EvidenceNames;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What of the old rows has arrived, and what has not: rows counted, and what the runbook asked to
 * be counted, e.g. those that nothing could be derived of. The newest of each.
 */
final class CoverageSection {
  private final Report report;

  CoverageSection(Report report) {
    this.report = report;
  }

  String html() {
    var out = new StringBuilder();
    newest(EvidenceNames.COUNTS)
        .ifPresent(counts -> table(out, "What the runbook counts", "rows", counts, false));
    newest(EvidenceNames.INVARIANTS)
        .ifPresent(broken -> table(out, "Invariants", "rows that break it", broken, true));
    newest(EvidenceNames.RULES_BROKEN)
        .ifPresent(broken -> table(out, "Canonical's rules", "rows that break it", broken, true));
    newest(EvidenceNames.PRECONDITIONS_BROKEN)
        .ifPresent(
            broken -> table(out, "Contract's preconditions", "rows that break it", broken, true));
    return out.isEmpty()
        ? none("Nothing was counted: rows are counted by verify.")
        : out.toString();
  }

  private Optional<Map<String, Long>> newest(EvidenceName<Map<String, Long>> name) {
    return report.evidence().stream()
        .flatMap(entry -> entry.find(name).stream())
        .reduce((earlier, later) -> later);
  }

  private static void table(
      StringBuilder out, String title, String label, Map<String, Long> counts, boolean judged) {
    out.append("<h3>").append(title).append("</h3><div class=\"wide\"><table><thead><tr><th>name");
    out.append("</th><th>").append(label).append("</th><th></th></tr></thead><tbody>");
    new TreeMap<>(counts)
        .forEach(
            (name, rows) -> {
              out.append("<tr><td>").append(esc(name)).append("</td><td class=\"num\">");
              out.append(Markup.number(rows)).append("</td><td>");
              out.append(rows == 0 ? pill("good", "none") : judged ? pill("bad", "broken") : "");
              out.append("</td></tr>");
            });
    out.append("</tbody></table></div>");
  }
}
