package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What Rubicon's sessions may take of a target, like the settings of an application's pool.
 *
 * @param least sessions that must be had at once before a rollout begins
 * @param most sessions that one process has open at a time; empty: as many as its phases need
 * @param statementTimeout that no statement of theirs exceeds; empty: as each phase sets it
 */
public record Allowance(int least, Optional<Integer> most, Optional<Duration> statementTimeout) {
  /** Fewer, and a phase waits for itself: its lock, its work and its reading are three. */
  public static final int FEWEST = 4;

  public static final Allowance UNLIMITED = new Allowance(1, Optional.empty(), Optional.empty());

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Of this process, by database. */
  private static final Map<String, Semaphore> OPEN = new ConcurrentHashMap<>();

  /** A place among those that may be open, until it is given back. */
  @FunctionalInterface
  public interface Place {
    void giveBack();
  }

  /**
   * For a session, of our own or of a pg_dump that is started.
   *
   * @throws RubiconException TOO_MANY_CONNECTIONS where none comes free in half a minute
   */
  public Place take(Target target) {
    if (most.isEmpty()) {
      return () -> {};
    }
    Semaphore places =
        OPEN.computeIfAbsent(target.url() + " " + most.get(), _ -> new Semaphore(most.get(), true));
    try {
      if (places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return places::release;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RubiconException(
        ErrorCode.TOO_MANY_CONNECTIONS,
        "all " + most.get() + " sessions that '" + target.name() + "' allows Rubicon are in use",
        "raise connections: max of '" + target.name() + "' in rubicon.yaml; then: rubicon resume");
  }

  /** The shorter one; zero has no limit of its own. */
  public Duration within(Duration wanted) {
    return statementTimeout
        .filter(limit -> wanted.isZero() || limit.compareTo(wanted) < 0)
        .orElse(wanted);
  }

  /**
   * How many of the wanted sessions may work beside each other, with room for what else is open.
   */
  public int parallel(int wanted) {
    return most.map(limit -> Math.max(1, Math.min(wanted, limit - FEWEST + 1))).orElse(wanted);
  }
}
