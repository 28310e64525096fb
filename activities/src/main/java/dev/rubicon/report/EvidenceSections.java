package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.figure;
import static dev.rubicon.report.Markup.none;
import static dev.rubicon.report.Markup.outcome;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.ledger.entry.EvidenceEntry;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.rollout.Phase;
import java.util.ArrayList;
import java.util.Optional;

/** What was measured: throughput, and everything else as it stands. */
final class EvidenceSections {
  private final Report report;

  EvidenceSections(Report report) {
    this.report = report;
  }

  /** Rows that the phase's facts count, in its last round. */
  Optional<Long> rows(Phase phase) {
    return report.phases().stream()
        .filter(entry -> entry.phase().equals(phase.word()) && entry.facts().has("rows"))
        .reduce((earlier, later) -> later)
        .map(
            entry -> {
              long sum = 0;
              for (JsonNode count : entry.facts().path("rows")) {
                sum += count.asLong();
              }
              return sum;
            });
  }

  String throughput() {
    if (report.throughput().isEmpty()) {
      return none("No throughput was recorded.");
    }
    var chart = new ThroughputChart(report.throughput());
    var out = new StringBuilder(figure(chart.svg()));
    if (!chart.changes().isEmpty()) {
      out.append("<ol class=\"plain\">");
      for (Report.Point change : chart.changes()) {
        out.append("<li>")
            .append(esc(Markup.clock(change.at())))
            .append(" UTC: ")
            .append(change.note().isEmpty() ? "goes on" : esc(change.note()))
            .append("</li>");
      }
      out.append("</ol>");
    }
    return out.toString();
  }

  String evidence() {
    if (report.phases().isEmpty() && report.evidence().isEmpty()) {
      return none("Nothing was recorded yet.");
    }
    var out = new StringBuilder();
    var shown = new ArrayList<EvidenceEntry>();
    for (PhaseEntry phase : report.phases()) {
      out.append("<details class=\"phase\"><summary><h3>").append(esc(phase.phase()));
      out.append(phase.round() > 1 ? " <small>round " + phase.round() + "</small> " : " ");
      out.append(outcome(phase.outcome())).append("</h3> ");
      out.append("<span class=\"text\">").append(esc(phase.summary())).append("</span></summary>");
      if (!phase.facts().isEmpty()) {
        out.append("<div class=\"piece\"><h4>facts</h4>");
        out.append(EvidenceView.render(phase.facts())).append("</div>");
      }
      for (EvidenceEntry entry : report.evidence()) {
        if (entry.phase().equals(phase.phase()) && entry.round() == phase.round()) {
          out.append(shownElsewhere(entry) ? elsewhere(entry) : evidence(entry));
          shown.add(entry);
        }
      }
      out.append("</details>");
    }
    // Of phases that the ledger did not see start.
    report.evidence().stream()
        .filter(entry -> !shown.contains(entry))
        .forEach(entry -> out.append(evidence(entry)));
    return out.toString();
  }

  static String evidence(EvidenceEntry entry) {
    String body = EvidenceView.render(entry.value());
    boolean large = isSnapshot(entry.onClone().orElse(entry)) || body.length() > 20_000;
    return "<div class=\"piece\"><h4>%s <small>%s%s</small></h4>%s</div>"
        .formatted(
            esc(Markup.words(entry.name())),
            esc(entry.phase()),
            entry.round() > 1 ? ", round " + entry.round() : "",
            large ? "<details><summary>show</summary>" + body + "</details>" : body);
  }

  private static boolean isSnapshot(EvidenceEntry entry) {
    return entry.is(EvidenceNames.SNAPSHOT)
        || entry.is(EvidenceNames.CANONICAL)
        || entry.is(EvidenceNames.CHANGES);
  }

  private static boolean shownElsewhere(EvidenceEntry entry) {
    return entry.phase().equals(Phase.PREFLIGHT.word()) && entry.is(EvidenceNames.FINDINGS);
  }

  private static String elsewhere(EvidenceEntry entry) {
    return "<div class=\"piece\"><h4>%s</h4><p>shown under <a href=\"#findings\">Findings</a></p></div>"
        .formatted(esc(Markup.words(entry.name())));
  }
}
