package dev.rubicon.temporal;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateStage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Sends decisions. One that stays without an answer is sent again under the same id, which the
 * server takes for the same decision: a worker or server that went away with it loses nothing. One
 * that no worker takes up in time is refused by the workflow from then on, so that the sender knows
 * that it will not be carried out.
 */
public final class Updates {
  private static final Duration EACH = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** For the answer about a decision that was taken up in its last moment. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final WorkflowStub stub;
  private final String subject;
  private final Duration patience;
  private final Supplier<Optional<RubiconException>> missing;

  /**
   * @param stub of the run that decisions name
   * @param patience for which decisions are valid
   * @param missing what keeps the execution from answering; asked when patience is over
   */
  public Updates(
      WorkflowStub stub,
      String subject,
      Duration patience,
      Supplier<Optional<RubiconException>> missing) {
    this.stub = stub;
    this.subject = subject;
    this.patience = patience;
    this.missing = missing;
  }

  /**
   * @return the status that the decision led to
   * @throws RubiconException as the workflow refuses it; when patience is over, what was away, or
   *     {@code DECISION_NOT_TAKEN_UP} or {@code DECISION_UNDER_WAY}
   */
  public RolloutStatus send(String verb, Decision decision) {
    var options =
        UpdateOptions.newBuilder(RolloutStatus.class)
            .setUpdateName(verb)
            .setUpdateId(UUID.randomUUID().toString())
            .setWaitForStage(WorkflowUpdateStage.ACCEPTED)
            .build();
    Instant deadline = decision.by().expires().plus(GRACE);
    var accepted = new AtomicBoolean();
    Optional<RubiconException> server = Optional.empty();
    while (true) {
      long left = Duration.between(Instant.now(), deadline).toMillis();
      if (left <= 0) {
        throw patienceOver(accepted.get(), decision, server.or(missing));
      }
      var answer =
          CompletableFuture.supplyAsync(
              () -> {
                var handle = stub.startUpdate(options, decision);
                accepted.set(true);
                return handle.getResult();
              },
              task -> Thread.ofPlatform().daemon().name("rubicon-update").start(task));
      try {
        return answer.get(Math.min(left, EACH.toMillis()), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        RubiconException coded = TemporalFailures.coded(e.getCause(), subject);
        if (coded.code() != ErrorCode.TEMPORAL_UNREACHABLE) {
          throw coded;
        }
        // The server is away, or let the call lie too long: the decision is sent again.
        server = Optional.of(coded).filter(TemporalFailures::serverAway);
        pause(PAUSE);
      } catch (TimeoutException e) {
        server = Optional.empty();
        // The same decision once more.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interrupted(e);
      }
    }
  }

  /** Names what is away, and says in each case what becomes of the decision. */
  private RubiconException patienceOver(
      boolean accepted, Decision decision, Optional<RubiconException> away) {
    String seconds = patience.toSeconds() + " s";
    String expiry =
        "it expires at "
            + decision.by().expires().truncatedTo(ChronoUnit.SECONDS)
            + " and is refused from then on: nothing will be carried out later";
    if (accepted) {
      return away.map(
              e ->
                  new RubiconException(
                      e.code(),
                      e.getMessage()
                          + "; the decision was taken up and will be carried out once that is"
                          + " mended, but is not finished after "
                          + seconds,
                      e.next() + "; then: rubicon status",
                      e))
          .orElseGet(
              () ->
                  new RubiconException(
                      ErrorCode.DECISION_UNDER_WAY,
                      "it was taken up and will be carried out, but is not finished after "
                          + seconds,
                      "rubicon status"));
    }
    return away.map(
            e ->
                new RubiconException(
                    e.code(),
                    e.getMessage()
                        + "; the decision was not taken up within "
                        + seconds
                        + ": "
                        + expiry,
                    e.next() + "; then say it again",
                    e))
        .orElseGet(
            () ->
                new RubiconException(
                    ErrorCode.DECISION_NOT_TAKEN_UP,
                    "no worker took it up within " + seconds + "; " + expiry,
                    "see that a worker runs (rubicon worker), then say it again"));
  }

  /** Between two looks at something that happens elsewhere. */
  public static void pause(Duration duration) {
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
