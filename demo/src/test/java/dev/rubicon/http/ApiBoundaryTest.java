package dev.rubicon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.cli.Answer;
import dev.rubicon.client.Json;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.e2e.TestSite;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.up.EmbeddedStack;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a caller of the API may do, by role, and what never gets beyond its edge. */
@Timeout(300)
final class ApiBoundaryTest {
  private static TestSite site;
  private static WorkerProcess worker;
  private static HttpClient client;

  @BeforeAll
  static void start() throws Exception {
    site = TestSite.start(50, TemporalChoice.IN_PROCESS);
    String text = Files.readString(site.configFile);
    Path file = site.folder.resolve("verified.yaml");
    Files.writeString(
        file,
        text.replace("identity: trusted-host\n", "")
            .replace(
                "http:\n",
                """
                http:
                  tokens: {olga: %s, rita: %s, anna: %s, otto: %s}
                  roles:
                    rita: [requester]
                    anna: [approver@prod]
                    otto: [operator, approver@elsewhere]
                """
                    .formatted(hash("olga"), hash("rita"), hash("anna"), hash("otto"))));
    worker = WorkerProcess.start(ConfigReader.read(file, Map.of()), true);
    client = HttpClient.newHttpClient();
  }

  /** What rubicon.yaml says of a token: nobody can send it. */
  private static String hash(String who) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(token(who).getBytes(StandardCharsets.UTF_8));
    return "\"sha256:" + HexFormat.of().formatHex(hash) + "\"";
  }

  private static String token(String who) {
    EmbeddedStack stack = site.stack;
    return stack.secret("token-" + who);
  }

  @AfterAll
  static void stop() {
    client.close();
    worker.close();
    site.close();
  }

  /** As a person types it on another machine: no rubicon.yaml, no credentials but the token. */
  private static Answer command(String who, String... arguments) {
    return Answer.as(
        Map.of("RUBICON_SERVER", worker.url().orElseThrow(), "RUBICON_TOKEN", token(who)),
        site.folder.resolve("there-is-none.yaml"),
        arguments);
  }

  private static void forbidden(Answer answer, String role) {
    assertThat(answer.err()).contains("FORBIDDEN: ", " is no " + role + " of prod");
    assertThat(answer.exit()).isEqualTo(ErrorCode.Exit.POLICY);
  }

  @Test
  void eachRoleDoesItsPartFromAnyMachineAndNoOther() {
    String runbook = site.checksCanonical("20s").toString();
    forbidden(command("olga", "launch", "-t", "prod", "--runbook", runbook), "requester");
    forbidden(command("anna", "launch", "-t", "prod", "--runbook", runbook), "requester");
    Answer launch = command("rita", "launch", "-t", "prod", "--runbook", runbook);
    assertThat(launch.exit()).as(launch.err()).isZero();
    assertThat(site.rollouts.status(TestSite.TARGET).requestedBy()).isEqualTo("rita");

    site.signOff(List.of("mapping-decided", "pqs-backfill-ticket", "stakeholders-informed"));
    String digest = site.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    String[] approve = {
      "approve", "-t", "prod", "--gate", "expand", "--digest", digest, "-r", "looked at it"
    };
    forbidden(command("rita", approve), "approver");
    forbidden(command("otto", approve), "approver");
    Answer approved = command("anna", approve);
    assertThat(approved.exit()).as(approved.err()).isZero();
    assertThat(approved.err()).contains("recorded as anna");
    assertThat(approved.out()).contains("on prod");

    forbidden(command("anna", "abort", "-t", "prod", "-r", "enough"), "operator");
    Answer aborted = command("otto", "abort", "-t", "prod", "-r", "enough");
    assertThat(aborted.exit()).as(aborted.err()).isZero();
    Answer wrong =
        Answer.as(
            Map.of("RUBICON_SERVER", worker.url().orElseThrow(), "RUBICON_TOKEN", "guess"),
            site.folder.resolve("there-is-none.yaml"),
            "abort",
            "-t",
            "prod",
            "-r",
            "enough");
    assertThat(wrong.err()).contains("UNAUTHENTICATED: ");
  }

  private static HttpRequest.Builder request(String who, String path) {
    return HttpRequest.newBuilder(URI.create(worker.url().orElseThrow() + path))
        .header("Authorization", "Bearer " + token(who));
  }

  private static HttpRequest.Builder post(String path, String body) {
    return request("otto", path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static void refused(HttpRequest.Builder request, int status, String code)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode problem = Json.mapper().readTree(answer.body());
    assertThat(problem.path("code").asText()).isEqualTo(code);
    assertThat(answer.body()).doesNotContain("/tmp", site.folder.toString());
  }

  @Test
  void whatIsTooLargeForeignOrBrokenIsRefusedAtTheEdge() throws Exception {
    String large = "{\"reason\": \"" + "x".repeat(2_500_000) + "\"}";
    refused(post("/targets/prod/abort", large), 413, "TOO_LARGE");
    refused(
        request("otto", "/targets/prod/abort")
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofInputStream(
                    () ->
                        new java.io.ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)))),
        413,
        "TOO_LARGE");
    String reason = "{\"reason\": \"x\"}";
    // Micronaut refuses this one before any filter, and says nothing.
    assertThat(
            client
                .send(
                    post("/targets/prod/abort", reason)
                        .header("Origin", "https://elsewhere.example")
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(403);
    refused(
        post("/targets/prod/abort", reason).header("Origin", "http://localhost:1"),
        403,
        "FORBIDDEN");
    refused(
        request("otto", "/targets/prod/abort").POST(HttpRequest.BodyPublishers.ofString(reason)),
        400,
        "USAGE");
    refused(post("/targets/prod/abort", "{\"reason\": \"a\\u0000b\"}"), 400, "USAGE");
    refused(post("/targets/prod/abort?wait=PT2H", reason), 400, "USAGE");
    refused(request("otto", "/rollouts/a%00b"), 400, "USAGE");
    refused(request("otto", "/audit?rollout=a%00b"), 400, "USAGE");
    for (byte[] zip : List.of(named("a\0b"), cut(named("runbook.yaml")), new byte[0])) {
      refused(
          request("rita", "/targets/prod/launch-runbook")
              .header("Content-Type", "application/zip")
              .POST(HttpRequest.BodyPublishers.ofByteArray(zip)),
          400,
          "USAGE");
    }
    refused(
        request("rita", "/targets/prod/launch-runbook")
            .header("Content-Type", "application/zip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(named("other.yaml"))),
        400,
        "RUNBOOK_INVALID");
  }

  private static byte[] named(String name) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write("rubicon: 1\nname: ".repeat(200).getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] cut(byte[] zip) {
    return java.util.Arrays.copyOf(zip, 60);
  }

  @Test
  void whoGuessesTokensHasToWait() throws Exception {
    // A worker of its own: its other callers are not to wait.
    Path file = site.folder.resolve("guessed.yaml");
    Files.writeString(
        file,
        Files.readString(site.configFile)
            .replaceFirst("  port: \\d+\n", "  port: 0\n  tokens: {olga: " + hash("olga") + "}\n"));
    try (var guessed = WorkerProcess.start(ConfigReader.read(file, Map.of()), true)) {
      for (int i = 0; i < 10; i++) {
        refused(guess(guessed, "guess-" + i), 401, "UNAUTHENTICATED");
      }
      refused(guess(guessed, "guess-11"), 429, "TOO_MANY_LOGINS");
      refused(guess(guessed, token("olga")), 429, "TOO_MANY_LOGINS");
    }
  }

  private static HttpRequest.Builder guess(WorkerProcess at, String token) {
    return HttpRequest.newBuilder(URI.create(at.url().orElseThrow() + "/rollouts"))
        .header("Authorization", "Bearer " + token);
  }
}
