package dev.rubicon.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandOverTest {
  /** It stands still right after a call for work, and just before a heartbeat was due. */
  @ParameterizedTest
  @ValueSource(ints = {4, 5, 10, 30, 60, 600})
  void noCallForWorkOutlivesTheHeartbeat(int seconds) {
    var handOver = new HandOver(Duration.ofSeconds(seconds));
    Duration handedOn = handOver.timeout().minus(handOver.heartbeat());
    assertThat(handOver.poll()).isLessThan(handedOn).isGreaterThan(Duration.ofSeconds(2));
    assertThat(handOver.heartbeat()).isLessThanOrEqualTo(Duration.ofSeconds(5));
  }
}
