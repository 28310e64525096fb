package dev.rubicon.stack.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Which of the turns this build has: {@code -Drubicon.turn=} a number, {@code all}, or {@code
 * auto}, which goes on by one with each commit. Tests that are named ({@code -Dtest=}) all run, and
 * so do all where nothing is said, as in an IDE.
 */
public final class Turns {
  /** So many builds run everything. */
  public static final int COUNT = 4;

  private static final int ALL = 0;
  private static final int CURRENT = chosen();

  private Turns() {}

  /** The turn of what has no number of its own; the same on every machine. */
  static int of(String name) {
    var sum = new CRC32();
    sum.update(name.getBytes(StandardCharsets.UTF_8));
    return (int) (sum.getValue() % COUNT) + 1;
  }

  /** Whether what has this turn runs now. */
  public static boolean hasCome(int turn) {
    return CURRENT == ALL || CURRENT == turn;
  }

  /** For people: {@code 3}, or {@code all}. */
  static String current() {
    return CURRENT == ALL ? "all" : Integer.toString(CURRENT);
  }

  private static int chosen() {
    String said = System.getProperty("rubicon.turn", "all");
    if (said.equals("all") || System.getProperty("test") != null) {
      return ALL;
    }
    int turn = said.equals("auto") ? ofTheCommit() : Integer.parseInt(said);
    if (turn < 1 || turn > COUNT) {
      throw new IllegalArgumentException(
          "-Drubicon.turn=" + said + ": it is auto, all, or a number from 1 to " + COUNT);
    }
    System.out.printf("turn %d of %d; -Drubicon.turn=all runs everything%n", turn, COUNT);
    return turn;
  }

  /** Without git, as in an unpacked archive, the first. */
  private static int ofTheCommit() {
    try {
      var git = new ProcessBuilder("git", "rev-list", "--count", "HEAD").start();
      git.getOutputStream().close();
      String count =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return count.isEmpty() ? 1 : (int) (Long.parseLong(count) % COUNT) + 1;
    } catch (IOException e) {
      System.out.println("not known how many commits there are: " + e.getMessage());
      return 1;
    }
  }
}
