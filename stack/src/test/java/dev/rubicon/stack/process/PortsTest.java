package dev.rubicon.stack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void aServersPortIsNoneThatTheSystemGivesToWhoeverAsksForAny() throws Exception {
    Path range = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    int lowest =
        Files.exists(range)
            ? Integer.parseInt(Files.readAllLines(range).getFirst().strip().split("\\s+")[0])
            : 32_768;
    for (int n = 0; n < 50; n++) {
      assertThat(Ports.free()).isBetween(10_000, lowest - 1);
    }
  }

  @Test
  void aPortThatIsTakenIsNotGiven() throws Exception {
    int port = Ports.free();
    try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.free(port, port)).isNotEqualTo(taken.getLocalPort()).isPositive();
    }
  }

  @Test
  void whereTheRangeIsEmptyAnyPortWillDo() {
    assertThat(Ports.free(10_000, 1023)).isPositive();
  }
}
