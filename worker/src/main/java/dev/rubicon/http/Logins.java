package dev.rubicon.http;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failed logins: each is a line in the log, and an address with many has to wait. */
@Singleton
final class Logins {
  private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
  private static final int MOST = 10;
  private static final Duration WITHIN = Duration.ofMinutes(1);

  /** Addresses that are remembered; an IPv6 network has more than a worker has memory. */
  private static final int ADDRESSES = 10_000;

  private record Failures(Instant since, int count) {}

  private final Map<InetAddress, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Failures> eldest) {
          return size() > ADDRESSES;
        }
      };

  /** Refuses to look at one more token from there. */
  synchronized void require(InetAddress from) {
    Failures before = failures.get(from);
    if (before != null && before.count() >= MOST && recent(before)) {
      throw new RubiconException(
          ErrorCode.TOO_MANY_LOGINS,
          MOST + " logins from there failed within " + WITHIN.toSeconds() + " s",
          "wait " + WITHIN.toSeconds() + " s, then send the right token");
    }
  }

  /** The token itself is not said. */
  synchronized void failed(InetAddress from, String path, String why) {
    Failures before = failures.get(from);
    failures.put(
        from,
        before != null && recent(before)
            ? new Failures(before.since(), before.count() + 1)
            : new Failures(Instant.now(), 1));
    LOG.warn("login failed from {}, {}: {}", from.getHostAddress(), printable(path), why);
  }

  private static boolean recent(Failures failures) {
    return failures.since().plus(WITHIN).isAfter(Instant.now());
  }

  /** One line, whatever the path holds. */
  private static String printable(String path) {
    String line = path.replaceAll("[^\\x21-\\x7e]", "?");
    return line.length() > 200 ? line.substring(0, 200) : line;
  }
}
