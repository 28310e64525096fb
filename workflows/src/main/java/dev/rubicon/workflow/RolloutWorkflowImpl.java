package dev.rubicon.workflow;

import dev.rubicon.activity.ControlActivities;
import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.machine.state.Course;
import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutResult;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.rollout.Worked;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Instant;
import java.util.Optional;

/**
 * The story of a rollout: prepare, ask, install, ask, cross, watch; and the ways back. Which step
 * follows which, and what failures, decisions and time make of it, is the machine's ({@link
 * dev.rubicon.machine.Machine}); here stands what each step does.
 */
public final class RolloutWorkflowImpl implements RolloutWorkflow {
  private final RolloutRequest request;
  private final Execution execution;

  @WorkflowInit
  public RolloutWorkflowImpl(RolloutRequest request) {
    this.request = request;
    this.execution = new Execution(Story.rollout(request));
  }

  @Override
  public RolloutResult run(RolloutRequest ignoredSameAsInit) {
    State.Ended ended = execution.run(this::perform);
    Story story = execution.story();
    End end = ended.end();
    if (end.failure().isPresent()) {
      throw Failures.of(end.failure().get());
    }
    if (story.course().leaving() == Course.Leaving.CANCELLED) {
      // The server shows an execution as Cancelled only when it ends with this failure.
      throw new CanceledFailure(end.outcome());
    }
    return new RolloutResult(
        request.rollout(),
        end.outcome(),
        story.course().crossings(),
        story.known().dossier().map(Facts.Dossier::digest),
        story.known().fingerprint(),
        ended.report());
  }

  private Event.Outcome perform(State.Step step) {
    return switch (step) {
      case State.RolloutStep rollout -> perform(rollout);
      case State.SharedStep shared -> Bookkeeping.perform(shared, execution);
      case State.ContractStep contract ->
          throw new IllegalStateException("a rollout has no " + contract);
    };
  }

  private Event.Outcome perform(State.RolloutStep step) {
    return switch (step) {
      case State.Opening _ -> {
        var opening =
            control("open " + request.runbook() + " on " + request.target())
                .open(
                    request,
                    Workflow.getInfo().getWorkflowId(),
                    Workflow.getInfo().getRunId(),
                    Workflow.getInfo().getOriginalExecutionRunId());
        yield new Event.Opened(
            opening.plan(),
            opening.ground(),
            opening.identity(),
            opening.clients(),
            opening.requester());
      }

      // Prepare: the target is only read.
      case State.Preflighting _ ->
          new Event.Preflighted(
              did(data("look at the target and at canonical").preflight(input(Phase.PREFLIGHT))));
      case State.BackingUp _ ->
          new Event.BackedUp(did(data("back up one snapshot").backup(input(Phase.BACKUP))));
      case State.Cloning(_, var backup) ->
          new Event.Cloned(
              did(data("restore the backup").restoreClone(input(Phase.CLONE), backup)));
      case State.Rehearsing(_, var backup, var golden) ->
          new Event.Rehearsed(
              did(data("rehearse on a clone").rehearse(input(Phase.REHEARSE), backup, golden)));
      case State.Binding(var preflight, var backup, var rehearsal) ->
          new Event.Bound(
              control("bind findings, backup and rehearsal in one digest")
                  .dossier(
                      input(Phase.EXPAND),
                      preflight,
                      backup,
                      rehearsal,
                      execution.story().plan().cannotPromise()));

      // Install, behind the gate expand.
      case State.CheckingTarget(var approved) ->
          new Event.TargetChecked(
              control("is the target still the one that was planned for?")
                  .unchanged(input(Phase.EXPAND), approved.fingerprint()));
      case State.Expanding(var preflight, var backup) ->
          new Event.Expanded(did(ddl("expand").expand(input(Phase.EXPAND), preflight, backup)));
      case State.InstallingDualWrite _ ->
          new Event.DualWritten(
              did(ddl("install the dual write").dualWrite(input(Phase.DUAL_WRITE))));
      case State.Backfilling _ ->
          new Event.Filled(did(data("backfill").backfill(input(Phase.BACKFILL))));
      case State.Verifying _ ->
          new Event.Verified(
              did(data("verify both sides in one snapshot").verify(input(Phase.VERIFY))));

      // Cross, behind the gate cutover, in the window.
      case State.Confirming _ ->
          new Event.Verified(
              did(data("verify once more, right before the crossing").verify(input(Phase.VERIFY))));
      case State.Crossing(var clearance) ->
          new Event.Crossed(did(ddl("cut over").cutover(input(Phase.CUTOVER), clearance.terms())));
      case State.FindingSide _ ->
          new Event.SideFound(
              control("on which side of the crossing is the target?").side(input(Phase.CUTOVER)));
      case State.ReadingCrossing(var clearance) ->
          new Event.Crossed(
              did(
                  ddl("read what the cutover did")
                      .cutover(input(Phase.CUTOVER), clearance.terms())));

      // Behind the crossing.
      case State.FindingFingerprint _ ->
          new Event.FingerprintFound(
              control("fingerprint the target").fingerprint(input(Phase.CUTOVER)));
      case State.Deploying _ -> {
        control("deploy the new build").deploy(input(Phase.CUTOVER));
        yield new Event.Deployed();
      }
      case State.Smoking _ -> new Event.Smoked(did(data("smoke checks").smoke(input(Phase.SMOKE))));
      case State.Watching(var started) -> {
        Instant until = execution.story().watchEnds(started);
        yield new Event.Watched(
            did(
                ActivityStubs.watch(
                        "watch until " + until, execution.story().plan().heartbeatTimeout())
                    .watch(input(Phase.WATCH), until)),
            until);
      }

      // The ways back.
      case State.GoingBack(var losing, var automatic) ->
          new Event.WentBack(
              did(
                  ddl("roll back to legacy: " + ordered(automatic))
                      .rollback(input(Phase.ROLLBACK), new ReturnTerms(losing))));
      case State.SwitchingBack _ -> {
        control("switch to the old build").rollbackDeploy(input(Phase.ROLLBACK));
        yield new Event.SwitchedBack();
      }
      case State.FindingInstalled _ ->
          new Event.SideFound(
              control("is anything of this rollout installed?").side(input(Phase.ABORT)));
      case State.FindingProgress _ ->
          new Event.SideFound(
              control("what does the target remember of this rollout?")
                  .side(execution.log().here(execution.story())));
      case State.Removing _ ->
          new Event.Removed(
              did(ddl("remove everything that was installed").abort(input(Phase.ABORT))));
    };
  }

  /** By whom and why. */
  private String ordered(Optional<String> automatic) {
    return automatic
        .map(why -> "rubicon, by itself: " + why)
        .or(() -> execution.log().decisions().lastReturn().map(by -> by.who() + ": " + by.reason()))
        .orElse("");
  }

  private <T extends Facts.OfPhase> T did(Worked<T> worked) {
    return execution.log().facts(worked);
  }

  private PhaseInput input(Phase phase) {
    return execution.log().input(phase, execution.story());
  }

  private static ControlActivities control(String summary) {
    return ActivityStubs.control(summary);
  }

  private DataPhases data(String summary) {
    return ActivityStubs.data(summary, execution.story().plan().heartbeatTimeout());
  }

  private DdlPhases ddl(String summary) {
    return ActivityStubs.ddl(summary, execution.story().plan().heartbeatTimeout());
  }

  // What humans say: bounds here, policy in the machine's DecisionPolicy.

  @Override
  public void checkApprove(Decision.Approve approval) {
    Bounds.check(approval);
  }

  @Override
  public RolloutStatus approve(Decision.Approve approval) {
    return execution.receive(approval);
  }

  @Override
  public void checkSignOff(Decision.SignOff signOff) {
    Bounds.check(signOff);
  }

  @Override
  public RolloutStatus signOff(Decision.SignOff signOff) {
    return execution.receive(signOff);
  }

  @Override
  public void checkPause(Decision.Pause pause) {
    Bounds.check(pause);
  }

  @Override
  public RolloutStatus pause(Decision.Pause pause) {
    return execution.receive(pause);
  }

  @Override
  public void checkResume(Decision.Resume resume) {
    Bounds.check(resume);
  }

  @Override
  public RolloutStatus resume(Decision.Resume resume) {
    return execution.receive(resume);
  }

  @Override
  public void checkThrottle(Decision.Throttle throttle) {
    Bounds.check(throttle);
  }

  @Override
  public RolloutStatus throttle(Decision.Throttle throttle) {
    return execution.receive(throttle);
  }

  @Override
  public void checkAbort(Decision.Abort abort) {
    Bounds.check(abort);
  }

  @Override
  public RolloutStatus abort(Decision.Abort abort) {
    return execution.receive(abort);
  }

  @Override
  public void checkRollback(Decision.Rollback rollback) {
    Bounds.check(rollback);
  }

  @Override
  public RolloutStatus rollback(Decision.Rollback rollback) {
    return execution.receive(rollback);
  }

  @Override
  public void checkExtendWatch(Decision.ExtendWatch extension) {
    Bounds.check(extension);
  }

  @Override
  public RolloutStatus extendWatch(Decision.ExtendWatch extension) {
    return execution.receive(extension);
  }

  @Override
  public RolloutStatus status() {
    return execution.status();
  }
}
