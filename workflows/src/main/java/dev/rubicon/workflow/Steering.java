package dev.rubicon.workflow;

import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowLock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What operators have asked for; one order at a time. */
final class Steering {
  private final WorkflowLock lock = Workflow.newWorkflowLock();
  private boolean paused;
  private long rowsPerSecond;
  private boolean abortOrdered;
  private Duration extension = Duration.ZERO;
  private Optional<Instant> windowOpens = Optional.empty();
  private Optional<RolloutStatus.Failure> held = Optional.empty();

  /** Handlers call activities; without the lock two of them would decide on half-changed state. */
  void alone(Runnable handler) {
    lock.lock();
    try {
      handler.run();
    } finally {
      lock.unlock();
    }
  }

  void pause(boolean paused) {
    this.paused = paused;
  }

  boolean paused() {
    return paused;
  }

  void limit(long rowsPerSecond) {
    this.rowsPerSecond = rowsPerSecond;
  }

  long rowsPerSecond() {
    return rowsPerSecond;
  }

  void orderAbort() {
    abortOrdered = true;
  }

  boolean abortOrdered() {
    return abortOrdered;
  }

  void extend(Duration by) {
    extension = extension.plus(by);
  }

  Duration extension() {
    return extension;
  }

  void windowOpens(Optional<Instant> opens) {
    windowOpens = opens;
  }

  Optional<Instant> windowOpens() {
    return windowOpens;
  }

  void hold(RolloutStatus.Failure failure) {
    held = Optional.of(failure);
  }

  void release() {
    held = Optional.empty();
  }

  Optional<RolloutStatus.Failure> held() {
    return held;
  }
}
