package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.stack.DevTemporal;
import dev.rubicon.up.TemporalChoice;
import dev.rubicon.worker.WorkerProcess;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The pictures of docs/audit.md: a whole rollout on the server that people run; then, with no
 * worker left, a browser looks at its UI. Not a part of the suite: {@code docs/images/audit.sh}
 * runs it.
 */
@EnabledIfSystemProperty(named = "rubicon.pictures", matches = ".+")
final class AuditPictures {

  @Test
  void ofTheTenQuestions() throws Exception {
    try (var site = TestSite.start(20_000, TemporalChoice.DEV_SERVER)) {
      AuditedRollout rollout;
      try (var worker = WorkerProcess.start(site.config, false)) {
        assertThat(worker.url()).isEmpty();
        rollout = AuditedRollout.complete(site);
      }
      var server = (DevTemporal) site.stack.temporal();
      look(
          System.getProperty("rubicon.pictures"),
          server.uiUrl().orElseThrow(),
          rollout.launch().workflowId(),
          rollout.launch().runId());
    }
  }

  private static void look(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
