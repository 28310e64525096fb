package dev.rubicon.demo;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * pg_dump and pg_restore: there, or installed, or one line that says how.
 *
 * @param path folders that are searched, as in {@code PATH}
 * @param debian where Debian's packages keep one folder per major version
 * @param root whether packages may be installed
 */
record ClientTools(String path, Path debian, boolean root) {
  private static final String HOW =
      "as root: apt-get install -y postgresql-client (or your system's package), then run it again";

  static ClientTools ofThisMachine() {
    return new ClientTools(
        System.getenv().getOrDefault("PATH", ""),
        Path.of("/usr/lib/postgresql"),
        "root".equals(System.getProperty("user.name")));
  }

  /** Returns once they are there. */
  void ensure(Consumer<String> progress) {
    if (present()) {
      return;
    }
    Optional<Path> apt = onPath("apt-get");
    if (!root || apt.isEmpty()) {
      throw missing("pg_dump and pg_restore are not on this machine");
    }
    progress.accept("installing PostgreSQL's client tools (apt-get install postgresql-client)");
    run(apt.get(), "-q", "update");
    run(apt.get(), "-q", "-y", "--no-install-recommends", "install", "postgresql-client");
    if (!present()) {
      throw missing("pg_dump is not there although its package was installed");
    }
  }

  private boolean present() {
    return (onPath("pg_dump").isPresent() && onPath("pg_restore").isPresent()) || inDebianFolder();
  }

  private Optional<Path> onPath(String program) {
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private boolean inDebianFolder() {
    if (!Files.isDirectory(debian)) {
      return false;
    }
    try (var majors = Files.list(debian)) {
      return majors.anyMatch(
          major ->
              Files.isExecutable(major.resolve("bin/pg_dump"))
                  && Files.isExecutable(major.resolve("bin/pg_restore")));
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static void run(Path program, String... arguments) {
    var command = new ArrayList<String>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
      Path log = Files.createTempFile("rubicon-apt", ".log");
      Process process = builder.redirectOutput(log.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw missing(String.join(" ", command) + " failed, see " + log);
      }
      Files.delete(log);
    } catch (IOException e) {
      throw missing(program + " cannot be run");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw missing("interrupted while installing");
    }
  }

  private static RubiconException missing(String cause) {
    return new RubiconException(ErrorCode.PG_DUMP_MISSING, cause, HOW);
  }
}
