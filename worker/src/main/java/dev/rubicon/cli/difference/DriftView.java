package dev.rubicon.cli.difference;

import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Shown;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.drift.Drift;
import dev.rubicon.finding.Finding;
import dev.rubicon.inventory.Channel;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code rubicon drift} answers as JSON.
 *
 * @param drift number of findings that nobody accepted
 * @param channels of those, how many lie in which
 */
public record DriftView(
    String target,
    String runbook,
    String against,
    String fingerprint,
    String expected,
    int drift,
    Map<String, Long> channels,
    List<Finding> findings,
    List<Runbook.Disposition> repaired) {

  static DriftView of(Drift drift) {
    return new DriftView(
        drift.target(),
        drift.runbook(),
        drift.against(),
        drift.fingerprint(),
        drift.expected(),
        drift.open().size(),
        channels(drift),
        drift.findings(),
        drift.repaired());
  }

  private static Map<String, Long> channels(Drift drift) {
    return drift.open().stream()
        .collect(
            Collectors.groupingBy(
                finding -> Channel.of(finding).word(), TreeMap::new, Collectors.counting()));
  }

  static String text(Drift drift, Paint paint) {
    var text = new StringBuilder();
    text.append(paint.strong(drift.target() + " against " + drift.against())).append('\n');
    text.append("fingerprint: ").append(drift.fingerprint()).append('\n');
    text.append("expected:    ").append(drift.expected()).append("\n\n");
    if (!drift.findings().isEmpty() || !drift.repaired().isEmpty()) {
      var table = new Table("", "channel", "finding", "why");
      for (Finding finding : drift.findings()) {
        table.row(
            state(finding),
            Channel.of(finding).word(),
            Shown.text(finding.id()),
            Shown.text(why(finding)));
      }
      for (Runbook.Disposition entry : drift.repaired()) {
        table.row("repaired", "", Shown.text(entry.match()), Shown.text(why(entry)));
      }
      text.append(table.text(paint)).append("\n\n");
    }
    int open = drift.open().size();
    return text.append(
            open == 0
                ? paint.good("no drift")
                : paint.bad(open + (open == 1 ? " difference" : " differences")))
        .toString();
  }

  /** {@code DRIFT}, or what was decided. */
  public static String state(Finding finding) {
    if (!finding.differs()) {
      return word(finding.disposition());
    }
    return finding.disposition() == Finding.Disposition.OPEN
        ? "DRIFT"
        : "DRIFT, " + word(finding.disposition());
  }

  public static String why(Finding finding) {
    return finding.reason().isEmpty() ? finding.title() : finding.reason();
  }

  static String why(Runbook.Disposition entry) {
    return "there no longer (" + word(entry.kind()) + ": " + entry.reason() + ")";
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
