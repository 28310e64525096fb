package dev.rubicon.rollout;

import java.util.List;
import java.util.Locale;

/** Pieces of the lines in which people read facts. */
final class Lines {
  private Lines() {}

  static String set(List<String> sequences) {
    return sequences.isEmpty() ? "" : ", set " + sequences;
  }

  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
