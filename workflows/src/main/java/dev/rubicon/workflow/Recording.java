package dev.rubicon.workflow;

import dev.rubicon.rollout.PhaseInput;

/** Enters an accepted decision in the ledger, before it is carried out. */
final class Recording {
  private Recording() {}

  static void enter(PhaseInput here, Decision decision) {
    var control = Stubs.recording(SummaryText.accepted(decision));
    switch (decision) {
      case Decision.Approve approval -> control.recordApproval(here, approval);
      case Decision.SignOff signOff -> control.recordSignOff(here, signOff);
      case Decision.Pause pause -> control.pause(here, pause.by());
      case Decision.Resume resume -> control.resume(here, resume.by());
      case Decision.Throttle throttle -> control.throttle(here, throttle);
      case Decision.Rollback rollback ->
          control.recordOrder(
              here,
              rollback.losing().isEmpty()
                  ? rollback.action()
                  : rollback.action() + ", losing rows of " + rollback.losing(),
              rollback.by());
      case Decision.Abort _, Decision.ExtendWatch _ ->
          control.recordOrder(here, decision.action(), decision.by());
    }
  }
}
