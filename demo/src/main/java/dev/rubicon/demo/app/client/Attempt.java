package dev.rubicon.demo.app.client;

import java.time.Instant;

/**
 * One write as the client saw it.
 *
 * @param operation {@code insert} or {@code update}
 * @param via {@code jdbc} or {@code http}
 * @param issued when the client sent it
 * @param ended when the client knew how it went
 * @param error SQLSTATE or HTTP status of a failure; empty when acknowledged
 */
public record Attempt(
    Side side,
    String via,
    String operation,
    String runId,
    Instant issued,
    Instant ended,
    Result result,
    String error) {

  /** How it went. */
  public enum Result {
    ACKNOWLEDGED,
    /** The server said no: nothing was written. */
    FAILED,
    /** The connection was lost and it is unknown whether it was written. */
    UNKNOWN
  }

  public long millis() {
    return java.time.Duration.between(issued, ended).toMillis();
  }
}
