package dev.rubicon.workflow;

import dev.rubicon.message.Decision;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.PhaseInput;
import java.util.List;

/** Enters an accepted decision in the ledger, before it is carried out. */
final class Recording {
  private Recording() {}

  static void enter(PhaseInput here, Decision decision, SeenAuditHead auditHead) {
    var control = ActivityStubs.recording(SummaryText.accepted(decision));
    AuditHead seen = auditHead.last();
    auditHead.saw(
        switch (decision) {
          case Decision.Approve approval -> control.recordApproval(here, approval, seen);
          case Decision.SignOff signOff -> control.recordSignOff(here, signOff, seen);
          case Decision.Pause pause -> control.pause(here, pause.by(), seen);
          case Decision.Resume resume -> control.resume(here, resume.by(), seen);
          case Decision.Throttle throttle -> control.throttle(here, throttle, seen);
          case Decision.Rollback rollback ->
              control.recordOrder(
                  here,
                  rollback.losing().isEmpty()
                      ? rollback.action()
                      : rollback.action() + ", losing rows of " + rollback.losing(),
                  rollback.by(),
                  seen,
                  rollback.losing());
          case Decision.Abort _, Decision.ExtendWatch _ ->
              control.recordOrder(here, decision.action(), decision.by(), seen, List.of());
        });
  }
}
