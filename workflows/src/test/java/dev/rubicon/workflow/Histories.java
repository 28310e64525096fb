package dev.rubicon.workflow;

import io.temporal.testing.TestWorkflowEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Recorded histories of released workflow definitions. They are recorded on purpose ({@code
 * -Drubicon.record=true}), reviewed and committed; a change of the workflow that breaks their
 * replay would break rollouts that are under way.
 */
final class Histories {
  static final Path FOLDER = Path.of("src/test/resources/histories");

  private Histories() {}

  static void record(TestWorkflowEnvironment temporal, String outcome) {
    record(temporal, RolloutWorkflow.workflowId("prod"), outcome);
  }

  static void record(TestWorkflowEnvironment temporal, String workflowId, String outcome) {
    if (!Boolean.getBoolean("rubicon.record")) {
      return;
    }
    try {
      var history = temporal.getWorkflowClient().fetchHistory(workflowId);
      Files.writeString(FOLDER.resolve(outcome + ".json"), history.toJson(true));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
