package dev.rubicon.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchSizeTest {
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  /** A table where a row takes a hundredth of a millisecond. */
  private static double took(BatchSize size, boolean waitedFor) {
    double milliseconds = size.rows(NO_LIMIT) / 100.0;
    size.took(milliseconds, waitedFor);
    return milliseconds;
  }

  private static double after(BatchSize size, int batches, boolean waitedFor) {
    double last = 0;
    for (int n = 0; n < batches; n++) {
      last = took(size, waitedFor);
    }
    return last;
  }

  @Test
  void whereNobodyWaitsABatchTakesWhatTheRunbookSays() {
    assertThat(after(new BatchSize(Duration.ofMillis(150), 1_000), 30, false))
        .isBetween(110.0, 150.0);
  }

  @Test
  void whereClientsWaitAgainAndAgainItStaysShort() {
    var size = new BatchSize(Duration.ofMillis(150), 1_000);
    after(size, 30, false);
    after(size, 5, true);
    assertThat(after(size, 20, true)).isBetween(8.0, 12.0);
  }

  @Test
  void afterOneWaitItComesBackSlowly() {
    var size = new BatchSize(Duration.ofMillis(150), 1_000);
    after(size, 30, false);
    took(size, true);
    assertThat(after(size, 10, false)).isLessThan(60);
    assertThat(after(size, 100, false)).isBetween(110.0, 150.0);
  }

  @Test
  void aShorterTimeThanTheShortestIsKept() {
    var size = new BatchSize(Duration.ofMillis(4), 1_000);
    assertThat(after(size, 50, true)).isBetween(2.0, 4.1);
  }
}
