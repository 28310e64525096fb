package dev.rubicon.bundle.file;

/**
 * Which files of a runbook's folder are not part of the bundle: whatever lies at or below a name
 * that begins with a dot, and what editors and operating systems leave behind ({@code *~}, {@code
 * #*#}, {@code *.bak}, {@code *.orig}, {@code *.rej}, {@code *.tmp}, {@code *.swp}, {@code
 * Thumbs.db}).
 */
public final class IgnoredFiles {
  private IgnoredFiles() {}

  public static boolean ignores(String path) {
    for (String segment : path.split("/")) {
      if (segment.startsWith(".")) {
        return true;
      }
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.endsWith("~")
        || (name.startsWith("#") && name.endsWith("#"))
        || name.matches(".*\\.(bak|orig|rej|tmp|swp)")
        || name.equals("Thumbs.db");
  }
}
