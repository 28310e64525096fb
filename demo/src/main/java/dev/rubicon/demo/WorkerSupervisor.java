package dev.rubicon.demo;

import dev.rubicon.client.Principal;
import dev.rubicon.client.Rollouts;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.RolloutStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Follows the rollout while the story goes on: prints each change, signs off and approves as a
 * second person would, and stops the demo when the rollout does what it should not.
 */
final class WorkerSupervisor {
  private static final Duration SILENCE = Duration.ofMinutes(2);
  private static final Set<ErrorCode> AWAY =
      Set.of(
          ErrorCode.TEMPORAL_UNREACHABLE,
          ErrorCode.DECISION_NOT_TAKEN_UP,
          ErrorCode.DECISION_UNDER_WAY);

  private final Rollouts rollouts;
  private final String target;
  private final Narrator narrator;
  private final Principal approver;
  private final String byHand;
  private final Map<String, String> told = new HashMap<>();
  private String asked = "";

  /**
   * @param byHand how a command of a person in another terminal begins; empty: the steward answers
   */
  WorkerSupervisor(
      Rollouts rollouts, String target, Narrator narrator, Principal approver, String byHand) {
    this.rollouts = rollouts;
    this.target = target;
    this.narrator = narrator;
    this.approver = approver;
    this.byHand = byHand;
  }

  /** Steers until the rollout is as wished; fails when it cannot become so any more. */
  RolloutStatus until(String wish, Duration atMost, Predicate<RolloutStatus> wished) {
    Instant deadline = Instant.now().plus(atMost);
    Instant heard = Instant.now();
    while (true) {
      try {
        RolloutStatus status = rollouts.status(target);
        heard = Instant.now();
        tell(status);
        if (wished.test(status)) {
          return status;
        }
        refuseDeadEnds(status);
        answer(status);
      } catch (RubiconException e) {
        // No worker answers while the worker is being killed and started again.
        if (!AWAY.contains(e.code()) || heard.isBefore(Instant.now().minus(SILENCE))) {
          throw e;
        }
      }
      if (byHand.isEmpty() && Instant.now().isAfter(deadline)) {
        throw DemoFailure.because(
            "the rollout did not get to: " + wish + " (within " + atMost.toSeconds() + " s)",
            "read the worker's log in the state folder");
      }
      Pause.millis(200);
    }
  }

  private void tell(RolloutStatus status) {
    for (int i = 0; i < status.phases().size(); i++) {
      var run = status.phases().get(i);
      if (!run.outcome().equals(told.put(run.started() + "/" + i, run.outcome()))) {
        boolean running = run.outcome().equals("running");
        narrator.tell(
            "%-12s %s%s"
                .formatted(
                    run.phase().word(),
                    running ? "…" : run.outcome(),
                    run.summary().isEmpty() ? "" : ": " + run.summary()));
      }
    }
  }

  private void refuseDeadEnds(RolloutStatus status) {
    status
        .held()
        .ifPresent(
            f -> {
              throw new RubiconException(
                  ErrorCode.DEMO_FAILED,
                  "the rollout is held: " + f.code() + ": " + f.cause(),
                  f.next());
            });
    if (status.state().ended() && status.state() != RolloutStatus.State.COMPLETED) {
      String why = rollouts.ledger().rollout(status.rollout()).outcome();
      throw DemoFailure.because(
          "the rollout ended " + status.state().word() + ": " + why,
          "read the worker's log in the state folder");
    }
  }

  /** The commands to type, without a time before them: they are there to be copied. */
  private void ask(RolloutStatus status) {
    narrator.tell("your turn, in another terminal, as a second person:");
    for (String item : status.signOffs()) {
      narrator.plain(byHand + " sign-off --item " + item + " --reason 'done outside'");
    }
    status
        .waitingFor()
        .ifPresent(
            gate ->
                narrator.plain(
                    byHand
                        + " approve --gate "
                        + gate.name().toLowerCase(Locale.ROOT)
                        + " --digest "
                        + status.digest().orElse("")
                        + " --reason 'looked at it'"));
  }

  private void answer(RolloutStatus status) {
    String question = status.waitingFor() + " " + status.signOffs() + " " + status.digest();
    if (status.waitingFor().isEmpty() && status.signOffs().isEmpty()) {
      asked = "";
      return;
    }
    if (question.equals(asked)) {
      return;
    }
    asked = question;
    if (!byHand.isEmpty()) {
      ask(status);
      return;
    }
    for (String item : status.signOffs()) {
      rollouts.signOff(target, item, approver, "demo: done outside");
      narrator.tell("%-12s %s, by %s".formatted("signed off", item, approver.name()));
    }
    status
        .waitingFor()
        .ifPresent(
            gate -> {
              String digest = status.digest().orElse("");
              rollouts.approve(target, gate, digest, approver, "demo: reviewed");
              narrator.tell(
                  "%-12s gate %s, digest %.12s…, by %s"
                      .formatted(
                          "approved",
                          gate.name().toLowerCase(Locale.ROOT),
                          digest,
                          approver.name()));
            });
  }
}
