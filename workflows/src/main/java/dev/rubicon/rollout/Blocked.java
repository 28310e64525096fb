package dev.rubicon.rollout;

import java.util.List;

/**
 * How long clients waited while the authority changed hands.
 *
 * @param attempts the one that committed, and those that gave way before
 * @param atMostMs the longest attempt: no client waited longer for it
 * @param locksMs of all attempts, what was spent waiting for locks; clients that came after it
 *     waited too
 * @param waitedFor sessions that held those locks
 * @param ended sessions that were ended, as the runbook allows
 * @param commitTimed false where the worker died before it recorded how long the commit took: the
 *     last attempt then counts up to its commit
 */
public record Blocked(
    int attempts,
    double atMostMs,
    double locksMs,
    Sessions waitedFor,
    Sessions ended,
    boolean commitTimed) {
  public static final Blocked NOT = new Blocked(0, 0, 0, Sessions.NONE, Sessions.NONE, true);

  String line() {
    return attempts == 0
        ? "clients were not blocked"
        : Lines.text(
                "clients blocked for %.0f ms at most%s, attempts %d, waiting for locks %.0f ms",
                atMostMs, commitTimed ? "" : " before the commit", attempts, locksMs)
            + (waitedFor.count() == 0 ? "" : ", behind " + waitedFor.line())
            + (ended.count() == 0 ? "" : ", ended " + ended.line());
  }

  /**
   * How many they were, and which.
   *
   * @param named the first few of them
   */
  public record Sessions(int count, List<String> named) {
    private static final int NAMED = 5;
    public static final Sessions NONE = new Sessions(0, List.of());

    public static Sessions of(List<String> all) {
      return new Sessions(all.size(), List.copyOf(all.subList(0, Math.min(NAMED, all.size()))));
    }

    String line() {
      return String.join("; ", named)
          + (count > named.size() ? " and " + (count - named.size()) + " more" : "");
    }
  }
}
