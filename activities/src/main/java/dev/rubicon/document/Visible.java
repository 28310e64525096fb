package dev.rubicon.document;

/** Text of others as one line in which nothing acts unseen. */
final class Visible {
  private Visible() {}

  /**
   * White space becomes one blank; control characters, and those that turn the direction of
   * writing, become U+FFFD.
   */
  static String line(String text) {
    var out = new StringBuilder(text.length());
    text.strip()
        .replaceAll("\\s+", " ")
        .codePoints()
        .forEach(
            c -> {
              boolean hidden =
                  c < 0x20
                      || c >= 0x7f && c < 0xa0
                      || c >= 0x200b && c <= 0x200f
                      || c >= 0x2028 && c <= 0x202e
                      || c >= 0x2066 && c <= 0x2069
                      || c >= 0xd800 && c < 0xe000
                      || c == 0xfeff
                      || c == 0xfffe
                      || c == 0xffff;
              out.appendCodePoint(hidden ? 0xfffd : c);
            });
    return out.toString();
  }

  /** At most so many characters, the last one a sign that there were more. */
  static String cut(String text, int most) {
    String line = line(text);
    int points = line.codePointCount(0, line.length());
    return points <= most ? line : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
  }
}
