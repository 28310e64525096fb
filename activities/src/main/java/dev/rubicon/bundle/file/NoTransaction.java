package dev.rubicon.bundle.file;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A migration whose statements commit by themselves: a {@code CALL} of a procedure that works in
 * short transactions. It says so, with its reason, in the comment at its top.
 */
public final class NoTransaction {
  private static final Pattern MARKER = Pattern.compile("^--\\s*no transaction:\\s*(.*)$");

  private NoTransaction() {}

  /** The reason that a migration gives, if it is such a one. */
  public static Optional<String> reason(String migration) {
    return migration
        .lines()
        .map(String::strip)
        .takeWhile(line -> line.startsWith("--"))
        .map(MARKER::matcher)
        .filter(Matcher::matches)
        .map(marker -> marker.group(1).strip())
        .findFirst();
  }
}
