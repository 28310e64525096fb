package dev.rubicon.cli.terminal;

import java.io.PrintStream;
import java.util.Map;

/**
 * Where a command writes.
 *
 * @param out data, and nothing else
 * @param err progress and errors
 */
public record Console(PrintStream out, PrintStream err, Map<String, String> environment) {

  /** Whether a person watches: then lines are redrawn in place. */
  public boolean interactive() {
    java.io.Console console = System.console();
    return console != null
        && console.isTerminal()
        && !"dumb".equals(environment.getOrDefault("TERM", "dumb"));
  }

  /** Whether colours are wanted (https://no-color.org). */
  boolean colours() {
    return interactive() && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** A line of progress. */
  public void progress(String line) {
    err.println(line);
  }
}
