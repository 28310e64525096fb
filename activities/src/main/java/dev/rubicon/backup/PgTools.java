package dev.rubicon.backup;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * PostgreSQL's client tools of one version.
 *
 * @param folder that holds {@code pg_dump} and {@code pg_restore}
 * @param version as pg_dump prints it, e.g. {@code 15.18}
 */
public record PgTools(Path folder, String version) {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+[^\\s]*)");
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  public Path pgDump() {
    return folder.resolve("pg_dump");
  }

  public Path pgRestore() {
    return folder.resolve("pg_restore");
  }

  public int major() {
    return Integer.parseInt(version.split("\\D")[0]);
  }

  /**
   * The tools that fit the server best: its own major version, else the next newer one. pg_dump
   * refuses servers that are newer than itself.
   *
   * @param configured {@code pg-bin} of rubicon.yaml; when present, nothing else is looked at
   */
  public static PgTools forServer(Optional<Path> configured, int serverMajor) {
    List<PgTools> found = configured.map(PgTools::at).orElseGet(PgTools::onThisMachine);
    if (found.isEmpty()) {
      throw new RubiconException(
          ErrorCode.PG_DUMP_MISSING,
          configured
              .map(folder -> "there is no pg_dump and pg_restore in pg-bin: " + folder)
              .orElse("pg_dump and pg_restore are not installed"),
          "apt-get install postgresql-client-" + serverMajor + ", or set pg-bin: in rubicon.yaml");
    }
    return found.stream()
        .filter(tools -> tools.major() >= serverMajor)
        .min(Comparator.comparingInt(PgTools::major))
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.PG_DUMP_TOO_OLD,
                    "pg_dump "
                        + found.stream().map(PgTools::version).distinct().toList()
                        + " is older than the server ("
                        + serverMajor
                        + ")",
                    "apt-get install postgresql-client-"
                        + serverMajor
                        + ", or set pg-bin: in rubicon.yaml"));
  }

  /** Everything installed, in the order in which it is looked for. */
  public static List<PgTools> onThisMachine() {
    var folders = new ArrayList<Path>();
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      if (!folder.isBlank()) {
        folders.add(Path.of(folder));
      }
    }
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> majors = Files.list(DEBIAN)) {
        // Before the PATH: what lies there may be a wrapper that chooses a version by itself.
        folders.addAll(
            0, majors.sorted(Comparator.reverseOrder()).map(m -> m.resolve("bin")).toList());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folders.stream().flatMap(folder -> at(folder).stream()).toList();
  }

  private static List<PgTools> at(Path folder) {
    Path dump = folder.resolve("pg_dump");
    if (!Files.isExecutable(dump) || !Files.isExecutable(folder.resolve("pg_restore"))) {
      return List.of();
    }
    try {
      Process process = new ProcessBuilder(dump.toString(), "--version").start();
      process.getOutputStream().close();
      String line = new String(process.getInputStream().readAllBytes());
      Matcher version = VERSION.matcher(line);
      return process.waitFor() == 0 && version.find()
          ? List.of(new PgTools(folder, version.group(1)))
          : List.of();
    } catch (IOException e) {
      return List.of(); // not a program of this machine
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RubiconException(ErrorCode.PG_DUMP_MISSING, "interrupted", "it is retried", e);
    }
  }
}
