package dev.rubicon.report;

import static dev.rubicon.report.Markup.esc;
import static dev.rubicon.report.Markup.px;

import dev.rubicon.report.SchemaChange.Item;
import dev.rubicon.report.SchemaChange.Kind;
import dev.rubicon.report.SchemaChange.TableChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The changed tables as boxes, the foreign keys between them as lines. */
final class SchemaDiagram {
  private static final double BOX = 292;
  private static final double GAP_X = 32;
  private static final double GAP_Y = 26;
  private static final double HEADER = 30;
  private static final double ROW = 19;
  private static final int COLUMNS = 3;
  private static final int NAME_CHARACTERS = 23;
  private static final int LONE_CHARACTERS = 36;
  private static final int TYPE_CHARACTERS = 17;

  private record Box(TableChange table, List<Item> rows, int same, double x, double y) {
    double height() {
      return HEADER + 8 + (rows.size() + (same > 0 ? 1 : 0)) * ROW;
    }
  }

  private final List<TableChange> tables;
  private final Map<String, Box> boxes = new HashMap<>();
  private final List<Box> drawn = new ArrayList<>();
  private double bottom;

  SchemaDiagram(SchemaChange change) {
    this.tables = change.changed();
    layOut();
  }

  /** Each table goes where the page is shortest. */
  private void layOut() {
    double[] ends = new double[COLUMNS];
    for (TableChange table : tables) {
      int column = 0;
      for (int i = 1; i < COLUMNS; i++) {
        column = ends[i] < ends[column] ? i : column;
      }
      List<Item> rows = new ArrayList<>();
      rows.addAll(table.columns().stream().filter(item -> item.kind() != Kind.SAME).toList());
      rows.addAll(table.objects().stream().filter(item -> item.kind() != Kind.SAME).toList());
      int same = (int) table.columns().stream().filter(item -> item.kind() == Kind.SAME).count();
      var box = new Box(table, List.copyOf(rows), same, column * (BOX + GAP_X), ends[column]);
      drawn.add(box);
      boxes.put(table.name(), box);
      ends[column] += box.height() + GAP_Y;
      bottom = Math.max(bottom, ends[column]);
    }
  }

  String svg() {
    var out = new StringBuilder();
    out.append(
        "<svg class=\"chart\" viewBox=\"-2 -2 944 %s\" role=\"img\" aria-label=\"Tables that changed\">"
            .formatted(px(Math.max(bottom - GAP_Y + 6, 40))));
    for (ForeignKey key : ForeignKey.among(tables)) {
      line(out, key);
    }
    drawn.forEach(box -> box(out, box));
    return out.append("</svg>").toString();
  }

  private void line(StringBuilder out, ForeignKey key) {
    Box from = boxes.get(key.from());
    Box to = boxes.get(key.to());
    if (from == to) {
      return;
    }
    boolean right = to.x() > from.x();
    boolean same = to.x() == from.x();
    double x1 = from.x() + (right || same ? BOX : 0);
    double x2 = to.x() + (right ? 0 : BOX);
    double y1 = from.y() + HEADER / 2;
    double y2 = to.y() + HEADER / 2;
    double bend = right || same ? GAP_X * 0.9 : -GAP_X * 0.9;
    double back = same ? GAP_X * 0.9 : -bend;
    out.append(
        "<path class=\"key %s\" d=\"M%s %sC%s %3$s %s %s %s %6$s\"><title>%s</title></path>"
            .formatted(
                word(key.kind()),
                px(x1),
                px(y1),
                px(x1 + bend),
                px(x2 + back),
                px(y2),
                px(x2),
                esc(key.name() + ": " + key.from() + " to " + key.to())));
    out.append("<circle class=\"end\" cx=\"%s\" cy=\"%s\" r=\"3\"/>".formatted(px(x2), px(y2)));
  }

  private static void box(StringBuilder out, Box box) {
    out.append("<g transform=\"translate(%s %s)\">".formatted(px(box.x()), px(box.y())));
    out.append(
        "<rect class=\"box %s\" width=\"%s\" height=\"%s\" rx=\"5\"/>"
            .formatted(word(box.table().kind()), px(BOX), px(box.height())));
    out.append(text(12, 20, "title", cut(box.table().name(), 32), "start", box.table().name()));
    if (box.table().kind() != Kind.CHANGED) {
      out.append(
          text(
              BOX - 12,
              20,
              "state " + word(box.table().kind()),
              word(box.table().kind()),
              "end",
              ""));
    }
    out.append("<line class=\"rule\" x1=\"0\" y1=\"30\" x2=\"%s\" y2=\"30\"/>".formatted(px(BOX)));
    double y = HEADER + 18;
    for (Item item : box.rows()) {
      String kind = word(item.kind());
      String hint =
          item.kind() == Kind.CHANGED
              ? item.name() + ": " + item.before() + " → " + item.after()
              : item.name() + ": " + item.definition();
      out.append(text(12, y, "sign " + kind, sign(item.kind()), "start", ""));
      out.append(
          text(
              26,
              y,
              "field " + kind,
              cut(item.name(), item.name().contains(" ") ? LONE_CHARACTERS : NAME_CHARACTERS),
              "start",
              hint));
      out.append(text(BOX - 12, y, "type", cut(type(item), TYPE_CHARACTERS), "end", hint));
      y += ROW;
    }
    if (box.same() > 0) {
      String more = box.same() == 1 ? "1 column as before" : box.same() + " columns as before";
      out.append(text(26, y, "type", more, "start", ""));
    }
    out.append("</g>");
  }

  private static String type(Item item) {
    if (item.name().contains(" ")) {
      return "";
    }
    return item.type()
        .replace("timestamp with time zone", "timestamptz")
        .replace("character varying", "varchar");
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  private static String sign(Kind kind) {
    return switch (kind) {
      case ADDED -> "+";
      case REMOVED -> "−";
      case CHANGED -> "~";
      case SAME -> " ";
    };
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String text(
      double x, double y, String kind, String text, String anchor, String hint) {
    return "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s%s</text>"
        .formatted(
            kind,
            px(x),
            px(y),
            anchor,
            hint.isEmpty() ? "" : "<title>" + esc(hint) + "</title>",
            esc(text));
  }
}
