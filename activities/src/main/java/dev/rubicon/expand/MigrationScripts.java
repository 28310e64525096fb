package dev.rubicon.expand;

import dev.rubicon.bundle.file.NoTransaction;
import dev.rubicon.engine.PhaseContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.flywaydb.core.api.MigrationVersion;

/** The bundle's migrations as files: {@code V1__name.sql}, and the {@code U1__…} that undo them. */
record MigrationScripts(SortedMap<String, byte[]> files) {

  static MigrationScripts of(PhaseContext context) {
    return new MigrationScripts(context.bundle().migrations());
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /**
   * The version after those that were applied, if half of it may be there: it has no transaction.
   */
  Optional<String> begun(List<String> applied) {
    return files.keySet().stream()
        .map(MigrationScripts::file)
        .filter(file -> file.matches("V.+__.+\\.sql"))
        .map(file -> Map.entry(MigrationVersion.fromVersion(version(file)), file))
        .filter(next -> !applied.contains(next.getKey().getVersion()))
        .min(Map.Entry.comparingByKey())
        .filter(next -> alone(next.getValue()))
        .map(next -> next.getKey().getVersion());
  }

  /** Whether it runs without a transaction. */
  private boolean alone(String file) {
    return files.entrySet().stream()
        .filter(f -> file(f.getKey()).equals(file))
        .anyMatch(
            f ->
                NoTransaction.reason(new String(f.getValue(), StandardCharsets.UTF_8)).isPresent());
  }

  private static String file(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String version(String file) {
    return file.substring(1, file.indexOf("__")).replace('_', '.');
  }

  /** The scripts that take one back each, by its version. */
  Map<String, String> undo() {
    var scripts = new LinkedHashMap<String, String>();
    files.forEach(
        (name, content) -> {
          String file = file(name);
          if (file.startsWith("U") && file.indexOf("__") > 1) {
            scripts.put(version(file), new String(content, StandardCharsets.UTF_8));
          }
        });
    return scripts;
  }

  /** Into a folder of their own, for Flyway: its free edition warns of undo scripts. */
  Path unpack() {
    try {
      Path folder = Files.createTempDirectory("rubicon-migrations");
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        String name = file(file.getKey());
        if (name.startsWith("V") && name.endsWith(".sql")) {
          Files.write(folder.resolve(name), file.getValue());
          if (alone(name)) {
            Files.writeString(folder.resolve(name + ".conf"), "executeInTransaction=false\n");
          }
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void remove(Path folder) {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
