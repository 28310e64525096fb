package dev.rubicon.objectstore;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One request and its answer, as far as bytes move. The thread that moves them records it; the
 * watchdog of {@link LimitedHttpClient} reads how long they have not.
 */
final class Exchange {
  private final StoreLimits limits;
  private final long length;
  private final Traffic traffic;
  private final Runnable abort;
  private boolean busy;
  private long since;
  private long busyBefore;
  private long lastMoved;
  private long sent;
  private long received;
  private String ended = "";

  /**
   * @param length of the request's body
   * @param abort closes the connection, also while a call blocks on it; safe from any thread
   */
  Exchange(StoreLimits limits, long length, Traffic traffic, Runnable abort) {
    this.limits = limits;
    this.length = length;
    this.traffic = traffic;
    this.abort = abort;
  }

  /** The calling thread waits for the store from now on. */
  synchronized void begin() throws IOException {
    if (!ended.isEmpty()) {
      throw new Stalled(ended);
    }
    busy = true;
    since = System.nanoTime();
    lastMoved = since;
  }

  synchronized void end() {
    if (busy) {
      busy = false;
      busyBefore += System.nanoTime() - since;
    }
  }

  synchronized void sent(int bytes) {
    sent += bytes;
    moved(bytes);
  }

  synchronized void received(int bytes) {
    received += bytes;
    moved(bytes);
  }

  private void moved(int bytes) {
    lastMoved = System.nanoTime();
    traffic.moved(bytes);
  }

  /** How long nothing has moved that is waited for, once that is remarkable. */
  synchronized Optional<Traffic.Silence> silence() {
    var lasted = Duration.ofNanos(System.nanoTime() - lastMoved);
    return busy && lasted.compareTo(limits.remarkable(patience())) >= 0
        ? Optional.of(new Traffic.Silence(lasted, handedOver()))
        : Optional.empty();
  }

  private Duration patience() {
    return handedOver() ? limits.answer(length) : limits.quiet();
  }

  private boolean handedOver() {
    return length > 0 && sent >= length && received == 0;
  }

  /** Ends it if it is over its limits. */
  void check() {
    String reason;
    synchronized (this) {
      if (!busy || !ended.isEmpty()) {
        return;
      }
      long now = System.nanoTime();
      if (now - lastMoved > patience().toNanos()) {
        reason = "nothing moved for " + patience().toSeconds() + " s";
      } else if (busyBefore + now - since > limits.exchange(sent + received).toNanos()) {
        reason = "slower than " + (limits.slowest() >> 10) + " KB/s";
      } else {
        return;
      }
    }
    stop(reason);
  }

  /** Ends it: a thread that waits for the store gets an {@link IOException} with this reason. */
  void stop(String reason) {
    synchronized (this) {
      if (ended.isEmpty()) {
        ended = reason;
      }
    }
    abort.run();
  }

  /** What a failure was, given that {@code stop} may have closed the connection. */
  synchronized IOException told(IOException failure) {
    return ended.isEmpty() ? failure : new Stalled(ended);
  }

  /** Rubicon closed the connection; the message says why, and nothing else. */
  static final class Stalled extends IOException {
    private static final long serialVersionUID = 1L;

    Stalled(String reason) {
      super(reason);
    }
  }
}
