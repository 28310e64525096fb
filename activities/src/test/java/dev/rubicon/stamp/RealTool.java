package dev.rubicon.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rubicon.stack.SharedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A migration tool itself, behind {@code src/test/resources/tools/TOOL.sh}, in a folder of its own.
 */
record RealTool(String name, Path folder, String database) {
  private static final Path SCRIPTS = Path.of("src/test/resources/tools").toAbsolutePath();

  /** Whether it is to be had here. */
  boolean available() {
    return run("available").exit() == 0;
  }

  /** Writes the migration that creates table {@code tN}. */
  void migration(int number) {
    ok("migration", Integer.toString(number));
  }

  /** Applies what is pending. */
  void up() {
    ok("up");
  }

  /** What the tool says that it has yet to apply; it fails where it finds something wrong. */
  List<String> pending() {
    return ok("pending").lines().filter(line -> !line.isBlank()).toList();
  }

  /** The files of its folder, by their paths. */
  Map<String, byte[]> files(String below) {
    var files = new TreeMap<String, byte[]>();
    try (var paths = Files.walk(folder.resolve(below))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(path).toString(), Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** That of this test, also where a launcher has loaded it by a class loader of its own. */
  private static String classpath() {
    return Thread.currentThread().getContextClassLoader() instanceof URLClassLoader loader
        ? Stream.of(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
        : System.getProperty("java.class.path");
  }

  private record Result(int exit, String output, String log) {}

  private String ok(String... arguments) {
    Result result = run(arguments);
    if (result.exit() != 0) {
      throw new IllegalStateException(
          name + " " + List.of(arguments) + ": " + result.output() + result.log());
    }
    return result.output();
  }

  private Result run(String... arguments) {
    var server = SharedPostgres.server();
    var command = new ArrayList<>(List.of("bash", SCRIPTS.resolve("run.sh").toString(), name));
    command.addAll(List.of(arguments));
    try {
      Path log = Files.createTempFile("tool", ".log");
      var builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectError(log.toFile());
      builder
          .environment()
          .putAll(
              Map.of(
                  "PGHOST", server.host(),
                  "PGPORT", Integer.toString(server.port()),
                  "PGUSER", server.superuser(),
                  "PGPASSWORD", server.password(),
                  "PGDATABASE", database,
                  "URL",
                      "postgresql://%s:%s@%s:%d/%s"
                          .formatted(
                              server.superuser(),
                              server.password(),
                              server.host(),
                              server.port(),
                              database),
                  "JAVA", ProcessHandle.current().info().command().orElse("java"),
                  "CLASSPATH", classpath()));
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      var result = new Result(process.waitFor(), output, Files.readString(log));
      Files.delete(log);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
