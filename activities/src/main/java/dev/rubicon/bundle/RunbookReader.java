package dev.rubicon.bundle;

import dev.rubicon.bundle.file.MigrationFiles;
import dev.rubicon.bundle.file.RunbookFolder;
import dev.rubicon.bundle.shape.References;
import dev.rubicon.bundle.shape.RunbookShape;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.yaml.Problem;
import dev.rubicon.yaml.Reading;
import dev.rubicon.yaml.YamlFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Reads a runbook's folder, strictly: what is unknown, missing or dangling is refused, all of it at
 * once, each with file, line and column.
 */
public final class RunbookReader {
  /** The file that makes a folder a runbook. */
  public static final String FILE = "runbook.yaml";

  private RunbookReader() {}

  /**
   * @throws RubiconException RUNBOOK_INVALID with every problem on a line of its own
   */
  public static Bundle read(Path folder) {
    RunbookFolder content = folder(folder);
    return bundle(content, label(folder));
  }

  /** What is wrong with the runbook; empty when nothing is. */
  public static List<Problem> problems(Path folder) {
    RunbookFolder content = folder(folder);
    return outcome(content, label(folder)).reading().problems();
  }

  /** The JSON Schema of runbook.yaml (draft 2020-12), as it lies beside the classes. */
  public static String schema() {
    return RunbookShape.schema().toPrettyString() + "\n";
  }

  /** From files already at hand: a bundle that comes back from the store, or a long form. */
  public static Bundle read(SortedMap<String, byte[]> files, String label) {
    return bundle(new RunbookFolder(files, List.of()), label);
  }

  private static Bundle bundle(RunbookFolder content, String label) {
    Outcome outcome = outcome(content, label);
    List<Problem> problems = outcome.reading().problems();
    if (!problems.isEmpty() || outcome.runbook().isEmpty()) {
      throw new RubiconException(
          ErrorCode.RUNBOOK_INVALID,
          String.join("\n", problems.stream().map(Problem::toString).toList()),
          "mend what is named, then: rubicon validate");
    }
    return new Bundle(BundleDigest.of(content.files()), outcome.runbook().get(), content.files());
  }

  private record Outcome(Optional<Runbook> runbook, Reading reading) {}

  private static Outcome outcome(RunbookFolder content, String label) {
    var reading =
        new Reading(
            ErrorCode.RUNBOOK_INVALID, label + FILE, new TreeSet<>(content.files().keySet()));
    content.report(reading);
    byte[] yaml = content.files().get(FILE);
    if (yaml == null) {
      reading.problem(1, 1, "is not there");
      return new Outcome(Optional.empty(), reading);
    }
    Optional<Runbook> runbook =
        YamlFile.parse(yaml, reading).flatMap(root -> RunbookShape.runbook().decode(root, reading));
    runbook.ifPresent(
        r -> {
          References.check(r, reading);
          ServerReach.check(r, content.files(), reading);
          r.expand()
              .migrations()
              .ifPresent(
                  folder -> MigrationFiles.check(folder, inside(content.files(), folder), reading));
        });
    return new Outcome(runbook, reading);
  }

  private static SortedMap<String, byte[]> inside(SortedMap<String, byte[]> files, String folder) {
    var inside = new java.util.TreeMap<String, byte[]>();
    files.forEach(
        (path, content) -> {
          if (path.startsWith(folder + "/")) {
            inside.put(path.substring(folder.length() + 1), content);
          }
        });
    return inside;
  }

  private static RunbookFolder folder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new RubiconException(
          ErrorCode.RUNBOOK_INVALID,
          folder + " is no folder",
          "name the folder that holds runbook.yaml");
    }
    return RunbookFolder.read(folder);
  }

  private static String label(Path folder) {
    String name = folder.toString();
    return name.isEmpty() ? "" : name.endsWith("/") ? name : name + "/";
  }
}
