package dev.rubicon.client;

import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutResult;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.State;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.workflow.RolloutWorkflow;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A rollout that waits at its gate until it hears an approval. */
public class FakeRollout implements RolloutWorkflow {
  /** What was heard, by whichever execution. */
  static final List<Decision> HEARD = new CopyOnWriteArrayList<>();

  private boolean approved;
  private boolean past;

  @Override
  public RolloutResult run(RolloutRequest request) {
    Workflow.await(() -> approved);
    past = true;
    Workflow.await(() -> false);
    throw new IllegalStateException();
  }

  @Override
  public RolloutStatus approve(Decision.Approve approval) {
    HEARD.add(approval);
    RolloutStatus before = status();
    approved = true;
    return before;
  }

  /** Taken up, and never carried out. */
  @Override
  public RolloutStatus pause(Decision.Pause pause) {
    HEARD.add(pause);
    Workflow.await(() -> false);
    throw new IllegalStateException();
  }

  @Override
  public RolloutStatus status() {
    String run = Workflow.getInfo().getRunId();
    return past
        ? Statuses.of(State.RUNNING, Way.ABORT).status(run)
        : Statuses.of(State.WAITING, Way.APPROVE).status(run);
  }

  @Override
  public RolloutStatus signOff(Decision.SignOff signOff) {
    return status();
  }

  @Override
  public RolloutStatus resume(Decision.Resume resume) {
    return status();
  }

  @Override
  public RolloutStatus throttle(Decision.Throttle throttle) {
    return status();
  }

  @Override
  public RolloutStatus abort(Decision.Abort abort) {
    return status();
  }

  @Override
  public RolloutStatus rollback(Decision.Rollback rollback) {
    return status();
  }

  @Override
  public RolloutStatus extendWatch(Decision.ExtendWatch extension) {
    return status();
  }

  @Override
  public void checkApprove(Decision.Approve approval) {}

  @Override
  public void checkSignOff(Decision.SignOff signOff) {}

  @Override
  public void checkPause(Decision.Pause pause) {}

  @Override
  public void checkResume(Decision.Resume resume) {}

  @Override
  public void checkThrottle(Decision.Throttle throttle) {}

  @Override
  public void checkAbort(Decision.Abort abort) {}

  @Override
  public void checkRollback(Decision.Rollback rollback) {}

  @Override
  public void checkExtendWatch(Decision.ExtendWatch extension) {}
}
