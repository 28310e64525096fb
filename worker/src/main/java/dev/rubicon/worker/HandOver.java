package dev.rubicon.worker;

import java.time.Duration;

/**
 * How a worker that stands still loses its work to another. The server takes an activity for lost
 * when no heartbeat has come for the timeout, and gives it to the next poll; polls that the worker
 * made before it stood still must be over by then, or the server would hand the activity to one of
 * these, and wait for the timeout once more.
 *
 * @param timeout after which a silent worker's activity is given to another
 */
record HandOver(Duration timeout) {
  /** The server takes no call for work that gives it less time than two seconds. */
  private static final Duration SHORTEST = Duration.ofMillis(2_500);

  /** The server ends each call for work after a minute by itself. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Duration MOST_SELDOM = Duration.ofSeconds(5);

  /** How often an activity's heartbeat reaches the server, at least. */
  Duration heartbeat() {
    Duration often = timeout.dividedBy(6);
    return often.compareTo(MOST_SELDOM) < 0 ? often : MOST_SELDOM;
  }

  /** How long one call for work lasts: it is over while the last heartbeat still counts. */
  Duration poll() {
    Duration two = timeout.multipliedBy(2).dividedBy(3);
    return two.compareTo(SHORTEST) < 0 ? SHORTEST : two.compareTo(LONGEST) < 0 ? two : LONGEST;
  }
}
