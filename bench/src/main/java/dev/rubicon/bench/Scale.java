package dev.rubicon.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How much is measured.
 *
 * @param sizes numbers of rows
 * @param rounds of which each way has one turn
 */
public record Scale(List<Integer> sizes, int rounds) {
  static final Scale QUICK = new Scale(List.of(100_000), 3);
  static final Scale FULL = new Scale(List.of(100_000, 1_000_000, 5_000_000), 3);

  public boolean quick() {
    return equals(QUICK);
  }

  public IntStream rows() {
    return sizes.stream().mapToInt(n -> n);
  }
}
