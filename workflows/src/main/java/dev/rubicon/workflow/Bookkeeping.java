package dev.rubicon.workflow;

import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.Locale;

/** The steps in which an execution keeps its books: gates, what Rubicon itself did, and the end. */
final class Bookkeeping {
  private Bookkeeping() {}

  static Event.Outcome perform(State.SharedStep step, Execution execution) {
    Story story = execution.story();
    PhaseInput here = execution.log().here(story);
    SeenAuditHead auditHead = execution.auditHead();
    return switch (step) {
      case State.OpeningGate(var question) -> {
        String gate = question.gate().name().toLowerCase(Locale.ROOT);
        var anchor =
            ActivityStubs.control("anchor the audit trail at gate " + gate)
                .anchor(here, gate, question.digest(Execution.run()), auditHead.last());
        auditHead.saw(anchor);
        yield new Event.GateOpened(anchor.run());
      }
      case State.Recording(State.Entry.ApprovalVoid(var reason), _) -> {
        auditHead.saw(
            ActivityStubs.control("approvals are void: " + reason)
                .voidApprovals(here, gates(story), reason, auditHead.last()));
        execution.log().decisions().itself("approvals are void", reason, Execution.now());
        yield new Event.Recorded();
      }
      case State.Recording(State.Entry.AutomaticReturn(var reason), _) -> {
        auditHead.saw(
            ActivityStubs.control("rubicon: rollback, by itself: " + reason)
                .recordOrder(
                    here,
                    "rollback",
                    new Decision.By("rubicon", reason, Execution.run(), Execution.now()),
                    auditHead.last(),
                    List.of()));
        // Afterwards: what is held here is tried again.
        execution.log().decisions().itself("rollback, by itself", reason, Execution.now());
        yield new Event.Recorded();
      }
      case State.Closing(End end) -> {
        close(execution, here, end);
        yield new Event.Closed();
      }
      case State.Reporting _ ->
          new Event.Reported(ActivityStubs.aside("write the report").report(here));
    };
  }

  private static List<Runbook.Gate> gates(Story story) {
    return switch (story.kind()) {
      case ROLLOUT -> List.of(Runbook.Gate.EXPAND, Runbook.Gate.CUTOVER);
      case CONTRACT -> List.of(Runbook.Gate.CONTRACT);
    };
  }

  private static void close(Execution execution, PhaseInput here, End end) {
    Story story = execution.story();
    RolloutStatus last = execution.statusOnce(end);
    var control = ActivityStubs.control("enter the end in the ledger: " + end.state().word());
    switch (story.kind()) {
      case ROLLOUT ->
          control.close(
              here,
              last,
              end.outcome(),
              story.course().crossings(),
              story.known().fingerprint().orElse(""),
              execution.auditHead().last());
      case CONTRACT ->
          control.closeContract(here, last, end.outcome(), execution.auditHead().last());
    }
  }
}
