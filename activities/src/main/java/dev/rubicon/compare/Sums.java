package dev.rubicon.compare;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Per chunk of one side: rows and hashes. They add up in any order. */
final class Sums {
  private final long[] rows;
  private final BigInteger[] first;
  private final BigInteger[] second;

  Sums(int chunks) {
    rows = new long[chunks];
    first = new BigInteger[chunks];
    second = new BigInteger[chunks];
    Arrays.fill(first, BigInteger.ZERO);
    Arrays.fill(second, BigInteger.ZERO);
  }

  record Chunk(int chunk, long rows, BigInteger first, BigInteger second) {}

  synchronized void add(List<Chunk> part) {
    for (Chunk c : part) {
      rows[c.chunk()] += c.rows();
      first[c.chunk()] = first[c.chunk()].add(c.first());
      second[c.chunk()] = second[c.chunk()].add(c.second());
    }
  }

  long rows(int chunk) {
    return rows[chunk];
  }

  long rows() {
    return Arrays.stream(rows).sum();
  }

  /** Chunks in which the two sides are not the same. */
  int[] differing(Sums other) {
    return IntStream.range(0, rows.length)
        .filter(
            i ->
                rows[i] != other.rows[i]
                    || !first[i].equals(other.first[i])
                    || !second[i].equals(other.second[i]))
        .toArray();
  }
}
