package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.client.Json;
import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.config.ConfigReader;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.signing.KeyFiles;
import dev.rubicon.signing.Signer;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What somebody can try who may write to the Temporal namespace, has a rubicon.yaml of his own, or
 * says that he is somebody else: nothing of it decides, and each try stands in the audit trail.
 */
@Timeout(300)
@Tag("rollout")
final class ForgedDecisionsTest {
  private static final Map<String, String> AS_IS = Map.of();

  private static CaseSite site;
  private static WorkerProcess worker;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    site =
        CaseSite.start(
            List.of("forged", "asserted", "raced", "unsigned"),
            (stack, text) ->
                text.replace("identity: trusted-host\n", "")
                    .replace(
                        "http:\n",
                        "http:\n  tokens:\n"
                            + token(stack.secret("alice-token"), "alice", stack)
                            + token(stack.secret("bob-token"), "bob", stack)));
    worker = WorkerProcess.start(site.config, true);
    http = HttpClient.newHttpClient();
  }

  private static String token(String made, String name, dev.rubicon.up.EmbeddedStack stack) {
    assertThat(made).isNotBlank();
    return "    %s: \"file:%s\"\n".formatted(name, stack.secretFile(name + "-token"));
  }

  @AfterAll
  static void end() {
    http.close();
    worker.close();
    site.close();
  }

  private static HttpResponse<String> post(String who, String path, Map<String, String> body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(worker.url().orElseThrow() + path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + site.stack.secret(who + "-token"))
            .POST(HttpRequest.BodyPublishers.ofString(Json.line(body)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** As alice, through the API. */
  private static void launch(Case subject) throws IOException, InterruptedException {
    Bundle bundle = RunbookReader.read(subject.runbook);
    try (ObjectStore store = ObjectStore.open(site.config.objectStore())) {
      new BundleStore(store).put(bundle);
    }
    HttpResponse<String> launched =
        post("alice", "/targets/" + subject.target + "/launch", Map.of("bundle", bundle.digest()));
    assertThat(launched.statusCode()).as(launched.body()).isEqualTo(201);
  }

  private static Decision.By by(Case subject, String principal) {
    return new Decision.By(
        principal, "looked at it", subject.status().run(), Instant.now().plusSeconds(60));
  }

  /** What a writer of the namespace sends. */
  private static void send(Case subject, String verb, Decision decision) {
    WorkflowStub stub = subject.workflow();
    stub.startUpdate(
            UpdateOptions.newBuilder(RolloutStatus.class)
                .setUpdateName(verb)
                .setUpdateId(UUID.randomUUID().toString())
                .setWaitForStage(WorkflowUpdateStage.COMPLETED)
                .build(),
            decision)
        .getResult();
  }

  private static void forged(Case subject, String verb, Decision decision, String why) {
    int before = forgeries(subject);
    var refusal =
        catchThrowableOfType(WorkflowUpdateException.class, () -> send(subject, verb, decision));
    assertThat(refusal).as(why).isNotNull();
    assertThat(((ApplicationFailure) refusal.getCause()).getType())
        .as(why)
        .isEqualTo(ErrorCode.DECISION_FORGED.name());
    assertThat(forgeries(subject)).as("in the trail: " + why).isEqualTo(before + 1);
  }

  private static int forgeries(Case subject) {
    return subject.audited(
        "actor = 'unknown' AND action = 'refused' AND detail ->> 'code' = 'DECISION_FORGED'"
            + " AND detail ->> 'identity' = 'forged'");
  }

  private static Decision signed(Case subject, Decision decision) {
    return Signer.of(site.config.signing())
        .sign(RolloutWorkflow.workflowId(subject.target), subject.rollout(), decision, Proof.TOKEN);
  }

  @Test
  void whatNoTrustedWorkerHasSignedForThisDecidesNothing() throws Exception {
    Case subject = site.open("forged", "small", AS_IS);
    launch(subject);
    String digest = subject.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();

    var unsigned = new Decision.Approve(Runbook.Gate.EXPAND, digest, by(subject, "bob"));
    forged(subject, "approve", unsigned, "unsigned");
    forged(
        subject,
        "approve",
        unsigned.with(unsigned.by().with(Identity.VERIFIED)),
        "it says itself that it is verified");
    forged(
        subject,
        "approve",
        stranger()
            .sign(RolloutWorkflow.workflowId("forged"), subject.rollout(), unsigned, Proof.TOKEN),
        "signed with another key");

    var pause = signed(subject, new Decision.Pause(by(subject, "bob")));
    forged(subject, "approve", unsigned.with(pause.by()), "a pause's signature");
    forged(subject, "abort", new Decision.Abort(pause.by()), "the same signature for another verb");
    Decision.By by = pause.by();
    forged(
        subject,
        "pause",
        new Decision.Pause(
            new Decision.By(
                "alice", by.reason(), by.run(), by.expires(), by.proof(), by.identity())),
        "in another's name");
    assertThat(subject.status().waitingFor()).contains(Runbook.Gate.EXPAND);
    assertThat(subject.status().paused()).isFalse();

    send(subject, "pause", pause);
    assertThat(subject.status().paused()).isTrue();
    subject.refused(
        ErrorCode.ORDER_IMPOSSIBLE, () -> site.rollouts.pause("forged", bob(), "twice"));
    site.rollouts.resume("forged", bob(), "go on");
    forged(subject, "pause", pause, "the same signature once more");
    assertThat(subject.status().paused()).isFalse();

    assertThat(post("bob", "/targets/forged/abort", Map.of("reason", "enough")).statusCode())
        .isEqualTo(200);
    subject.awaitEnd(RolloutStatus.State.ABORTED);

    launch(subject);
    subject.awaitGate(Runbook.Gate.EXPAND);
    var elsewhere = subject.status();
    assertThat(elsewhere.run()).isNotEqualTo(by.run());
    forged(subject, "pause", pause, "in the next rollout");
    forged(
        subject,
        "pause",
        new Decision.Pause(
            new Decision.By("bob", by.reason(), elsewhere.run(), by.expires(), by.proof(), null)),
        "its signature in the next rollout");
    post("bob", "/targets/forged/abort", Map.of("reason", "enough"));
    subject.awaitEnd(RolloutStatus.State.ABORTED);
  }

  private static Principal bob() {
    return new Principal("bob", Proof.TOKEN);
  }

  /** One with a key of his own. */
  private static Signer stranger() throws IOException {
    Path key =
        Files.createTempFile(
            site.folder,
            "own",
            ".key",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, KeyFiles.generate());
    return Signer.of(
        new dev.rubicon.config.RubiconConfig.Signing(java.util.Optional.of(key), List.of(), true));
  }

  @Test
  void aLaunchThatNobodySignedStartsNothingAndStandsInTheTrail() {
    var request =
        new RolloutRequest("unsigned-1", "unsigned", "b".repeat(64), "checks-canonical", "alice");
    try (var writer = new NamespaceWriter(site.rollouts.temporal().client())) {
      writer.launchRefused(
          "unsigned", request, "the launch is not signed by a worker whose key is trusted here");
    }
    assertThat(
            site.ask(
                "rubicon_ledger",
                "SELECT count(*) FROM rubicon_ledger.rollout WHERE id = 'unsigned-1'"))
        .isEqualTo("0");
    assertThat(
            site.ask(
                "rubicon_ledger",
                "SELECT actor || ' ' || (detail ->> 'saidToBeOf') FROM rubicon_ledger.audit_entry"
                    + " WHERE rollout = 'unsigned-1' AND action = 'launch-forged'"))
        .isEqualTo("unknown alice");
  }

  @Test
  void whoOnlySaysWhoHeIsIsMarkedAndIsNoSecondPerson() throws Exception {
    Case subject = site.open("asserted", "small", AS_IS);
    launch(subject);
    String digest = subject.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    // What a user of the worker's machine and account can do with another user.name.
    var mallory = new Principal("bob");
    subject.refused(
        ErrorCode.APPROVER_UNVERIFIED,
        () -> site.rollouts.approve("asserted", Runbook.Gate.EXPAND, digest, mallory, "trust me"));
    assertThat(
            subject.audited(
                "actor = 'bob' AND detail ->> 'code' = 'APPROVER_UNVERIFIED'"
                    + " AND detail ->> 'identity' = 'unverified'"))
        .isOne();
    site.rollouts.abort("asserted", mallory, "it may end, and who did it is marked");
    assertThat(subject.audited("action = 'abort' AND detail ->> 'identity' = 'unverified'"))
        .isOne();
    subject.awaitEnd(RolloutStatus.State.ABORTED);

    Path own = Files.createTempFile(site.folder, "own", ".yaml");
    Files.writeString(
        own,
        Files.readString(site.configFile)
            .replace(
                site.stack.signingKey().toString(), site.folder.resolve("no-such.key").toString()));
    try (var rollouts = Rollouts.open(ConfigReader.read(own, Map.of()))) {
      launch(subject);
      subject.awaitGate(Runbook.Gate.EXPAND);
      subject.refused(ErrorCode.CONFIG_INVALID, () -> rollouts.abort("asserted", bob(), "mine"));
    }
    post("bob", "/targets/asserted/abort", Map.of("reason", "enough"));
    subject.awaitEnd(RolloutStatus.State.ABORTED);
  }

  @Test
  void ofTwoRacedApprovalsOneCounts() throws Exception {
    Case subject = site.open("raced", "small", AS_IS);
    launch(subject);
    String digest = subject.awaitGate(Runbook.Gate.EXPAND).digest().orElseThrow();
    Map<String, String> approval =
        Map.of("gate", "expand", "digest", digest, "reason", "looked at it");
    List<CompletableFuture<HttpResponse<String>>> both =
        Stream.of("bob", "bob")
            .map(
                who ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return post(who, "/targets/raced/approve", approval);
                          } catch (IOException | InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        }))
            .toList();
    List<HttpResponse<String>> answers = both.stream().map(CompletableFuture::join).toList();
    assertThat(answers).extracting(HttpResponse::statusCode).containsExactlyInAnyOrder(200, 409);
    JsonNode refused =
        Json.mapper()
            .readTree(answers.stream().filter(a -> a.statusCode() == 409).findFirst().get().body());
    assertThat(refused.path("code").asText()).isEqualTo("GATE_NOT_OPEN");
    assertThat(
            subject.audited(
                "action = 'approved' AND actor = 'bob' AND detail ->> 'identity' = 'verified'"
                    + " AND detail ->> 'knownBy' = 'token'"))
        .isOne();
    subject.awaitGate(Runbook.Gate.CUTOVER);
    post("bob", "/targets/raced/abort", Map.of("reason", "enough"));
    subject.awaitEnd(RolloutStatus.State.ABORTED);
  }
}
