package dev.rubicon.stack.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are started, stopped and started again on the same port. They lie below
 * the range from which the system serves whoever asks for any port (RFC 6335 section 6; Linux:
 * {@code net.ipv4.ip_local_port_range}), so that no client's connection sits on one in the
 * meantime.
 */
public final class Ports {
  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_767;
  private static final int TRIES = 200;
  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  private Ports() {}

  /**
   * A port of the loopback address that nothing listens on now. Drawn at random: two processes that
   * ask at once should not be told the same one.
   */
  public static int free() {
    return free(LOWEST, Math.min(HIGHEST, lowestOfSystem() - 1));
  }

  /** As {@link #free()}, from a range; any port where the range is empty. */
  static int free(int lowest, int highest) {
    for (int n = 0; n < TRIES && lowest <= highest; n++) {
      int port = ThreadLocalRandom.current().nextInt(lowest, highest + 1);
      if (isFree(port)) {
        return port;
      }
    }
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first port that the system gives out by itself; other systems than Linux begin higher. */
  private static int lowestOfSystem() {
    try {
      // By one large read: the kernel answers this file's first read only.
      return Files.exists(RANGE)
          ? Integer.parseInt(Files.readAllLines(RANGE).getFirst().strip().split("\\s+")[0])
          : HIGHEST + 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
