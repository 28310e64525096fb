package dev.rubicon.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runbooks for tests: the full one of the test resources, and copies of it to change. */
final class Samples {
  private Samples() {}

  static Path full() {
    try {
      var marker = Samples.class.getResource("/runbook/full/runbook.yaml");
      return Path.of(java.util.Objects.requireNonNull(marker).toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static void copyFull(Path to) {
    try (var files = Files.walk(full())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        write(to, full().relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path folder, String path, String content) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path folder, String path) {
    try {
      return Files.readString(folder.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
