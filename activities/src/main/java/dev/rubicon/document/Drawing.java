package dev.rubicon.document;

import dev.rubicon.document.Change.ColumnPair;
import dev.rubicon.document.Change.Kind;
import dev.rubicon.document.Change.TablePair;
import dev.rubicon.document.schema.DescribedColumn;
import dev.rubicon.document.schema.DescribedTable.Reference;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.elk.alg.layered.options.LayeredMetaDataProvider;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * Where each relation's box and each foreign key's line goes. The layout is ELK's layered
 * algorithm; widths come of the number of characters, not of fonts, so that it is the same on every
 * machine.
 */
record Drawing(double width, double height, List<Box> boxes, List<Line> lines) {
  static final double CHARACTER = 7.23;
  static final double HEADER = 28;
  static final double ROW = 18;
  private static final double PAD = 10;
  private static final int ROWS = 40;
  private static final int NAME = 40;
  private static final int TYPE = 32;

  /**
   * @param right type and keys
   */
  record Row(Kind kind, String left, String right) {}

  /** A relation. */
  record Box(
      RelationName name,
      String title,
      Kind kind,
      List<Row> rows,
      double x,
      double y,
      double width,
      double height) {}

  /** Of a foreign key, from the relation that has it. */
  record Line(RelationName from, Reference key, List<Point> points) {}

  /** In units of the picture. */
  record Point(double x, double y) {}

  static Drawing of(List<TablePair> tables) {
    return new Layout(tables).drawn();
  }

  /** One run of the algorithm. */
  private static final class Layout {
    static {
      LayoutMetaDataService.getInstance()
          .registerLayoutMetaDataProviders(new LayeredMetaDataProvider());
    }

    private final ElkNode graph = ElkGraphUtil.createGraph();
    private final Map<RelationName, ElkNode> nodes = new LinkedHashMap<>();
    private final Map<RelationName, Box> sized = new LinkedHashMap<>();
    private final Map<ElkEdge, Line> edges = new LinkedHashMap<>();

    Layout(List<TablePair> tables) {
      graph.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
      graph.setProperty(CoreOptions.DIRECTION, Direction.RIGHT);
      graph.setProperty(CoreOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
      graph.setProperty(CoreOptions.PADDING, new ElkPadding(16));
      graph.setProperty(CoreOptions.SPACING_NODE_NODE, 28.0);
      graph.setProperty(CoreOptions.SPACING_COMPONENT_COMPONENT, 28.0);
      graph.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 56.0);
      graph.setProperty(CoreOptions.ASPECT_RATIO, 1.5);
      graph.setProperty(CoreOptions.RANDOM_SEED, 1);
      for (TablePair table : tables) {
        Box box = box(table);
        ElkNode node = ElkGraphUtil.createNode(graph);
        node.setDimensions(box.width(), box.height());
        nodes.put(table.name(), node);
        sized.put(table.name(), box);
      }
      for (TablePair table : tables) {
        for (Reference key : table.shown().references()) {
          ElkNode to = nodes.get(key.to());
          if (to != null) {
            edges.put(
                ElkGraphUtil.createSimpleEdge(nodes.get(table.name()), to),
                new Line(table.name(), key, List.of()));
          }
        }
      }
      new RecursiveGraphLayoutEngine().layout(graph, new BasicProgressMonitor());
    }

    Drawing drawn() {
      var boxes = new ArrayList<Box>();
      nodes.forEach(
          (name, node) -> {
            Box b = sized.get(name);
            boxes.add(
                new Box(
                    name,
                    b.title(),
                    b.kind(),
                    b.rows(),
                    node.getX(),
                    node.getY(),
                    b.width(),
                    b.height()));
          });
      var lines = new ArrayList<Line>();
      edges.forEach(
          (edge, line) -> {
            for (ElkEdgeSection section : edge.getSections()) {
              var points = new ArrayList<Point>();
              points.add(new Point(section.getStartX(), section.getStartY()));
              section.getBendPoints().forEach(p -> points.add(new Point(p.getX(), p.getY())));
              points.add(new Point(section.getEndX(), section.getEndY()));
              lines.add(new Line(line.from(), line.key(), points));
            }
          });
      return new Drawing(graph.getWidth(), graph.getHeight(), boxes, lines);
    }
  }

  private static Box box(TablePair table) {
    var rows = new ArrayList<Row>();
    for (ColumnPair column : table.columns()) {
      if (rows.size() == ROWS) {
        rows.add(new Row(Kind.SAME, "… " + (table.columns().size() - ROWS) + " more columns", ""));
        break;
      }
      rows.add(row(column));
    }
    String kind = table.shown().kind();
    String title =
        Visible.cut(table.name().toString(), NAME + 20)
            + (kind.equals("table") ? "" : " (" + kind + ")");
    int widest = cells(title) + (table.kind() == Kind.SAME ? 0 : 10);
    for (Row row : rows) {
      widest = Math.max(widest, 2 + cells(row.left()) + 2 + cells(row.right()));
    }
    double width = Math.ceil(widest * CHARACTER + 2 * PAD);
    double height = HEADER + rows.size() * ROW + PAD;
    return new Box(table.name(), title, table.kind(), rows, 0, 0, width, height);
  }

  private static Row row(ColumnPair pair) {
    DescribedColumn column = pair.shown();
    var keys = column.keys().stream().map(key -> key.substring(0, 2)).distinct().toList();
    String type =
        column
            .type()
            .replace("timestamp with time zone", "timestamptz")
            .replace("character varying", "varchar");
    String right = Visible.cut(type, TYPE) + (column.notNull() ? "" : "?");
    return new Row(
        pair.kind(),
        Visible.cut(column.name(), NAME),
        keys.isEmpty() ? right : right + " " + String.join(" ", keys));
  }

  /** How many cells of a fixed width a text takes: East Asian characters two. */
  static int cells(String text) {
    return text.codePoints().map(c -> c >= 0x1100 && Character.isIdeographic(c) ? 2 : 1).sum();
  }
}
