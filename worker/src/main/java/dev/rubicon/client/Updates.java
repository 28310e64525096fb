package dev.rubicon.client;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.workflow.RolloutStatus;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateStage;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends decisions. One that stays without an answer is sent again under the same id, which the
 * server takes for the same decision: a worker or server that went away with it loses nothing.
 */
final class Updates {
  /** A decision is recorded, not carried out, before it is answered; a minute is generous. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Duration EACH = Duration.ofSeconds(10);

  private final WorkflowStub stub;
  private final String subject;

  Updates(WorkflowStub stub, String subject) {
    this.stub = stub;
    this.subject = subject;
  }

  RolloutStatus send(String verb, Object decision) {
    var options =
        UpdateOptions.newBuilder(RolloutStatus.class)
            .setUpdateName(verb)
            .setUpdateId(UUID.randomUUID().toString())
            .setWaitForStage(WorkflowUpdateStage.COMPLETED)
            .build();
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      var answer =
          CompletableFuture.supplyAsync(
              () -> stub.startUpdate(options, decision).getResult(),
              task -> Thread.ofVirtual().start(task));
      try {
        return answer.get(EACH.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw TemporalFailures.coded(e.getCause(), subject);
      } catch (TimeoutException e) {
        if (Instant.now().isAfter(deadline)) {
          throw TemporalFailures.noWorker(subject);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interrupted(e);
      }
    }
  }

  /** Between two looks at something that happens elsewhere. */
  static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  private static RubiconException interrupted(InterruptedException e) {
    return new RubiconException(
        ErrorCode.INTERNAL, "interrupted before Temporal answered", "rubicon status", e);
  }
}
