package dev.rubicon.scaffold;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The folder of a draft. */
record DraftFiles(Path folder) {

  void requireNone() {
    if (Files.exists(folder.resolve("runbook.yaml"))) {
      throw new RubiconException(
          ErrorCode.USAGE,
          folder + " already holds a runbook.yaml",
          "name another folder, or remove the old one");
    }
  }

  /** In their order, so that the runbook is last: a folder with one is whole. */
  void write(Map<String, String> files) {
    files.forEach(
        (path, content) -> {
          Path file = folder.resolve(path);
          try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  static int questions(Map<String, String> files) {
    return (int)
        files.values().stream()
            .flatMap(String::lines)
            .filter(line -> line.contains("QUESTION"))
            .count();
  }
}
