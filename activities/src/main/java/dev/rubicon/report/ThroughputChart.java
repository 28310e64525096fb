package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.px;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Rows per second of the backfill over time, with every change of what held it back. */
final class ThroughputChart {
  private static final double LEFT = 72;
  private static final double RIGHT = 920;
  private static final double TOP = 22;
  private static final double BOTTOM = 210;

  private final List<Report.Point> points;

  ThroughputChart(List<Report.Point> points) {
    this.points = points;
  }

  /** Where the note changed. */
  List<Report.Point> changes() {
    var changes = new ArrayList<Report.Point>();
    String before = "";
    for (Report.Point point : points) {
      if (!point.note().equals(before)) {
        changes.add(point);
        before = point.note();
      }
    }
    return changes;
  }

  String svg() {
    Instant first = points.getFirst().at();
    Instant last = points.getLast().at();
    double span = Math.max(1, Duration.between(first, last).toMillis());
    double highest = points.stream().mapToDouble(Report.Point::rowsPerSecond).max().orElse(1);
    double step = step(highest);
    double top = Math.max(step, Math.ceil(highest / step) * step);
    var out = new StringBuilder();
    out.append(
        "<svg class=\"chart\" viewBox=\"0 0 940 240\" role=\"img\" aria-label=\"Rows per second of"
            + " the backfill\">");
    for (double level = 0; level <= top + step / 2; level += step) {
      double y = y(level, top);
      out.append(
          "<line class=\"lane\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%2$s\"/>"
              .formatted(px(LEFT), px(y), px(RIGHT)));
      out.append(label(LEFT - 10, y + 4, Markup.number(level), "end"));
    }
    out.append(label(LEFT - 10, 11, "rows/s", "end"));
    out.append(label(LEFT, BOTTOM + 20, Markup.clock(first) + " UTC", "start"));
    out.append(
        label(
            RIGHT,
            BOTTOM + 20,
            Markup.clock(last) + " · " + Markup.duration(Duration.between(first, last)),
            "end"));
    line(out, first, span, top);
    int number = 1;
    for (Report.Point change : changes()) {
      double x = x(change.at(), first, span);
      String said = change.note().isEmpty() ? "goes on" : change.note();
      out.append(
          "<g><title>%s</title><line class=\"cut\" x1=\"%s\" y1=\"%s\" x2=\"%2$s\" y2=\"%s\"/>"
              .formatted(esc(said), px(x), px(TOP), px(BOTTOM)));
      out.append(label(x, TOP - 7, "(" + number++ + ")", "middle")).append("</g>");
    }
    return out.append("</svg>").toString();
  }

  private void line(StringBuilder out, Instant first, double span, double top) {
    if (points.size() == 1) {
      out.append(
          "<circle class=\"dot\" cx=\"%s\" cy=\"%s\" r=\"4\"/>"
              .formatted(px(LEFT), px(y(points.getFirst().rowsPerSecond(), top))));
      return;
    }
    var path = new StringBuilder();
    for (Report.Point point : points) {
      path.append(path.isEmpty() ? "M" : "L")
          .append(px(x(point.at(), first, span)))
          .append(' ')
          .append(px(y(point.rowsPerSecond(), top)));
    }
    String area =
        path + "L" + px(RIGHT) + " " + px(BOTTOM) + "L" + px(LEFT) + " " + px(BOTTOM) + "Z";
    out.append("<path class=\"area\" d=\"%s\"/>".formatted(area));
    out.append("<path class=\"line\" d=\"%s\"/>".formatted(path));
  }

  private static double x(Instant at, Instant first, double span) {
    return LEFT + Duration.between(first, at).toMillis() / span * (RIGHT - LEFT);
  }

  private static double y(double value, double top) {
    return BOTTOM - value / top * (BOTTOM - TOP);
  }

  /** 1, 2 or 5 times a power of ten, so that about four lines are drawn. */
  private static double step(double highest) {
    double rough = Math.max(highest, 1) / 4;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  private static String label(double x, double y, String text, String anchor) {
    return "<text class=\"axis\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
        .formatted(px(x), px(y), anchor, esc(text));
  }
}
