package dev.rubicon.yaml;

import java.util.Collection;
import java.util.Optional;

/** The valid word that somebody most likely meant. */
public final class Nearest {
  private Nearest() {}

  /** The nearest of the words, unless even that one is too far off to be a slip. */
  public static Optional<String> to(String written, Collection<String> words) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String word : words) {
      int distance = distance(fold(written), fold(word));
      if (distance < bestDistance) {
        bestDistance = distance;
        best = word;
      }
    }
    return best != null && bestDistance <= Math.max(2, best.length() / 2)
        ? Optional.of(best)
        : Optional.empty();
  }

  /**
   * {@code maxActiveSessions} and {@code max_active_sessions} are near {@code max-active-sessions}.
   */
  private static String fold(String word) {
    return word.toLowerCase(java.util.Locale.ROOT).replaceAll("[-_ ]", "");
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
