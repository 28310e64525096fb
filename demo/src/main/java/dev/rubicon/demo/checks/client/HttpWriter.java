package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.MiniJson;
import dev.rubicon.demo.app.client.Attempt;
import dev.rubicon.demo.app.client.Pace;
import dev.rubicon.demo.app.client.Side;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A user of the API: runs checks over HTTP, whichever build answers. */
final class HttpWriter implements Runnable {
  private final Traffic traffic;
  private final URI app;
  private final UUID user;
  private final String session;
  private final Pace pace;
  private volatile boolean stopped;

  HttpWriter(Traffic traffic, URI app, UUID user, String session, double perSecond) {
    this.traffic = traffic;
    this.app = app;
    this.user = user;
    this.session = session;
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
        try (var _ = traffic.intermission().operation()) {
          call(client);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void call(HttpClient client) throws InterruptedException {
    String runId = traffic.values().runId(Side.NEW) + "h";
    String claim = traffic.values().claim();
    boolean dualWrite = traffic.dualWrite().get();
    HttpRequest request =
        HttpRequest.newBuilder(app.resolve("/api/checks/run"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + session)
            .POST(BodyPublishers.ofString(MiniJson.write(Map.of("claim", claim, "run_id", runId))))
            .build();
    Instant issued = Instant.now();
    try {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        answered(MiniJson.object(answer.body()), runId, claim, dualWrite, issued);
      } else {
        unclear(runId, issued, "http " + answer.statusCode());
      }
    } catch (IOException e) {
      unclear(runId, issued, e.getClass().getSimpleName());
    }
  }

  private void answered(
      Map<?, ?> body, String runId, String claim, boolean dualWrite, Instant issued) {
    boolean byNew = "new".equals(body.get("build"));
    Side side = byNew ? Side.NEW : Side.OLD;
    // Both builds count usage first; the old one does so even where it saves no row.
    traffic.journal().used("user:" + user);
    if (!Boolean.TRUE.equals(body.get("persisted"))) {
      add(side, runId, issued, Attempt.Result.FAILED, "not persisted");
      return;
    }
    Content content =
        Content.old(
            claim,
            Optional.of(MiniJson.write(body.get("config"))),
            Optional.of(MiniJson.write(body.get("counts"))));
    add(side, runId, issued, Attempt.Result.ACKNOWLEDGED, "");
    traffic.keys().add(new Tracked(runId, content, dualWrite || byNew));
  }

  /** An error, or no answer at all: the row is there or is not, and its usage with it. */
  private void unclear(String runId, Instant issued, String error) throws InterruptedException {
    boolean answered = error.startsWith("http ");
    long deadline = System.nanoTime() + (answered ? 0 : Duration.ofSeconds(5).toNanos());
    do {
      try (Connection connection = traffic.database().connect("checks-resolver")) {
        if (StoredRow.read(connection, List.of(runId)).containsKey(runId)) {
          break;
        }
        if (answered) {
          add(Side.NEW, runId, issued, Attempt.Result.FAILED, error);
          return;
        }
      } catch (SQLException e) {
        // The server may just be starting again; the deadline ends this.
      }
      Thread.sleep(100);
    } while (System.nanoTime() < deadline);
    add(Side.NEW, runId, issued, Attempt.Result.UNKNOWN, error);
    traffic.journal().maybeUsed("user:" + user);
  }

  private void add(Side side, String runId, Instant issued, Attempt.Result result, String error) {
    traffic
        .journal()
        .add(new Attempt(side, "http", "insert", runId, issued, Instant.now(), result, error));
  }
}
