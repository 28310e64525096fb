package dev.rubicon.demo;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** pg_dump and pg_restore: there, or installed, or one line that says how. */
final class ClientTools {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final String HOW =
      "as root: apt-get install -y postgresql-client (or your system's package), then run it again";

  private ClientTools() {}

  static void ensure(Consumer<String> progress) {
    if (present()) {
      return;
    }
    boolean mayInstall = "root".equals(System.getProperty("user.name")) && onPath("apt-get");
    if (!mayInstall) {
      throw missing("pg_dump and pg_restore are not on this machine");
    }
    progress.accept("installing PostgreSQL's client tools (apt-get install postgresql-client)");
    run(List.of("apt-get", "-q", "update"));
    run(List.of("apt-get", "-q", "-y", "--no-install-recommends", "install", "postgresql-client"));
    if (!present()) {
      throw missing("pg_dump is not there although its package was installed");
    }
  }

  private static boolean present() {
    return (onPath("pg_dump") && onPath("pg_restore")) || inDebianFolder();
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isBlank())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static boolean inDebianFolder() {
    if (!Files.isDirectory(DEBIAN)) {
      return false;
    }
    try (var majors = Files.list(DEBIAN)) {
      return majors.anyMatch(major -> Files.isExecutable(major.resolve("bin/pg_dump")));
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static void run(List<String> command) {
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
      throw missing(command.getFirst() + " cannot be run");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw missing("interrupted while installing");
    }
  }

  private static RubiconException missing(String cause) {
    return new RubiconException(ErrorCode.PG_DUMP_MISSING, cause, HOW);
  }
}
