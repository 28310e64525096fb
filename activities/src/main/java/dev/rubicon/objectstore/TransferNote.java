package dev.rubicon.objectstore;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * Which side a transfer waits for, for the operator: the store, or the side that gives it what it
 * stores or takes what it gives. The thread that transfers says what it waits for; any thread may
 * read the text.
 */
public final class TransferNote {
  /** Of a rate: long enough for what the kernel buffers to even out. */
  private static final Duration WINDOW = Duration.ofMinutes(2);

  /** For which side it waits. */
  private static final Duration LATELY = Duration.ofSeconds(10);

  private static final Duration EARLIEST = Duration.ofSeconds(1);

  private enum Waiting {
    STORE,
    OTHER,
    NOBODY
  }

  private record Sample(long at, long store, long other, long moved, long passed) {}

  private final Traffic traffic;
  private final String verb;
  private final String participle;
  private final String otherSide;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private Waiting waiting = Waiting.NOBODY;
  private long since = System.nanoTime();
  private long store;
  private long other;
  private long passed;

  private TransferNote(Traffic traffic, String verb, String participle, String otherSide) {
    this.traffic = traffic;
    this.verb = verb;
    this.participle = participle;
    this.otherSide = otherSide;
    samples.add(sample(since));
  }

  /**
   * @param source and its verb, e.g. {@code "pg_dump gives"}
   */
  public static TransferNote ofUpload(Traffic traffic, String source) {
    return new TransferNote(traffic, "takes", "taken", source);
  }

  /**
   * @param sink and its verb, e.g. {@code "the disk takes"}
   */
  public static TransferNote ofDownload(Traffic traffic, String sink) {
    return new TransferNote(traffic, "gives", "given", sink);
  }

  public void waitsForStore() {
    turn(Waiting.STORE);
  }

  public void waitsForOther() {
    turn(Waiting.OTHER);
  }

  /** Nothing is said any more. */
  public void done() {
    turn(Waiting.NOBODY);
  }

  /** So many bytes have come through. */
  public synchronized void passed(int bytes) {
    passed += bytes;
  }

  private synchronized void turn(Waiting next) {
    account(System.nanoTime());
    waiting = next;
  }

  private void account(long now) {
    switch (waiting) {
      case STORE -> store += now - since;
      case OTHER -> other += now - since;
      case NOBODY -> {}
    }
    since = now;
  }

  private Sample sample(long now) {
    return new Sample(now, store, other, traffic.moved(), passed);
  }

  /** Empty when there is nothing to show yet. */
  public synchronized String text() {
    long now = System.nanoTime();
    account(now);
    if (waiting == Waiting.NOBODY) {
      return "";
    }
    Optional<Traffic.Silence> silence = traffic.silence();
    if (silence.isPresent()) {
      return "the object store has "
          + (silence.get().handedOver() ? "not answered" : participle + " nothing")
          + " for "
          + silence.get().lasted().toSeconds()
          + " s (attempt "
          + traffic.attempt()
          + ")";
    }
    Sample latest = sample(now);
    samples.add(latest);
    while (samples.size() > 2 && now - samples.getFirst().at() > WINDOW.toNanos()) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    long elapsed = now - first.at();
    if (elapsed < EARLIEST.toNanos()) {
      return "";
    }
    Sample recent =
        samples.stream()
            .filter(sample -> now - sample.at() <= LATELY.toNanos())
            .findFirst()
            .filter(sample -> sample != latest)
            .orElse(first);
    boolean byStore = latest.store() - recent.store() > latest.other() - recent.other();
    return byStore
        ? "the object store "
            + verb
            + " "
            + rate(latest.moved() - first.moved(), elapsed)
            + (traffic.attempt() > 1 ? " (attempt " + traffic.attempt() + ")" : "")
        : otherSide + " " + rate(latest.passed() - first.passed(), elapsed);
  }

  private static String rate(long bytes, long nanos) {
    double kilobytes = bytes / 1e3 / (nanos / 1e9);
    return kilobytes < 1000
        ? Math.round(kilobytes) + " KB/s"
        : String.format(Locale.ROOT, "%.1f MB/s", kilobytes / 1000);
  }
}
