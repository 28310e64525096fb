package dev.rubicon.notify;

import java.time.Instant;
import java.util.List;

/**
 * What the webhook receives, as JSON. No row values and no secrets.
 *
 * @param details e.g. names of failing checks
 * @param at ISO 8601, UTC
 */
public record Notification(
    Event event,
    String rollout,
    String runbook,
    String target,
    String phase,
    String text,
    List<String> details,
    String at) {
  public Notification {
    details = List.copyOf(details);
  }

  /** What happened. */
  public enum Event {
    WAITING,
    ALERT,
    RECOVERED,
    COMPLETED,
    ROLLED_BACK,
    ABORTED,
    FAILED
  }

  public static Notification now(
      Event event,
      String rollout,
      String runbook,
      String target,
      String phase,
      String text,
      List<String> details) {
    return new Notification(
        event, rollout, runbook, target, phase, text, details, Instant.now().toString());
  }
}
