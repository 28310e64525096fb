package dev.rubicon.repair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of {@code repair/cases.txt}, in one direction.
 *
 * @param schema its own
 * @param differences how many there are
 * @param refused why it is not brought to canonical; empty: it is
 */
record RepairCase(
    String schema, String line, String target, String canonical, int differences, String refused) {

  private static final Pattern LINE = Pattern.compile("(?:\\[(\\d+)] ?)?(?:\\{(\\d+)} ?)?(.*)");
  private static final Pattern BAR = Pattern.compile("(?<= |^)\\|(?= |$)");

  /** All that a server of this major understands. */
  static List<RepairCase> read(int major, boolean back) {
    var cases = new ArrayList<RepairCase>();
    int number = 0;
    for (String line : text().lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      Matcher parsed = LINE.matcher(line);
      parsed.matches();
      if (parsed.group(1) != null && Integer.parseInt(parsed.group(1)) > major) {
        continue;
      }
      String[] parts = BAR.split(parsed.group(3), -1);
      String both = parts[0].strip();
      String target = both + ";" + parts[back ? 2 : 1];
      String canonical = both + ";" + parts[back ? 1 : 2];
      String schema = "c%03d".formatted(number);
      cases.add(
          new RepairCase(
              schema,
              number + (back ? " back: " : ": ") + line.strip(),
              target.replace(":schema", schema),
              canonical.replace(":schema", schema),
              parsed.group(2) == null ? 1 : Integer.parseInt(parsed.group(2)),
              parts.length > (back ? 4 : 3)
                  ? parts[back ? 4 : 3].strip().replaceFirst("^refused: ", "")
                  : ""));
    }
    return cases;
  }

  private static String text() {
    try (var resource = RepairCase.class.getResourceAsStream("/repair/cases.txt")) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return line;
  }
}
