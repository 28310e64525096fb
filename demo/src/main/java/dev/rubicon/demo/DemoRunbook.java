package dev.rubicon.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A copy of a runbook's folder in which the day-long watch and the week-long quiet period last
 * seconds. It is another bundle with another digest; nothing else differs.
 */
final class DemoRunbook {
  private DemoRunbook() {}

  static Path source(String name) {
    Path home = Path.of(System.getProperty("rubicon.home", "."));
    return home.resolve("runbooks").resolve(name).toAbsolutePath().normalize();
  }

  static Path copy(Path source, Path to, String watch, String every, String quiet) {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
      Path yaml = to.resolve("runbook.yaml");
      String text = Files.readString(yaml);
      text = set(text, "watch", "duration", watch);
      text = set(text, "watch", "every", every);
      text = set(text, "contract", "quiet-period", quiet);
      Files.writeString(yaml, text);
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces one scalar of a top-level mapping written in block style. */
  static String set(String yaml, String section, String key, String value) {
    Matcher found =
        Pattern.compile(
                "(?m)^("
                    + section
                    + ":[^\\n]*\\n(?:(?:[ \\t].*|#.*)?\\n)*?[ ]+"
                    + key
                    + ":)[^\\n]*$")
            .matcher(yaml);
    if (!found.find()) {
      throw new IllegalStateException("the runbook has no " + section + "." + key);
    }
    return found.replaceFirst("$1 " + value);
  }
}
