package dev.rubicon.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * Where the server's binaries are: {@code RUBICON_PG_BIN}, else the newest that Debian installed.
 */
final class PostgresBinaries {
  private PostgresBinaries() {}

  static Path find() {
    String configured = System.getenv("RUBICON_PG_BIN");
    if (configured != null && !configured.isBlank()) {
      return Path.of(configured);
    }
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (var majors = Files.list(debian)) {
        var found =
            majors
                .filter(p -> Files.isExecutable(p.resolve("bin/initdb")))
                .max(Comparator.comparingInt(p -> Integer.parseInt(p.getFileName().toString())));
        if (found.isPresent()) {
          return found.get().resolve("bin");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no PostgreSQL server binaries found: set RUBICON_PG_BIN");
  }
}
