package dev.rubicon.sequence;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rubicon.engine.EvidenceName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a sequence stands against the columns that it feeds. Positions are what a backup's manifest
 * has as well; values of rows are in none of this.
 *
 * @param quoted its name in SQL
 * @param feeds columns, each with how: {@code identity}, {@code owned}, {@code default}
 * @param owned whether a column owns it; otherwise nothing drops it, and nobody finds it
 * @param unasked columns whose values were not compared, each with the reason
 * @param next what {@code nextval} would give; empty where the range is used up, or may not be read
 * @param free the first number on its grid behind all that are in use; only where it is behind and
 *     its range has one
 * @param setting how to set it by hand, as a repair does; only with {@code free}
 * @param used share of the range that is behind it, 0 to 1
 * @param limit what ends the range
 * @param ours whether our role may set it under a lock
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record SequenceState(
    String sequence,
    String quoted,
    List<String> feeds,
    boolean owned,
    boolean ascending,
    long increment,
    long cache,
    boolean cycles,
    List<String> unasked,
    Optional<Long> next,
    boolean behind,
    Optional<Long> free,
    Optional<String> setting,
    double used,
    String limit,
    boolean ours) {
  /** Under which name it is recorded. */
  public static final EvidenceName<List<SequenceState>> EVIDENCE =
      EvidenceName.ofList("sequences", SequenceState.class);

  /** Why a column is not compared that holds something else than the numbers. */
  static final String NO_ANSWER = "it holds something else than the numbers";

  /** From here on somebody should widen it: a table must be rewritten for it, which takes time. */
  static final double NEARLY_USED_UP = 0.75;

  /** Whether it ends in sight; one that cycles begins anew. */
  public boolean runsOut() {
    return !cycles && used >= NEARLY_USED_UP;
  }

  /** Of {@link #unasked}, what an owner can answer; a computed default has no answer. */
  public List<String> unanswered() {
    return unasked.stream().filter(why -> !why.endsWith(NO_ANSWER)).toList();
  }

  /** The columns, without how. */
  public String columns() {
    return feeds.stream()
        .map(feed -> feed.substring(0, feed.lastIndexOf(' ')))
        .collect(Collectors.joining(", "));
  }
}
