package dev.rubicon.document;

/** Names and texts of others in Markdown: they are shown as they are, and mean nothing in it. */
final class Markdown {
  private Markdown() {}

  /** As text. */
  static String text(String text) {
    var out = new StringBuilder();
    Visible.line(text)
        .codePoints()
        .forEach(
            c -> {
              // Backslashes before these alone: a sentence stays legible.
              if (c < 0x80 && "\\`*_[]<>|~&#".indexOf(c) >= 0) {
                out.append('\\');
              }
              out.appendCodePoint(c);
            });
    return out.toString();
  }

  /** As code: more backticks than the text has in a row; a pipe would end a cell even there. */
  static String code(String text) {
    String line = Visible.line(text);
    if (line.isBlank()) {
      return "";
    }
    String fence = "`";
    while (line.contains(fence)) {
      fence += "`";
    }
    String pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
    return fence + pad + line.replace("|", "\\|") + pad + fence;
  }
}
