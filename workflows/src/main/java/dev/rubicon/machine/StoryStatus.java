package dev.rubicon.machine;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.message.RolloutStatus.Way;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The status of an execution, as commands and the Temporal UI show it. */
public final class StoryStatus {
  private StoryStatus() {}

  /**
   * @param run the Temporal run that is asked
   * @param phase the last phase that was started
   * @param runs what was run so far
   */
  public static RolloutStatus of(
      Story story, String run, Instant now, Phase phase, List<RolloutStatus.PhaseRun> runs) {
    Optional<Question> question =
        story.state() instanceof State.AtGate(Question asked)
            ? Optional.of(asked)
            : Optional.empty();
    Optional<Obstacle> obstacle = Obstacle.of(story, now);
    return new RolloutStatus(
        story.request().rollout(),
        run,
        story.request().target(),
        story.request().runbook(),
        story.request().requestedBy(),
        phase,
        state(story, obstacle),
        story.course().round(),
        question.map(q -> q.digest(run)),
        question.map(Question::gate),
        question.filter(StoryStatus::lets).map(_ -> story.known().clients()).orElse(List.of()),
        obstacle.filter(Obstacle.SignOffsDue.class::isInstance).stream()
            .map(Obstacle.SignOffsDue.class::cast)
            .flatMap(due -> due.items().stream())
            .toList(),
        obstacle
            .filter(Obstacle.WindowClosed.class::isInstance)
            .map(Obstacle.WindowClosed.class::cast)
            .map(Obstacle.WindowClosed::opens),
        held(story.state()),
        story.course().voided(),
        story.controls().paused(),
        story.controls().rowsPerSecond(),
        List.copyOf(ways(story, run, now, obstacle)),
        runs,
        RolloutStatus.Source.TEMPORAL);
  }

  /** Whether clients notice what the gate lets through; those of contract are in the plan. */
  private static boolean lets(Question question) {
    return question.gate() != Runbook.Gate.CONTRACT;
  }

  private static RolloutStatus.State state(Story story, Optional<Obstacle> obstacle) {
    return switch (story.state()) {
      case State.Ended(End end, _) -> end.state();
      case State.Held _, State.AskedToCross _ -> RolloutStatus.State.HELD;
      case State.AtGate _ -> RolloutStatus.State.WAITING;
      default ->
          obstacle.isPresent() && !(obstacle.get() instanceof Obstacle.Paused)
              ? RolloutStatus.State.WAITING
              : RolloutStatus.State.RUNNING;
    };
  }

  private static Optional<Failure> held(State state) {
    return switch (state) {
      case State.Held(Failure failure, _) -> Optional.of(failure);
      case State.AskedToCross(Failure why) -> Optional.of(why);
      case State.Ended(End end, _) -> end.failure();
      default -> Optional.empty();
    };
  }

  /**
   * What a human can say now. What is named here was judged as a decision would be, so that none of
   * it is refused; while a phase just runs, only the way out is named.
   */
  private static Set<Way> ways(Story story, String run, Instant now, Optional<Obstacle> obstacle) {
    Set<Way> ways = EnumSet.noneOf(Way.class);
    if (story.state() instanceof State.Ended(End end, _)) {
      switch (end.state()) {
        case COMPLETED -> {
          if (story.kind() == Story.Kind.ROLLOUT) {
            ways.add(Way.CONTRACT);
          }
        }
        case ABORTED, FAILED ->
            ways.add(story.kind() == Story.Kind.ROLLOUT ? Way.LAUNCH : Way.CONTRACT);
        case RUNNING, WAITING, HELD, TERMINATED ->
            throw new IllegalStateException("no execution ends " + end.state());
      }
      return ways;
    }
    if (story.state() instanceof State.AtGate) {
      ways.add(Way.APPROVE);
    }
    if (obstacle.filter(Obstacle.SignOffsDue.class::isInstance).isPresent()) {
      ways.add(Way.SIGN_OFF);
    }
    // Who may approve is only judged with the approval; these can be judged for everybody.
    var by = new Decision.By("somebody", "to be asked", run, now.plus(Duration.ofMinutes(1)));
    if (DecisionPolicy.of(story, new Decision.Resume(by), run, now).isEmpty()) {
      ways.add(Way.RESUME);
    }
    if (elsewhere(story)) {
      // Until the name leads there again, nothing can be done to the target.
      return ways;
    }
    if (!mayBeTheOnlyCopy(story)
        && DecisionPolicy.of(story, new Decision.Abort(by), run, now).isEmpty()) {
      ways.add(Way.ABORT);
    }
    if (DecisionPolicy.of(story, new Decision.Rollback(List.of(), by), run, now).isEmpty()) {
      ways.add(Way.ROLLBACK);
    }
    return ways;
  }

  private static boolean elsewhere(Story story) {
    return story.kind() == Story.Kind.ROLLOUT
        && story.state() instanceof State.Held(Failure failure, _)
        && failure.code().equals(ErrorCode.TARGET_NOT_THE_SAME.name());
  }

  /**
   * Back on legacy, and it lacks what canonical has: an abort would drop the only copy. An operator
   * can order it; the status does not suggest it.
   */
  private static boolean mayBeTheOnlyCopy(Story story) {
    return story.course().crossings() > 0
        && story.state() instanceof State.Held(Failure failure, State again)
        && (again instanceof State.Verifying || again instanceof State.Confirming)
        && failure.code().equals(ErrorCode.VERIFY_MISMATCH.name());
  }
}
