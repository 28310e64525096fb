package dev.rubicon.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs that a way calls. */
public final class Program {
  private Program() {}

  /** A way cannot be had on this machine. */
  public static final class Missing extends RuntimeException {
    private static final long serialVersionUID = 1;

    Missing(String why) {
      super(why);
    }
  }

  /**
   * Runs a line of bash to its end.
   *
   * @param needs programs without which the way is missing
   * @return what it has printed
   */
  public static String bash(Map<String, String> environment, String line, List<String> needs)
      throws IOException, InterruptedException {
    for (String program : needs) {
      if (!onThePath(program)) {
        throw new Missing(program + " is not on the PATH");
      }
    }
    return run(environment, List.of("bash", "-c", "set -euo pipefail; " + line));
  }

  /** Runs it to its end, and says what it has printed. */
  public static String run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("bench", ".out");
    try {
      var builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
      builder.environment().putAll(environment);
      int code = builder.start().waitFor();
      String printed = Files.readString(out);
      if (code != 0) {
        throw new IllegalStateException(command + " ended with " + code + ": " + printed);
      }
      return printed;
    } finally {
      Files.delete(out);
    }
  }

  private static boolean onThePath(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
