package dev.rubicon.objectstore;

/**
 * How big each part of an upload of unknown length is. Parts double twelve times over the number
 * that the store allows: small streams get along with small buffers, and 10,000 parts hold over 10
 * TiB, 1,000 parts over 1 TiB.
 */
record PartSizes(int limit) {
  static final long SMALLEST = 8L << 20;
  static final long LARGEST = 5L << 30;
  private static final int STEPS = 12;

  PartSizes {
    if (limit < STEPS) {
      throw new IllegalArgumentException("a store that allows " + limit + " parts is of no use");
    }
  }

  /** Bytes of the part with that number, from 1. */
  long of(int number) {
    int step = (number - 1) / Math.max(1, limit / STEPS);
    return step >= 10 ? LARGEST : Math.min(LARGEST, SMALLEST << step);
  }

  /** What the store can take in all. */
  long capacity() {
    long sum = 0;
    for (int number = 1; number <= limit; number++) {
      sum += of(number);
    }
    return sum;
  }
}
