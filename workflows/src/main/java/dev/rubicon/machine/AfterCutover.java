package dev.rubicon.machine;

import dev.rubicon.machine.state.Course.Leaving;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Side;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Optional;

/** Where a rollout goes that has crossed: deployed, smoke-tested, watched, or back to legacy. */
final class AfterCutover {
  private AfterCutover() {}

  static Story deployed(Story story, State.Deploying deploying) {
    boolean otherwise =
        deploying.change().isPresent()
            && story.known().rehearsed().isPresent()
            && !deploying.change().equals(story.known().rehearsed());
    State next = story.has(Phase.SMOKE) ? new State.Smoking() : afterSmoke(story);
    return story.to(
        otherwise ? new State.Held(Reasons.notAsRehearsed(deploying.otherwise()), next) : next);
  }

  private static State afterSmoke(Story story) {
    return story.has(Phase.WATCH)
        ? new State.AwaitingWatch()
        : new State.Closing(End.completed("completed"));
  }

  static Story smoked(Story story, List<String> failed) {
    if (failed.isEmpty()) {
      return story.to(afterSmoke(story));
    }
    boolean used = story.course().automaticReturns() > 0;
    if (story.plan().onSmokeFailure() == Runbook.OnSmokeFailure.ROLLBACK && !used) {
      return story
          .with(story.course().returnsByItself())
          .to(
              new State.GoingBack(
                  List.of(), Optional.of(Reasons.smokeFailed(failed, false).cause())));
    }
    return story.to(new State.Held(Reasons.smokeFailed(failed, used), afterSmoke(story)));
  }

  static Story wentBack(Story story, Facts.Rollback facts, Optional<String> automatic) {
    String why = automatic.orElse("a rollback was ordered");
    Story back =
        story
            .with(story.known().saw(facts.fingerprint()))
            .on(new TargetProgress(Optional.of(TargetStage.ROLLED_BACK), facts.turns()))
            .with(
                story
                    .course()
                    .on(Side.LEGACY)
                    .nextRound("rolled back")
                    .asks(Reasons.rolledBack(why)));
    return back.to(
        story.course().leaving() == Leaving.CANCELLED
            ? new State.Closing(
                End.aborted("cancelled while it went back; legacy is the authority, both in step"))
            : new State.SwitchingBack(recordingReturn(automatic)));
  }

  private static State recordingReturn(Optional<String> automatic) {
    State voiding =
        new State.Recording(new State.Entry.ApprovalVoid("rolled back"), new State.Verifying());
    return automatic
        .<State>map(why -> new State.Recording(new State.Entry.AutomaticReturn(why), voiding))
        .orElse(voiding);
  }
}
