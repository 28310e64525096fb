package dev.rubicon.document;

import dev.rubicon.document.Change.Kind;
import dev.rubicon.document.Drawing.Box;
import dev.rubicon.document.Drawing.Line;
import dev.rubicon.document.Drawing.Point;
import dev.rubicon.document.Drawing.Row;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;

/** A drawing as SVG: without script, style sheet, or anything from elsewhere. */
final class Svg {
  private static final String FONT =
      "font-family=\"DejaVu Sans Mono, Liberation Mono, Menlo, Consolas, monospace\"";

  private final Drawing drawing;
  private final StringBuilder out = new StringBuilder();

  private Svg(Drawing drawing) {
    this.drawing = drawing;
  }

  static String of(Drawing drawing, String title) {
    return new Svg(drawing).written(title);
  }

  private String written(String title) {
    String width = number(drawing.width());
    String height = number(drawing.height());
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"").append(width);
    out.append("\" height=\"").append(height).append("\" viewBox=\"0 0 ").append(width).append(' ');
    out.append(height).append("\" ").append(FONT).append(" font-size=\"12\">\n");
    out.append("<title>").append(escaped(title)).append("</title>\n");
    out.append("<rect width=\"").append(width).append("\" height=\"").append(height);
    out.append("\" fill=\"#ffffff\"/>\n");
    drawing.lines().forEach(this::line);
    drawing.boxes().forEach(this::box);
    return out.append("</svg>\n").toString();
  }

  private void line(Line line) {
    out.append("<path fill=\"none\" stroke=\"#7a8699\" stroke-width=\"1.2\"");
    out.append(line.key().optional() ? " stroke-dasharray=\"5 3\"" : "").append(" d=\"");
    List<Point> points = line.points();
    for (int i = 0; i < points.size(); i++) {
      out.append(i == 0 ? "M" : " L").append(number(points.get(i).x())).append(' ');
      out.append(number(points.get(i).y()));
    }
    out.append("\"><title>");
    out.append(escaped(line.key().name() + ": " + line.from() + " → " + line.key().to()));
    out.append("</title></path>\n");
    Point end = points.getLast();
    out.append("<circle r=\"3\" fill=\"#7a8699\" cx=\"").append(number(end.x()));
    out.append("\" cy=\"").append(number(end.y())).append("\"/>\n");
  }

  private void box(Box box) {
    out.append("<g transform=\"translate(").append(number(box.x())).append(' ');
    out.append(number(box.y())).append(")\">\n");
    out.append("<rect rx=\"4\" fill=\"#fbfcfe\" stroke=\"").append(colour(box.kind()));
    out.append("\" stroke-width=\"1.3\" width=\"").append(number(box.width()));
    out.append("\" height=\"").append(number(box.height())).append("\"/>\n");
    text(10, 18, "start", "#1c2733", " font-weight=\"bold\"", box.title());
    if (box.kind() != Kind.SAME) {
      text(box.width() - 10, 18, "end", colour(box.kind()), "", box.kind().word());
    }
    out.append("<path stroke=\"#c4ccd8\" d=\"M0 ").append(number(Drawing.HEADER)).append(" L");
    out.append(number(box.width())).append(' ').append(number(Drawing.HEADER)).append("\"/>\n");
    double y = Drawing.HEADER + 15;
    for (Row row : box.rows()) {
      if (row.kind() != Kind.SAME) {
        text(10, y, "start", colour(row.kind()), "", sign(row.kind()));
      }
      text(10 + 2 * Drawing.CHARACTER, y, "start", "#1c2733", "", row.left());
      if (!row.right().isEmpty()) {
        text(box.width() - 10, y, "end", "#5d6b7e", "", row.right());
      }
      y += Drawing.ROW;
    }
    out.append("</g>\n");
  }

  private void text(double x, double y, String anchor, String colour, String more, String content) {
    out.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y));
    out.append("\" text-anchor=\"").append(anchor).append("\" fill=\"").append(colour);
    out.append('"').append(more).append('>').append(escaped(content)).append("</text>\n");
  }

  private static String colour(Kind kind) {
    return switch (kind) {
      case ADDED -> "#1a7f4b";
      case REMOVED -> "#b3261e";
      case CHANGED -> "#9a6700";
      case SAME -> "#7a8699";
    };
  }

  private static String sign(Kind kind) {
    return switch (kind) {
      case ADDED -> "+";
      case REMOVED -> "-";
      case CHANGED -> "~";
      case SAME -> " ";
    };
  }

  static String escaped(String text) {
    return Visible.line(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String number(double value) {
    return new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
  }
}
