package dev.rubicon.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts notifications to the webhook. A webhook that is down never fails a rollout: a few attempts,
 * then the failure is logged and returned to the caller, which records it.
 */
public final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int ATTEMPTS = 3;

  private final Optional<URI> webhook;
  private final Duration timeout;
  private final Duration pause;

  /**
   * @param webhook empty: nothing is sent
   */
  public Notifier(Optional<URI> webhook) {
    this(webhook, Duration.ofSeconds(5), Duration.ofMillis(500));
  }

  /**
   * @param timeout of one attempt
   * @param pause before the second attempt; doubles
   */
  Notifier(Optional<URI> webhook, Duration timeout, Duration pause) {
    this.webhook = webhook;
    this.timeout = timeout;
    this.pause = pause;
  }

  /**
   * How telling went.
   *
   * @param reason why it was not delivered; empty when it was
   */
  public record Delivery(boolean delivered, int attempts, String reason) {}

  /** Sends; a failing webhook never throws. */
  public Delivery send(Notification notification) {
    if (webhook.isEmpty()) {
      return new Delivery(false, 0, "no webhook is configured");
    }
    String reason = "";
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(timeout).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(webhook.get())
              .timeout(timeout)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(MAPPER.writeValueAsString(notification)))
              .build();
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (attempt > 1) {
          Thread.sleep(pause.multipliedBy(1L << (attempt - 2)));
        }
        try {
          int status = client.send(request, BodyHandlers.discarding()).statusCode();
          if (status / 100 == 2) {
            return new Delivery(true, attempt, "");
          }
          reason = "status " + status;
          if (status / 100 == 4 && status != 408 && status != 429) {
            return undelivered(notification, attempt, reason);
          }
        } catch (IOException e) {
          reason = e.getClass().getSimpleName();
        }
      }
      return undelivered(notification, ATTEMPTS, reason);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a notification is not JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return undelivered(notification, 0, "interrupted");
    }
  }

  private static Delivery undelivered(Notification notification, int attempts, String reason) {
    // The webhook's URL often holds its token: it is not logged.
    LOG.warn(
        "the webhook was not told of {} in rollout {}: {}",
        notification.event(),
        notification.rollout(),
        reason);
    return new Delivery(false, attempts, reason);
  }
}
