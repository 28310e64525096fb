package dev.rubicon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.client.Json;
import dev.rubicon.client.Launch;
import dev.rubicon.client.Principal;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.e2e.TestSite;
import dev.rubicon.ledger.LedgerStatus;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API of a real worker, called over a socket. */
@Timeout(300)
final class HttpApiTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String REASON = "{\"reason\": \"to see\"}";

  private static TestSite site;

  @BeforeAll
  static void start() {
    site = TestSite.start(50, TemporalChoice.IN_PROCESS);
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    site.close();
  }

  private static RubiconConfig config(String tokens) throws IOException {
    Path file = Files.createTempFile(site.folder, "http", ".yaml");
    String text = Files.readString(site.configFile);
    String port = "  port: " + site.config.http().port() + "\n";
    assertThat(text).contains(port);
    Files.writeString(file, text.replace(port, "  port: 0\n" + tokens));
    return ConfigReader.read(file, Map.of());
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static HttpRequest.Builder get(WorkerProcess worker, String path) {
    return HttpRequest.newBuilder(URI.create(worker.url().orElseThrow() + path));
  }

  private static HttpRequest.Builder post(WorkerProcess worker, String path, String body) {
    return get(worker, path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return Json.mapper().readTree(response.body());
  }

  private static void refused(HttpRequest.Builder request, int status, String code)
      throws IOException {
    HttpResponse<String> response = send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode problem = json(response);
    assertThat(problem.path("code").asText()).isEqualTo(code);
    assertThat(problem.path("cause").asText()).isNotBlank();
    assertThat(problem.path("next").asText()).isNotBlank();
  }

  @Test
  void withoutTokensThisMachineIsServedAndNobodyElse() throws IOException {
    try (var worker = WorkerProcess.start(config(""), true)) {
      HttpResponse<String> list = send(get(worker, "/rollouts"));
      assertThat(list.statusCode()).isEqualTo(200);
      assertThat(json(list).isArray()).isTrue();
      assertThat(send(get(worker, "/health")).statusCode()).isEqualTo(200);
      assertThat(send(get(worker, "/prometheus")).body()).contains("temporal_");

      refused(
          get(worker, "/rollouts").header("X-Forwarded-For", "10.0.0.9"), 401, "UNAUTHENTICATED");
      assertThat(statusAs(worker, "attacker.example")).contains(" 401 ");
      assertThat(statusAs(worker, "localhost")).contains(" 200 ");

      refused(get(worker, "/targets/nowhere/status"), 404, "TARGET_UNKNOWN");
      refused(post(worker, "/targets/nowhere/pause", REASON), 404, "TARGET_UNKNOWN");
      refused(get(worker, "/nothing"), 404, "USAGE");
      refused(post(worker, "/targets/prod/pause", "{\"resaon\": \"x\"}"), 400, "USAGE");
      refused(post(worker, "/targets/prod/pause", "{\"reason\": \" \"}"), 400, "USAGE");
      refused(
          post(
              worker,
              "/targets/prod/approve",
              "{\"gate\": \"expand\", \"digest\": \"d\", \"reason\": \"r\", \"principal\": \"x\"}"),
          400,
          "USAGE");
      refused(
          post(
              worker,
              "/targets/prod/extend-watch",
              "{\"by\": \"PT2562047788015215H30M7S\", \"reason\": \"x\"}"),
          400,
          "USAGE");
      String tooLong = "x".repeat(2049);
      refused(
          post(worker, "/targets/prod/abort", "{\"reason\": \"" + tooLong + "\"}"), 400, "USAGE");
      refused(
          post(worker, "/targets/prod/rollback", "{\"reason\": \"x\", \"losing\": [\" \"]}"),
          400,
          "USAGE");
      assertThat(
              send(get(worker, "/targets/prod/abort")
                      .header("Content-Type", "text/plain")
                      .POST(HttpRequest.BodyPublishers.ofString(REASON)))
                  .statusCode())
          .isEqualTo(415);
    }
  }

  /** The JDK's client does not let one name another host. */
  private static String statusAs(WorkerProcess worker, String host) throws IOException {
    URI uri = URI.create(worker.url().orElseThrow());
    try (var socket = new Socket("127.0.0.1", uri.getPort())) {
      String request =
          "GET /rollouts HTTP/1.1\r\nHost: "
              + host
              + ":"
              + uri.getPort()
              + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    }
  }

  @Test
  void decisionsAreRecordedAsWhoseTokenItIs() throws IOException {
    String token = site.stack.secret("bob-token");
    String tokens = "  tokens:\n    bob: \"file:" + site.stack.secretFile("bob-token") + "\"\n";
    String bearer = "Bearer " + token;
    try (var worker = WorkerProcess.start(config(tokens), true)) {
      refused(get(worker, "/rollouts"), 401, "UNAUTHENTICATED");
      refused(
          get(worker, "/rollouts").header("Authorization", "Bearer wrong"), 401, "UNAUTHENTICATED");
      refused(post(worker, "/targets/prod/abort", REASON), 401, "UNAUTHENTICATED");
      refused(
          post(worker, "/targets/prod/pause", REASON).header("Authorization", bearer),
          404,
          "ROLLOUT_UNKNOWN");

      Launch launch = site.launch(site.checksCanonical("20s"));
      String item = "{\"item\": \"mapping-decided\", \"reason\": \"decided\"}";
      HttpResponse<String> signed =
          send(post(worker, "/targets/prod/sign-off", item).header("Authorization", bearer));
      assertThat(signed.statusCode()).as(signed.body()).isEqualTo(200);
      refused(
          post(worker, "/targets/prod/sign-off", "{\"item\": \"no-such\", \"reason\": \"r\"}")
              .header("Authorization", bearer),
          409,
          "SIGN_OFF_UNKNOWN");

      HttpResponse<String> status =
          send(get(worker, "/targets/prod/status").header("Authorization", bearer));
      assertThat(json(status).path("status").path("rollout").asText()).isEqualTo(launch.rollout());

      HttpResponse<String> aborted =
          send(post(worker, "/targets/prod/abort", REASON).header("Authorization", bearer));
      assertThat(aborted.statusCode()).as(aborted.body()).isEqualTo(200);
      assertThat(site.rollouts.ledger().audit().entries(launch.rollout()))
          .anySatisfy(
              entry -> {
                assertThat(entry.actor()).isEqualTo(new Principal("bob").name());
                assertThat(entry.detail()).contains("mapping-decided");
              });
      // Another test launches here.
      site.awaitOutcome(RolloutStatus.State.ABORTED, Duration.ofMinutes(2));
    }
  }

  @Test
  void theDocumentDescribesEveryCall() throws IOException {
    try (var worker = WorkerProcess.start(config(""), true)) {
      String document = send(get(worker, "/openapi")).body();
      assertThat(document)
          .startsWith("openapi: 3")
          .contains("/rollouts:", "/rollouts/{id}/report:", "/audit/verify:")
          .contains("/targets/{target}/launch:", "/targets/{target}/contract:")
          .contains("/targets/{target}/approve:", "/targets/{target}/extend-watch:")
          .contains("at most 30 days", "1 to 2,048 bytes", "0 to 1,000,000,000")
          .contains("bearer");
    }
  }

  @Test
  void trailAndReportsAreServed() throws IOException {
    try (var worker = WorkerProcess.start(config(""), true)) {
      HttpResponse<String> verified = send(get(worker, "/audit/verify"));
      assertThat(verified.statusCode()).as(verified.body()).isEqualTo(200);
      assertThat(json(verified).path("breaks").isEmpty()).isTrue();
      assertThat(json(send(get(worker, "/audit"))).isArray()).isTrue();
      refused(get(worker, "/rollouts/no-such"), 404, "ROLLOUT_UNKNOWN");
      refused(get(worker, "/rollouts/no-such/report"), 404, "ROLLOUT_UNKNOWN");
    }
  }

  @Test
  void aRunbookArrivesAsZipAndIsReadAsStrictlyAsAnyOther() throws IOException {
    try (var worker = WorkerProcess.start(config(""), true)) {
      refused(zip(worker, "nothing".getBytes(StandardCharsets.UTF_8)), 400, "USAGE");
      refused(zip(worker, zipped(Map.of("../escape.sql", "SELECT 1"))), 400, "USAGE");
      refused(zip(worker, zipped(Map.of("runbook.yaml", "rubicno: 1"))), 400, "RUNBOOK_INVALID");
      refused(
          post(worker, "/targets/prod/launch", "{\"bundle\": \"" + "0".repeat(64) + "\"}"),
          404,
          "BUNDLE_MISSING");
    }
  }

  @Test
  void aLaunchThatWouldChangeNothingStartsNothingAndSaysSo() throws Exception {
    byte[] runbook =
        zipped(
            Map.of(
                "canonical.sql", "CREATE SCHEMA done; CREATE TABLE done.t (id int PRIMARY KEY);",
                "runbook.yaml",
                    """
                    rubicon: 1
                    name: done-before
                    title: Done before
                    schemas: [done]
                    canonical: {sql: [canonical.sql]}
                    """));
    try (Connection connection = site.database.connect("done")) {
      connection
          .createStatement()
          .execute("CREATE SCHEMA done; CREATE TABLE done.t (id int PRIMARY KEY)");
    }
    var ledger = site.rollouts.ledger();
    ledger.launch(
        new LedgerRollout.Launch(
            "done-1",
            TestSite.TARGET,
            ZippedRunbook.read(runbook).digest(),
            "done-before",
            "Done before",
            "alice",
            "rollout/" + TestSite.TARGET,
            "run-1"));
    ledger
        .statuses()
        .end(
            "done-1",
            new LedgerRollout.End("completed", "", 1, "f".repeat(64)),
            LedgerStatus.of(
                ledger.rollout("done-1"),
                ledger.phases().of("done-1"),
                ledger.decisions().control("done-1")),
            AuditHead.NONE);
    int known = site.rollouts.list().rollouts().size();
    try (var worker = WorkerProcess.start(config(""), true)) {
      HttpResponse<String> answer = send(zip(worker, runbook));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(json(answer).path("nothingToDo").asBoolean()).isTrue();
      assertThat(json(answer).path("since").asText()).isEqualTo("done-1");
      assertThat(site.rollouts.list().rollouts()).hasSize(known);
    }
  }

  private static HttpRequest.Builder zip(WorkerProcess worker, byte[] body) {
    return get(worker, "/targets/prod/launch-runbook")
        .header("Content-Type", "application/zip")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private static byte[] zipped(Map<String, String> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
