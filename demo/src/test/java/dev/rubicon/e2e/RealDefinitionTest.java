package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.client.status.TargetStatus;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stack.suite.Turn;
import dev.rubicon.workflow.RolloutWorkflow;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * A worker of another version, whose workflow definition does not fit the rollout that waits, says
 * so where people look; nothing is lost, and the right worker goes on.
 */
@Turn(4)
@Timeout(200)
@Tag("rollout")
final class RealDefinitionTest {
  private static final Path DEFINITION =
      Path.of("..", "workflows/src/main/java/dev/rubicon/workflow/RolloutWorkflowImpl.java");
  private static final String REASON = "workflow definition does not fit the execution's history";

  private static RealSite real;

  @BeforeEach
  void start(TestInfo test) {
    RealSite.need(test);
    if (real == null) {
      real = RealSite.start();
    }
    real.begin();
  }

  @AfterAll
  static void end() {
    if (real != null) {
      real.close();
    }
  }

  @Test
  void aDefinitionThatDoesNotFitIsSaidByHealthAndStatus() throws Exception {
    RolloutStatus waiting = real.launchToTheFirstGate();
    // The workflow knows it first.
    real.await(
        "the ledger to know",
        () ->
            real.site
                .ask(
                    "rubicon_ledger",
                    "SELECT state FROM rubicon_ledger.rollout ORDER BY launched_at DESC LIMIT 1")
                .equals("waiting"));
    real.rest();
    try (var other = WorkerJvm.serving(real.site, anotherVersion())) {
      URI health = URI.create(other.url() + "/health");
      try (var http = HttpClient.newHttpClient()) {
        // Somebody asks: that is a workflow task, and it fails.
        real.workflow().signal("anything");
        real.await("health that is down", () -> get(http, health).statusCode() != 200);
        HttpResponse<String> answer = get(http, health);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
            .contains("\"DOWN\"", RolloutWorkflow.workflowId(TestSite.TARGET), REASON)
            .doesNotContain("io.temporal", "Exception");
      }
      TargetStatus targetStatus = real.site.rollouts.targetStatus(TestSite.TARGET);
      assertThat(targetStatus.status().source()).isEqualTo(RolloutStatus.Source.LEDGER);
      assertThat(targetStatus.status().waitingFor()).contains(Runbook.Gate.EXPAND);
      assertThat(targetStatus.status().digest()).isEqualTo(waiting.digest());
      assertThat(targetStatus.ledger().orElseThrow().because()).contains(REASON);
      assertThat(other.alive()).isTrue();
    }
    assertThat(real.stage()).isEqualTo("NOTHING");

    real.work();
    real.await(
        "the workflow's own word", () -> real.status().source() == RolloutStatus.Source.TEMPORAL);
    assertThat(real.status().digest()).isEqualTo(waiting.digest());
    real.site.signOffAll();
    real.site.approve(Runbook.Gate.EXPAND);
    real.site.awaitGate(Runbook.Gate.CUTOVER);
    real.clear();
  }

  /** Today's definition, but for a timer as its first command. */
  private static Path anotherVersion() throws IOException {
    String today = Files.readString(DEFINITION);
    String first = "State.Ended ended = execution.run(this::perform);";
    assertThat(today).contains(first);
    Path folder = Files.createTempDirectory(real.site.folder, "another-version");
    Path source = folder.resolve("RolloutWorkflowImpl.java");
    Files.writeString(
        source,
        today.replace(first, "Workflow.sleep(java.time.Duration.ofMinutes(1));\n    " + first));
    var compiler = ToolProvider.getSystemJavaCompiler();
    var arguments =
        List.of(
            "-proc:none", "-d", folder.toString(), "-cp", WorkerJvm.classPath(), source.toString());
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    return folder;
  }

  private static HttpResponse<String> get(HttpClient http, URI uri) {
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
