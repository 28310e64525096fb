import com.google.googlejavaformat.java.Formatter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks ({@code check}) or rewrites ({@code write}) every Java source with google-java-format. A
 * program of its own because the formatter must run on the JDK that we build with, not on Maven's.
 */
final class Format {
  private Format() {}

  public static void main(String[] arguments) throws Exception {
    boolean write = arguments[0].equals("write");
    Path root = Path.of(arguments[1]);
    var formatter = new Formatter();
    var different = new ArrayList<Path>();
    for (String module : List.of("stack", "workflows", "migrations", "activities", "worker", "demo")) {
      Path sources = root.resolve(module).resolve("src");
      if (!Files.isDirectory(sources)) {
        continue;
      }
      try (var files = Files.walk(sources)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
          String source = Files.readString(file);
          String formatted = formatter.formatSourceAndFixImports(source);
          if (!source.equals(formatted)) {
            different.add(file);
            if (write) {
              Files.writeString(file, formatted);
            }
          }
        }
      }
    }
    if (!write && !different.isEmpty()) {
      System.err.println("not formatted (mvn -Pformat validate mends it): " + different);
      System.exit(1);
    }
  }
}
