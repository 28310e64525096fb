package dev.rubicon.bundle.file;

import dev.rubicon.yaml.Nearest;
import dev.rubicon.yaml.Reading;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the folder of expand migrations: each version once, each with its way back. */
public final class MigrationFiles {
  private static final Pattern NAME = Pattern.compile("([VU])(\\d+(?:[._]\\d+)*)__(.+)\\.sql");
  private static final Pattern IRREVERSIBLE = Pattern.compile("^--\\s*irreversible:\\s*(.*)$");

  private MigrationFiles() {}

  /**
   * @param folder as the runbook names it
   * @param files its files, relative to it
   */
  public static void check(String folder, SortedMap<String, byte[]> files, Reading reading) {
    var versions = new HashMap<String, String>();
    boolean any = false;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String name = file.getKey();
      String path = folder + "/" + name;
      Matcher matcher = NAME.matcher(name);
      if (!matcher.matches()) {
        if (!name.endsWith(".md")) {
          reading.problemIn(
              path, 1, "is neither V<version>__<name>.sql nor U<version>__<name>.sql");
        }
        continue;
      }
      if (text(file.getValue()).isBlank()) {
        reading.problemIn(path, 1, "is empty");
      }
      if (matcher.group(1).equals("U")) {
        checkUndo(path, name, files, reading);
        continue;
      }
      any = true;
      String version = matcher.group(2).replace('_', '.').replaceAll("(?<![0-9])0+(?=[0-9])", "");
      if (version.matches("0(\\.0)*")) {
        reading.problemIn(
            path, 1, "has version 0, at which the history begins: the first version is above it");
      }
      String other = versions.putIfAbsent(version, name);
      if (other != null) {
        reading.problemIn(path, 1, "has the same version as " + other);
      }
      checkReversible(path, name, file.getValue(), files, reading);
    }
    if (!any) {
      reading.problemIn(folder, 1, "holds no migration V<version>__<name>.sql");
    }
  }

  /** The greatest first number of their versions; zero where there is none. */
  public static BigInteger last(Set<String> files) {
    return files.stream()
        .map(file -> NAME.matcher(file.substring(file.lastIndexOf('/') + 1)))
        .filter(Matcher::matches)
        .map(matcher -> new BigInteger(matcher.group(2).split("[._]")[0]))
        .max(BigInteger::compareTo)
        .orElse(BigInteger.ZERO);
  }

  private static void checkReversible(
      String path, String name, byte[] content, Map<String, byte[]> files, Reading reading) {
    String undo = "U" + name.substring(1);
    Matcher marker = IRREVERSIBLE.matcher(text(content).lines().findFirst().orElse("").strip());
    boolean irreversible = marker.matches();
    if (irreversible && marker.group(1).isBlank()) {
      reading.problemIn(path, 1, "says '-- irreversible:' without a reason");
    }
    if (NoTransaction.reason(text(content)).filter(String::isBlank).isPresent()) {
      reading.problemIn(path, 1, "says '-- no transaction:' without a reason");
    }
    if (irreversible && files.containsKey(undo)) {
      reading.problemIn(path, 1, "is irreversible, and has " + undo + ": one of them is not true");
    }
    if (!irreversible && !files.containsKey(undo)) {
      var undos = files.keySet().stream().filter(f -> f.startsWith("U")).toList();
      reading.problemIn(
          path,
          1,
          "has no "
              + undo
              + ", and its first line is not '-- irreversible: reason'"
              + Nearest.to(undo, undos)
                  .map(near -> " (is " + near + " meant to be it?)")
                  .orElse(""));
    }
  }

  private static void checkUndo(
      String path, String name, Map<String, byte[]> files, Reading reading) {
    String migration = "V" + name.substring(1);
    if (!files.containsKey(migration)) {
      reading.problemIn(path, 1, "undoes " + migration + ", which is not there");
    }
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }
}
