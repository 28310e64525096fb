package dev.rubicon.workflow;

import dev.rubicon.message.Decision;
import java.nio.charset.StandardCharsets;

/** One line for the Temporal UI's event list. */
public final class SummaryText {
  /** The server refuses longer ones; some keep 400 bytes, none fewer than these. */
  private static final int BYTES = 200;

  /** Enough to distinguish digests, and to find the whole one beside it. */
  private static final int DIGEST = 12;

  private SummaryText() {}

  /** In one line and at most 200 bytes; what is cut off ends in an ellipsis. */
  public static String of(String text) {
    return cut(text, BYTES);
  }

  static String cut(String text, int bytes) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    if (length(line) <= bytes) {
      return line;
    }
    int end = 0;
    int used = length("…");
    while (used < bytes) {
      int next = line.codePointAt(end);
      used += length(Character.toString(next));
      if (used <= bytes) {
        end += Character.charCount(next);
      }
    }
    return line.substring(0, end) + "…";
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A decision that is carried out: who, what, of which digest, and why. */
  static String accepted(Decision decision) {
    return of(said(decision));
  }

  /** One that policy refused; it begins so that it cannot be mistaken for one that counts. */
  static String refused(Decision decision, String code) {
    return of("REFUSED " + code + ": " + said(decision));
  }

  private static String said(Decision decision) {
    // A name may be as long as a summary: what was decided is to be read all the same.
    return cut(decision.by().shown(), 60)
        + ": "
        + cut(what(decision), 70)
        + ": "
        + decision.by().reason();
  }

  /** What is decided, with what distinguishes it from others of its kind. */
  static String what(Decision decision) {
    return switch (decision) {
      case Decision.Approve approval -> approval.action() + " " + digest(approval.digest());
      case Decision.Throttle throttle ->
          throttle.rowsPerSecond() == 0
              ? "lift the throttle"
              : "throttle to " + throttle.rowsPerSecond() + " rows/s";
      case Decision.Rollback rollback ->
          rollback.losing().isEmpty()
              ? rollback.action()
              : rollback.action() + ", losing rows of " + String.join(", ", rollback.losing());
      case Decision.SignOff _,
          Decision.Pause _,
          Decision.Resume _,
          Decision.Abort _,
          Decision.ExtendWatch _ ->
          decision.action();
    };
  }

  static String digest(String whole) {
    return whole.substring(0, Math.min(DIGEST, whole.length()));
  }
}
