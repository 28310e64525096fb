package dev.rubicon.check;

import dev.rubicon.engine.Progress;
import dev.rubicon.runbook.HttpCall;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Makes the HTTP calls of checks and hooks. A call that could not connect was never seen by the
 * other side and is made again until its timeout is spent; nothing else is repeated here.
 */
final class HttpCaller implements AutoCloseable {
  private static final int MAX_BODY = 1 << 20;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Progress progress;

  HttpCaller(Progress progress) {
    this.progress = progress;
  }

  record Answer(int status, String body) {}

  /** No answer came; the message holds no credentials and no bodies. */
  static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    NoAnswer(String message) {
      super(message);
    }
  }

  /**
   * @param headers sent besides those of the call
   */
  Answer call(HttpCall call, Variables variables, Map<String, String> headers) throws NoAnswer {
    long deadline = System.nanoTime() + call.timeout().toNanos();
    while (true) {
      progress.checkCancelled();
      Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
      HttpRequest request = request(call, variables, headers, left);
      try {
        return send(request);
      } catch (ConnectException | HttpConnectTimeoutException e) {
        if (System.nanoTime() + PAUSE.toNanos() >= deadline) {
          throw new NoAnswer(name(request) + " could not connect");
        }
        pause();
      } catch (IOException e) {
        throw new NoAnswer(name(request) + " gave no answer: " + e.getClass().getSimpleName());
      }
    }
  }

  private Answer send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
    try (var _ = progress.cancelsWith(() -> answer.cancel(true))) {
      HttpResponse<byte[]> response = answer.get();
      return new Answer(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e.getCause());
    } catch (CancellationException e) {
      progress.checkCancelled();
      throw new IOException("the call was cancelled", e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted during an HTTP call");
    }
  }

  static HttpRequest request(
      HttpCall call, Variables variables, Map<String, String> headers, Duration timeout)
      throws NoAnswer {
    try {
      var builder =
          HttpRequest.newBuilder(URI.create(variables.resolve(call.url()))).timeout(timeout);
      call.headers().forEach((name, value) -> builder.setHeader(name, variables.resolve(value)));
      headers.forEach(builder::setHeader);
      var body =
          call.body()
              .map(text -> BodyPublishers.ofString(variables.resolveBody(text)))
              .orElseGet(BodyPublishers::noBody);
      return builder.method(call.method(), body).build();
    } catch (IllegalArgumentException e) {
      // The message of the exception quotes the resolved value, which may be a token.
      throw new NoAnswer("'" + call.url() + "' with its variables filled in is no valid call");
    }
  }

  /** For people: without user info and query, which may carry secrets. */
  private static String name(HttpRequest request) {
    URI uri = request.uri();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return request.method() + " " + uri.getScheme() + "://" + uri.getHost() + port + uri.getPath();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted between two HTTP attempts");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
