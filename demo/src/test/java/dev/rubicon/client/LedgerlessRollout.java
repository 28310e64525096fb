package dev.rubicon.client;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** One whose pause cannot be entered, because the ledger is away. */
public final class LedgerlessRollout extends FakeRollout {
  /** What enters it. */
  @ActivityInterface
  public interface Recording {
    @ActivityMethod(name = "Pause")
    void pause();
  }

  /** A worker whose ledger is away. */
  static final class Ledgerless implements Recording {
    @Override
    public void pause() {
      throw ApplicationFailure.newFailure(
          "the ledger: connection refused",
          ErrorCode.LEDGER_UNREACHABLE.name(),
          "see that its server runs");
    }
  }

  @Override
  public RolloutStatus pause(Decision.Pause pause) {
    HEARD.add(pause);
    Workflow.newActivityStub(
            Recording.class,
            ActivityOptions.newBuilder()
                .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
                .setStartToCloseTimeout(Duration.ofSeconds(10))
                .build())
        .pause();
    throw new IllegalStateException();
  }
}
