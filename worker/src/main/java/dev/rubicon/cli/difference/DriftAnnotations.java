package dev.rubicon.cli.difference;

import dev.rubicon.drift.Drift;
import dev.rubicon.finding.Finding;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * Workflow commands of GitHub Actions: an error for each difference, a notice for what is accepted
 * or repaired. They hang on the runbook, which is the file that can be changed.
 */
final class DriftAnnotations {
  private DriftAnnotations() {}

  static String of(Drift drift, Path runbook) {
    var lines = new ArrayList<String>();
    for (Finding finding : drift.findings()) {
      lines.add(
          line(
              finding.differs() ? "error" : "notice",
              runbook,
              finding.id(),
              drift.target() + ": " + finding.title() + reason(finding)));
    }
    for (Runbook.Disposition entry : drift.repaired()) {
      lines.add(line("notice", runbook, "repaired: " + entry.match(), DriftView.why(entry)));
    }
    if (drift.open().isEmpty()) {
      lines.add("::notice::" + data(drift.target() + " against " + drift.against() + ": no drift"));
    }
    return String.join("\n", lines);
  }

  private static String reason(Finding finding) {
    return finding.reason().isEmpty() ? "" : " (" + finding.reason() + ")";
  }

  private static String line(String level, Path runbook, String title, String message) {
    return "::"
        + level
        + " file="
        + property(runbook.toString())
        + ",line=1,title="
        + property(title)
        + "::"
        + data(message);
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
