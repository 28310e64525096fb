package dev.rubicon.stack.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import java.util.zip.CRC32;

/**
 * Which of the turns this build has: {@code -Drubicon.turn=} a number, {@code all}, or {@code
 * auto}, which goes on by one with each commit. Tests that are named ({@code -Dtest=}) all run, and
 * so do all where nothing is said, as in an IDE.
 */
public final class Turns {
  /** So many builds run everything. */
  public static final int COUNT = 4;

  static final int ALL = 0;

  private static final int CURRENT =
      chosen(
          System.getProperty("rubicon.turn", "all"),
          System.getProperty("test") != null,
          Turns::commits);

  static {
    if (CURRENT != ALL) {
      System.out.printf("turn %d of %d; -Drubicon.turn=all runs everything%n", CURRENT, COUNT);
    }
  }

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

  static int chosen(String said, boolean named, IntSupplier commits) {
    if (said.equals("all") || named) {
      return ALL;
    }
    if (said.equals("auto")) {
      return commits.getAsInt() % COUNT + 1;
    }
    if (said.length() == 1 && said.charAt(0) >= '1' && said.charAt(0) < '1' + COUNT) {
      return said.charAt(0) - '0';
    }
    throw new IllegalArgumentException(
        "-Drubicon.turn=" + said + ": it is auto, all, or a number from 1 to " + COUNT);
  }

  /** Without git, as in an unpacked archive, none. */
  private static int commits() {
    try {
      var git = new ProcessBuilder("git", "rev-list", "--count", "HEAD").start();
      git.getOutputStream().close();
      String count = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return count.isBlank() ? 0 : Integer.parseInt(count.strip());
    } catch (IOException e) {
      System.out.println("not known how many commits there are: " + e.getMessage());
      return 0;
    }
  }
}
