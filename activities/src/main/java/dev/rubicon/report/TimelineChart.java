package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.px;

import dev.rubicon.ledger.entry.ApprovalEntry;
import dev.rubicon.ledger.entry.PhaseEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** When each phase ran, and when somebody decided; long stretches are cut short and marked. */
final class TimelineChart {
  private static final double LEFT = 150;
  private static final double WIDTH = 660;
  private static final double ROW = 24;
  private static final double TOP = 28;

  private final Report report;
  private final Instant now;
  private final List<Instant> moments;
  private final double[] offsets;
  private final boolean[] cut;

  TimelineChart(Report report) {
    this.report = report;
    this.now = report.rollout().endedAt().orElse(report.madeAt());
    var all = new TreeSet<Instant>();
    all.add(report.rollout().launchedAt());
    all.add(now);
    for (PhaseEntry phase : report.phases()) {
      all.add(phase.started());
      all.add(end(phase));
    }
    report.approvals().forEach(approval -> all.add(approval.decidedAt()));
    moments = List.copyOf(all);
    int gaps = moments.size() - 1;
    double[] shown = new double[Math.max(gaps, 1)];
    cut = new boolean[Math.max(gaps, 1)];
    for (int i = 0; i < gaps; i++) {
      shown[i] = Math.max(1, Duration.between(moments.get(i), moments.get(i + 1)).toMillis());
    }
    shorten(shown);
    double total = 0;
    for (double length : shown) {
      total += length;
    }
    offsets = new double[moments.size()];
    for (int i = 1; i < moments.size(); i++) {
      offsets[i] = offsets[i - 1] + shown[i - 1] / Math.max(total, 1) * WIDTH;
    }
  }

  /** A day of watching must not squeeze a minute of crossing into nothing. */
  private void shorten(double[] shown) {
    for (int round = 0; round < shown.length; round++) {
      int longest = 0;
      double rest = 0;
      for (int i = 0; i < shown.length; i++) {
        rest += shown[i];
        longest = shown[i] > shown[longest] ? i : longest;
      }
      rest -= shown[longest];
      if (rest <= 0 || shown[longest] <= rest * 1.5) {
        return;
      }
      shown[longest] = rest * 0.6;
      cut[longest] = true;
    }
  }

  private Instant end(PhaseEntry phase) {
    return phase.ended().orElse(now);
  }

  private double x(Instant at) {
    int i = moments.indexOf(at);
    return LEFT + (i < 0 ? 0 : offsets[i]);
  }

  String svg() {
    List<PhaseEntry> phases = new ArrayList<>(report.phases());
    double height = TOP + phases.size() * ROW + 44;
    var out = new StringBuilder();
    out.append(
        "<svg class=\"chart\" viewBox=\"0 0 940 %s\" role=\"img\" aria-label=\"Timeline of the phases\">"
            .formatted(px(height)));
    axis(out, height);
    double y = TOP;
    for (PhaseEntry phase : phases) {
      row(out, phase, y);
      y += ROW;
    }
    decisions(out, y);
    return out.append("</svg>").toString();
  }

  private void axis(StringBuilder out, double height) {
    Instant first = moments.getFirst();
    out.append(text(LEFT, 14, "axis", Markup.day(first), "start"));
    out.append(text(LEFT + WIDTH, 14, "axis", Markup.day(moments.getLast()) + " UTC", "end"));
    out.append(
        "<line class=\"rule\" x1=\"%s\" y1=\"20\" x2=\"%s\" y2=\"20\"/>"
            .formatted(px(LEFT), px(LEFT + WIDTH)));
    for (int i = 0; i + 1 < moments.size(); i++) {
      if (cut[i]) {
        double middle = LEFT + (offsets[i] + offsets[i + 1]) / 2;
        String took = Markup.duration(Duration.between(moments.get(i), moments.get(i + 1)));
        out.append(
            "<path class=\"cut\" d=\"M%1$s 20v%2$s\"><title>shortened: %3$s</title></path>"
                .formatted(px(middle), px(height - 38), esc(took)));
        out.append(text(middle, height - 4, "axis", took + " shortened", "middle"));
      }
    }
  }

  private void row(StringBuilder out, PhaseEntry phase, double y) {
    double x = x(phase.started());
    double width = Math.max(3, x(end(phase)) - x);
    String name = phase.phase() + (phase.round() > 1 ? " · round " + phase.round() : "");
    String took = Markup.duration(Duration.between(phase.started(), end(phase)));
    out.append(
        "<line class=\"lane\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%2$s\"/>"
            .formatted(px(LEFT), px(y + ROW - 1), px(LEFT + WIDTH)));
    out.append(text(LEFT - 12, y + 15, "name", name, "end"));
    if (phase.outcome().equals("skipped")) {
      out.append(text(LEFT + 4, y + 15, "took", "left out", "start"));
      return;
    }
    out.append(
        "<rect class=\"bar %s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"14\" rx=\"3\"><title>%s</title></rect>"
            .formatted(
                esc(phase.outcome()),
                px(x),
                px(y + 4),
                px(width),
                esc(name + ": " + phase.outcome() + ", " + took + ". " + phase.summary())));
    out.append(text(LEFT + WIDTH + 12, y + 15, "took", took + attempts(phase), "start"));
  }

  private static String attempts(PhaseEntry phase) {
    return phase.attempt() > 1 ? " · " + phase.attempt() + " runs" : "";
  }

  private void decisions(StringBuilder out, double y) {
    if (report.approvals().isEmpty()) {
      return;
    }
    out.append(text(LEFT - 12, y + 19, "name", "decisions", "end"));
    for (ApprovalEntry approval : report.approvals()) {
      double x = x(approval.decidedAt());
      String kind = approval.granted() ? "granted" : "refused";
      out.append(
          "<path class=\"decision %s\" d=\"M%s %sl6 7-6 7-6-7z\"><title>%s</title></path>"
              .formatted(
                  kind,
                  px(x),
                  px(y + 8),
                  esc(
                      approval.gate()
                          + " "
                          + kind
                          + ", "
                          + approval.shown()
                          + ", "
                          + Markup.moment(approval.decidedAt()))));
    }
  }

  private static String text(double x, double y, String kind, String text, String anchor) {
    return "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
        .formatted(kind, px(x), px(y), anchor, esc(text));
  }
}
