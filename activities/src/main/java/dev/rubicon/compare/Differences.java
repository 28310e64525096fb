package dev.rubicon.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What a comparison found.
 *
 * @param oneSnapshot whether one snapshot served both sides; where it did not, a write between the
 *     two shows as a difference
 * @param key columns that pair the rows; empty: compared as multisets
 * @param columns compared
 * @param chunks into which the rows were divided by a hash of their key
 * @param differingChunks whose counts or hashes differ
 * @param narrowedChunks of these, how many were narrowed down to rows
 * @param missing rows of the left that the right lacks, in the chunks that were narrowed down
 * @param extra rows of the right that the left lacks
 * @param differing rows that both have, with different values
 * @param mismatches column to rows that differ in it
 * @param rows the first of them
 */
public record Differences(
    Side left,
    Side right,
    boolean oneSnapshot,
    List<String> key,
    List<String> columns,
    int chunks,
    int differingChunks,
    int narrowedChunks,
    long missing,
    long extra,
    long differing,
    Map<String, Long> mismatches,
    List<Row> rows,
    boolean agrees) {

  /**
   * @param rows that were read
   */
  public record Side(String target, String relation, long rows) {}

  /** On which side a row is. */
  public enum Kind {
    MISSING,
    EXTRA,
    DIFFERS
  }

  /**
   * @param key values of the key, in its order; empty where there is none
   * @param columns that differ, where both sides have the row
   * @param times how often one side has it more than the other
   * @param values column to its values, only where they were asked for
   */
  public record Row(
      Kind kind,
      List<String> key,
      List<String> columns,
      long times,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Values> values) {}

  /** Cut after 200 characters; null stands for NULL, and for a row that is not there. */
  public record Values(String left, String right) {}

  /** Whether every chunk that differs was narrowed down: only then are the counts complete. */
  @JsonProperty("complete")
  public boolean complete() {
    return narrowedChunks == differingChunks;
  }
}
