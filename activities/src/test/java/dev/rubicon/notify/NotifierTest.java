package dev.rubicon.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.check.CheckSamples.Web;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Telling is tried a few times and never fails anything. */
class NotifierTest {
  private static final Notification NOTE =
      Notification.now(
          Notification.Event.WAITING, "r-1", "sample", "prod", "expand", "waits", List.of("a"));

  @Test
  void aWebhookThatIsBusyIsToldAgain() {
    var calls = new AtomicInteger();
    try (var web = new Web(r -> new Web.Reply(calls.incrementAndGet() < 3 ? 503 : 204, ""))) {
      assertThat(notifier(web.url()).send(NOTE)).isEqualTo(new Notifier.Delivery(true, 3, ""));
      assertThat(web.requests.getFirst().body())
          .contains("\"event\":\"WAITING\"")
          .contains("\"details\":[\"a\"]");
    }
  }

  @Test
  void aWebhookThatRefusesIsNotPestered() {
    try (var web = new Web(r -> new Web.Reply(401, ""))) {
      assertThat(notifier(web.url()).send(NOTE))
          .isEqualTo(new Notifier.Delivery(false, 1, "status 401"));
    }
  }

  @Test
  void aWebhookThatIsDownIsGivenUpAfterThreeAttempts() {
    assertThat(notifier("http://127.0.0.1:1/").send(NOTE))
        .isEqualTo(new Notifier.Delivery(false, 3, "ConnectException"));
  }

  @Test
  void noWebhookIsNoFailure() {
    assertThat(new Notifier(Optional.empty()).send(NOTE).attempts()).isZero();
  }

  private static Notifier notifier(String url) {
    return new Notifier(Optional.of(URI.create(url)), Duration.ofSeconds(5), Duration.ofMillis(10));
  }
}
