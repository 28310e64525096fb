package dev.rubicon.document;

import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.swing.JComponent;

/** A picture for what shows no SVG, drawn by JSVG with Java's own graphics, without a screen. */
final class Png {
  /** Twice as sharp as the SVG's units, as long as the picture stays within this. */
  private static final double PIXELS = 16_000_000;

  private Png() {}

  /** Empty on a machine whose Java has no fonts or no graphics: the SVG shows the same. */
  static Optional<byte[]> of(String svg) {
    System.setProperty("java.awt.headless", System.getProperty("java.awt.headless", "true"));
    try {
      return Optional.of(drawn(svg));
    } catch (LinkageError | InternalError | RuntimeException e) {
      // What Java says where a library of fonts is missing differs by its version.
      return Optional.empty();
    }
  }

  private static byte[] drawn(String svg) {
    var document =
        new SVGLoader()
            .load(
                new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                null,
                LoaderContext.createDefault());
    if (document == null) {
      throw new IllegalStateException("the drawing is no SVG");
    }
    double width = document.size().width;
    double height = document.size().height;
    double scale = Math.min(2, Math.sqrt(PIXELS / (width * height)));
    var image =
        new BufferedImage(
            Math.max(1, (int) Math.ceil(width * scale)),
            Math.max(1, (int) Math.ceil(height * scale)),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.scale(scale, scale);
      document.render((JComponent) null, graphics);
    } finally {
      graphics.dispose();
    }
    try {
      var out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
