package dev.rubicon.client.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleZip;
import dev.rubicon.client.AlreadyDone;
import dev.rubicon.client.Json;
import dev.rubicon.client.Launch;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides and launches through a worker's HTTP API, which knows who calls, and signs it. Needs
 * neither the database's nor Temporal's credentials.
 */
public final class Api implements AutoCloseable {
  /** Says who calls where nobody has a token; the worker records it as unverified. */
  public static final String USER = "Rubicon-User";

  /** As whom the worker took the call. */
  public static final String PRINCIPAL = "Rubicon-Principal";

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** For an answer beyond the patience of what is asked. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final Duration LAUNCHED = Duration.ofMinutes(5);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final URI server;
  private final Caller caller;
  private final Consumer<String> recordedAs;

  /**
   * @param token proves who calls
   * @param user who the caller says to be, where there is no token
   */
  public record Caller(Optional<String> token, String user) {}

  /**
   * @param recordedAs told as whom the worker took a call that decided something
   */
  public Api(URI server, Caller caller, Consumer<String> recordedAs) {
    this.server = server;
    this.caller = caller;
    this.recordedAs = recordedAs;
  }

  /** What clients will notice of what the open gate lets through. */
  public List<String> clients(String target) {
    var said = tree(send(request(path(target) + "/status", GRACE).GET(), false));
    return said.path("status").path("clients").valueStream().map(JsonNode::asText).toList();
  }

  /**
   * @param verb as its path ends, e.g. {@code sign-off}
   * @param body without what is null
   * @param patience how long it is valid, and waited for
   * @return where the rollout stands after it
   */
  public RolloutStatus decide(
      String target, String verb, Map<String, Object> body, Duration patience) {
    var request =
        request(path(target) + "/" + verb + "?wait=" + patience, patience.plus(GRACE))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.line(body)));
    return read(send(request, true), RolloutStatus.class);
  }

  /** What a launch came to: one of both. */
  public record Launched(Optional<Launch> launch, Optional<AlreadyDone> done) {}

  public Launched launch(String target, Bundle bundle, boolean anyway) {
    var request =
        request(path(target) + "/launch-runbook?anyway=" + anyway, LAUNCHED)
            .header("Content-Type", "application/zip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(BundleZip.pack(bundle.files())));
    String answer = send(request, false);
    return tree(answer).path("nothingToDo").asBoolean()
        ? new Launched(Optional.empty(), Optional.of(read(answer, AlreadyDone.class)))
        : new Launched(Optional.of(read(answer, Launch.class)), Optional.empty());
  }

  public Launch contract(String target) {
    var request =
        request(path(target) + "/contract", LAUNCHED)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    return read(send(request, false), Launch.class);
  }

  private static String path(String target) {
    return "/targets/" + URLEncoder.encode(target, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path, Duration atMost) {
    var request =
        HttpRequest.newBuilder(URI.create(server.toString().replaceAll("/+$", "") + path))
            .timeout(atMost);
    return caller
        .token()
        .map(token -> request.header("Authorization", "Bearer " + token))
        .orElseGet(() -> request.header(USER, caller.user()));
  }

  private String send(HttpRequest.Builder request, boolean decides) {
    HttpResponse<String> answer;
    try {
      answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw unreachable("no worker answers there", e);
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.API_UNREACHABLE,
          "the worker at "
              + server
              + " went away before it answered ("
              + e.getClass().getSimpleName()
              + ")",
          "it may have been carried out: look first: rubicon status",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RubiconException(
          ErrorCode.INTERNAL, "interrupted before the worker answered", "rubicon status", e);
    }
    if (answer.statusCode() == 200 || answer.statusCode() == 201) {
      if (decides) {
        answer.headers().firstValue(PRINCIPAL).ifPresent(recordedAs);
      }
      return answer.body();
    }
    throw refused(answer);
  }

  private RubiconException unreachable(String why, Exception origin) {
    return new RubiconException(
        ErrorCode.API_UNREACHABLE,
        "decisions are made at a worker's HTTP API, and " + why + ": " + server,
        "start one: rubicon worker (or rubicon up); or name another: --server URL, RUBICON_SERVER",
        origin);
  }

  private RubiconException refused(HttpResponse<String> answer) {
    JsonNode problem;
    try {
      problem = Json.mapper().readTree(answer.body());
      if (problem.path("cause").isTextual()) {
        return new RubiconException(
            ErrorCode.valueOf(problem.path("code").asText()),
            problem.path("cause").asText(),
            problem.path("next").asText());
      }
    } catch (JsonProcessingException | IllegalArgumentException notOurs) {
      // Something else answers there, or a newer worker: the status says enough.
    }
    return unreachable("what answers there is none (HTTP " + answer.statusCode() + ")", null);
  }

  private static JsonNode tree(String body) {
    return read(body, JsonNode.class);
  }

  private static <T> T read(String body, Class<T> type) {
    try {
      return Json.mapper().readValue(body, type);
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.API_UNREACHABLE,
          "the worker's answer cannot be read: it is of another version",
          "look what became of it: rubicon status; then use the worker's version of rubicon",
          e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
