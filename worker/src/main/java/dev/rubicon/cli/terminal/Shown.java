package dev.rubicon.cli.terminal;

/** Names and texts of others on a terminal: what would steer it is spelled out. */
public final class Shown {
  private Shown() {}

  /** {@code \\x1b} and the like for control characters and for those that turn the writing. */
  public static String text(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              boolean steers =
                  c < 0x20
                      || c >= 0x7f && c < 0xa0
                      || c >= 0x200e && c <= 0x200f
                      || c >= 0x2028 && c <= 0x202e
                      || c >= 0x2066 && c <= 0x2069;
              if (c == '\n') {
                out.append("\\n");
              } else if (steers) {
                out.append(c < 0x100 ? "\\x%02x".formatted(c) : "\\u%04x".formatted(c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }
}
