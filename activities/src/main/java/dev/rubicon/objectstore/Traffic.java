package dev.rubicon.objectstore;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an upload or a download does at this moment, read by another thread: bytes that moved, how
 * long the store has been silent, which attempt it is; and a way to end it.
 */
public final class Traffic {
  /** Whose exchange the HTTP client is asked for; the SDK makes it in the calling thread. */
  private static final ScopedValue<Traffic> CURRENT = ScopedValue.newInstance();

  /**
   * A wait without a byte.
   *
   * @param handedOver whether the request is handed to the network in full: only the answer is
   *     missing
   */
  public record Silence(Duration lasted, boolean handedOver) {}

  private final AtomicLong moved = new AtomicLong();
  private volatile Exchange exchange;
  private volatile int attempt = 1;
  private volatile boolean stopped;

  /** The calling thread's, or one that no thread reads. */
  static Traffic current() {
    return CURRENT.isBound() ? CURRENT.get() : new Traffic();
  }

  /** Bytes that moved in either direction, those of failed attempts included. */
  public long moved() {
    return moved.get();
  }

  /** Counts from 1 within each call. */
  public int attempt() {
    return attempt;
  }

  /** How long a call has been waiting without a byte, once that is long enough to be shown. */
  public Optional<Silence> silence() {
    Exchange now = exchange;
    return now == null ? Optional.empty() : now.silence();
  }

  /** Ends what runs, and what would run: safe from any thread, and more than once. */
  public void stop() {
    stopped = true;
    Exchange now = exchange;
    if (now != null) {
      now.stop("stopped");
    }
  }

  boolean stopped() {
    return stopped;
  }

  void moved(int bytes) {
    moved.addAndGet(bytes);
  }

  /** From now on it is this one. */
  void began(Exchange begun) {
    exchange = begun;
    if (stopped) {
      begun.stop("stopped"); // it was said between two exchanges
    }
  }

  <T> T during(int number, S3Call.Attempt<T> call) {
    attempt = number;
    return ScopedValue.where(CURRENT, this).call(() -> call.run(number));
  }
}
