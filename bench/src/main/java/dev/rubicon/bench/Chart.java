package dev.rubicon.bench;

import java.awt.Color;
import java.util.Optional;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Bars of the metric that the first aim is about, by way and size. */
final class Chart {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 320;

  private Chart() {}

  static Optional<String> of(Benchmark benchmark, Figures figures) {
    String metric = benchmark.aims().getFirst().metric();
    var bars = new DefaultCategoryDataset();
    figures
        .series()
        .forEach(
            series ->
                series
                    .median(metric)
                    .ifPresent(
                        value ->
                            bars.addValue(
                                value,
                                series.way(),
                                "%,d %s".formatted(series.size(), benchmark.of()))));
    if (bars.getColumnCount() == 0) {
      return Optional.empty();
    }
    JFreeChart chart =
        ChartFactory.createBarChart(
            benchmark.name(), null, metric, bars, PlotOrientation.VERTICAL, true, false, false);
    chart.setBackgroundPaint(Color.WHITE);
    var renderer = (BarRenderer) chart.getCategoryPlot().getRenderer();
    renderer.setBarPainter(new StandardBarPainter());
    renderer.setShadowVisible(false);
    chart.getCategoryPlot().setBackgroundPaint(Color.WHITE);
    chart.getCategoryPlot().setRangeGridlinePaint(Color.LIGHT_GRAY);
    var svg = new SVGGraphics2D(WIDTH, HEIGHT);
    // The same figures make the same file.
    svg.setDefsKeyPrefix(benchmark.name());
    chart.draw(svg, new java.awt.Rectangle(WIDTH, HEIGHT));
    return Optional.of(svg.getSVGElement());
  }
}
