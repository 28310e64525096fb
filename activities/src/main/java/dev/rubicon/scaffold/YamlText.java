package dev.rubicon.scaffold;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Values as a drafted runbook has them: plain where YAML takes them for text, else quoted. */
final class YamlText {
  private static final Set<String> NOT_TEXT =
      Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

  private YamlText() {}

  static String scalar(String value) {
    return value.matches("[A-Za-z_][A-Za-z0-9_./-]*") && !NOT_TEXT.contains(value.toLowerCase())
        ? value
        : quoted(value);
  }

  /** In double quotes, which are right for every text; in single ones where that reads better. */
  static String quoted(String value) {
    if (value.contains("\"") && value.matches("[ -&(-~]*")) {
      return "'" + value + "'";
    }
    var text = new StringBuilder("\"");
    value
        .chars()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                default -> {
                  boolean seen = c >= ' ' && c != 0x7f && c != 0x85 && c != 0x2028 && c != 0x2029;
                  text.append(seen ? String.valueOf((char) c) : "\\u%04x".formatted(c));
                }
              }
            });
    return text.append('"').toString();
  }

  /**
   * On one line.
   *
   * @param values written already
   */
  static String mapping(Map<String, String> values) {
    return values.entrySet().stream()
        .map(e -> scalar(e.getKey()) + ": " + e.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** Each line a comment. */
  static String comment(String text) {
    return text.strip()
        .lines()
        .map(line -> ("# " + line).strip() + "\n")
        .collect(Collectors.joining());
  }
}
