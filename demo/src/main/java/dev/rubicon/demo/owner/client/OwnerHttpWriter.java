package dev.rubicon.demo.owner.client;

import dev.rubicon.demo.app.MiniJson;
import dev.rubicon.demo.app.client.Attempt;
import dev.rubicon.demo.app.client.Pace;
import dev.rubicon.demo.app.client.Side;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** A user of the API: has runs ingested over HTTP, whichever build answers. */
final class OwnerHttpWriter implements Runnable {
  private final OwnerTraffic traffic;
  private final URI app;
  private final Pace pace;
  private volatile boolean stopped;

  OwnerHttpWriter(OwnerTraffic traffic, URI app, double perSecond) {
    this.traffic = traffic;
    this.app = app;
    this.pace = new Pace(perSecond);
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build()) {
      while (!stopped) {
        pace.await();
        try (var _ = traffic.intermission.operation()) {
          call(client);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void call(HttpClient client) throws InterruptedException {
    var row = new Row(Kind.RUN, UUID.randomUUID());
    String model = traffic.value(Kind.RUN);
    String body =
        MiniJson.write(
            Map.of(
                "id",
                row.id,
                "run_mode",
                "final",
                "model_name",
                model,
                "score",
                50,
                "cost_usd",
                0.01));
    HttpRequest request =
        HttpRequest.newBuilder(app.resolve("/api/projects/" + traffic.home + "/runs"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    Instant issued = Instant.now();
    try {
      var answer = client.send(request, BodyHandlers.ofString());
      Map<?, ?> said = MiniJson.object(answer.body());
      Side side = "old".equals(said.get("build")) ? Side.OLD : Side.NEW;
      if (answer.statusCode() == 201) {
        row.acknowledge(model, side == Side.NEW);
        traffic.add(row);
        journal(side, row, issued, Attempt.Result.ACKNOWLEDGED, "");
      } else {
        journal(side, row, issued, Attempt.Result.FAILED, "http " + answer.statusCode());
      }
    } catch (IOException e) {
      row.maybe(model);
      traffic.addUnknown(row);
      journal(Side.NEW, row, issued, Attempt.Result.UNKNOWN, e.getClass().getSimpleName());
    }
  }

  private void journal(Side side, Row row, Instant issued, Attempt.Result result, String error) {
    traffic.journal.add(
        new Attempt(
            side, "http", "insert run", row.id.toString(), issued, Instant.now(), result, error));
  }
}
