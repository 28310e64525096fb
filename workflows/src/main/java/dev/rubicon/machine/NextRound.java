package dev.rubicon.machine;

import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.Side;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.runbook.Runbook;

/** The next round: what was approved or shown is void, and the rollout asks again. */
final class NextRound {
  private NextRound() {}

  /**
   * No crossing on this clearance: both sides are verified again and a human is asked, at the gate
   * or, in a runbook without one, all the same. That bounds rounds by decisions.
   */
  static Story callOff(Story story, Failure why) {
    Story turned = story.with(story.course().nextRound(why.cause()).asks(why));
    return turned.to(voiding(turned, Runbook.Gate.CUTOVER, why, new State.Verifying()));
  }

  /** The target is not the one that was planned for. */
  static Story planAgain(Story story) {
    Failure why = Reasons.targetChanged();
    Story turned = story.with(story.course().nextRound(why.cause()));
    if (story.asksAt(Runbook.Gate.EXPAND)) {
      return turned.to(voiding(turned, Runbook.Gate.EXPAND, why, new State.Preflighting()));
    }
    return story.course().side() == Side.UNTOUCHED
        ? turned.to(new State.FindingInstalled(why, new State.Preflighting(), End.failed(why)))
        : turned.to(new State.Held(why, new State.Preflighting()));
  }

  /** The same for contract. */
  static Story askContractAgain(Story story) {
    Failure why = Reasons.targetChanged();
    Story turned = story.with(story.course().nextRound(why.cause()));
    State again = new State.FindingContractFingerprint();
    return turned.to(
        story.asksAt(Runbook.Gate.CONTRACT)
            ? voiding(turned, Runbook.Gate.CONTRACT, why, again)
            : new State.Held(why, again));
  }

  /** The check at an approval found that the target has changed. */
  static Story targetMoved(Story story) {
    return story.state() instanceof State.AtGate(Question question)
        ? switch (question) {
          case Question.ToExpand _ -> planAgain(story);
          case Question.ToCross _ -> callOff(story, Reasons.targetChanged());
          case Question.ToContract _ -> askContractAgain(story);
        }
        : story;
  }

  private static State voiding(Story story, Runbook.Gate gate, Failure why, State then) {
    return story.asksAt(gate)
        ? new State.Recording(new State.Entry.ApprovalVoid(why.cause()), then)
        : then;
  }
}
