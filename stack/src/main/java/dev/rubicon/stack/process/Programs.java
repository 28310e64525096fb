package dev.rubicon.stack.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the system: finding them, and running one to its end. */
public final class Programs {
  private Programs() {}

  /** The program of that name on the PATH, or in one of the folders. */
  public static Optional<Path> find(String name, Path... moreFolders) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return Stream.concat(
            Stream.of(path.split(File.pathSeparator)).filter(f -> !f.isBlank()).map(Path::of),
            Stream.of(moreFolders))
        .map(folder -> folder.resolve(name))
        .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
        .findFirst();
  }

  /** Runs to the end; a failure is an exception that holds the program's output. */
  public static void run(List<String> command) {
    Result result = tried(command);
    if (result.code() != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + " ended with " + result.code() + ": " + result.output());
    }
  }

  /**
   * @param code of its end
   * @param output stdout and stderr, as they came
   */
  public record Result(int code, String output) {}

  /** Runs to the end, whatever that is; there is no input. */
  public static Result tried(List<String> command) {
    try {
      Path out = Files.createTempFile("rubicon-stack", ".out");
      try {
        var process =
            new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        process.getOutputStream().close();
        int code = process.waitFor();
        return new Result(code, Files.readString(out));
      } finally {
        Files.delete(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Between two looks at something that is starting. */
  public static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
