package dev.rubicon.yaml;

import dev.rubicon.error.ErrorCode;
import java.util.Comparator;
import java.util.Optional;

/**
 * One thing that is wrong in a file that the user wrote.
 *
 * @param line from 1
 * @param column from 1, in characters
 * @param message what is wrong, without secrets
 * @param suggestion the nearest valid word
 */
public record Problem(
    ErrorCode code, String file, int line, int column, String message, Optional<String> suggestion)
    implements Comparable<Problem> {

  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::message);

  /** As compilers print it: {@code file:line:column: message (did you mean 'x'?)}. */
  @Override
  public String toString() {
    String place = file + ":" + line + ":" + column + ": " + message;
    return suggestion.map(word -> place + " (did you mean '" + word + "'?)").orElse(place);
  }

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }
}
