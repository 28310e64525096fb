package dev.rubicon.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.WorkflowReplayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rollouts under way survive an upgrade: recorded histories replay on today's definition. */
final class ReplayTest {

  static List<Path> histories() throws IOException {
    try (var files = Files.list(Histories.FOLDER)) {
      return files.sorted().toList();
    }
  }

  @Test
  void everyOutcomeIsRecorded() throws IOException {
    assertThat(histories().stream().map(p -> p.getFileName().toString()))
        .contains(
            "completed.json",
            "rolled-back-and-crossed-again.json",
            "aborted.json",
            "refused-approval.json",
            "held.json",
            "lost-crossing.json",
            "contract.json",
            "contract-held.json");
  }

  @ParameterizedTest
  @MethodSource("histories")
  void replays(Path file) throws Exception {
    boolean contract = file.getFileName().toString().startsWith("contract");
    var history =
        WorkflowExecutionHistory.fromJson(
            Files.readString(file),
            contract ? ContractWorkflow.workflowId("prod") : RolloutWorkflow.workflowId("prod"));
    WorkflowReplayer.replayWorkflowExecution(
        history, contract ? ContractWorkflowImpl.class : RolloutWorkflowImpl.class);
  }
}
