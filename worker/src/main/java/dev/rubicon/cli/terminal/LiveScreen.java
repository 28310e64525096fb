package dev.rubicon.cli.terminal;

import java.io.PrintStream;

/** Lines redrawn in place on a terminal. */
public final class LiveScreen {
  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final String CLEAR_BELOW = "\u001b[0J";

  private final PrintStream out;
  private int drawn;
  private String last = "";

  public LiveScreen(PrintStream out) {
    this.out = out;
  }

  public void show(String text) {
    var frame = new StringBuilder();
    if (drawn > 0) {
      frame.append(UP.formatted(drawn));
    }
    var lines = text.lines().toList();
    for (String line : lines) {
      frame.append('\r').append(CLEAR_LINE).append(line).append('\n');
    }
    frame.append(CLEAR_BELOW);
    out.print(frame);
    out.flush();
    drawn = lines.size();
    last = text;
  }

  /** The last frame with a line below. */
  public void note(String line) {
    String frame = last;
    show(frame + "\n" + line);
    last = frame;
  }
}
