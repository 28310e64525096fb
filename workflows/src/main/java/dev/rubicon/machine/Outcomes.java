package dev.rubicon.machine;

import dev.rubicon.machine.state.End;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.Plan;
import dev.rubicon.machine.state.Question;
import dev.rubicon.machine.state.Side;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Identity;
import dev.rubicon.rollout.Digest;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.rollout.TargetStage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the outcome of a step leads; one of a step that was left in the meantime leads nowhere. */
final class Outcomes {
  private static final Facts.Rehearsal NOT_REHEARSED =
      new Facts.Rehearsal(false, "not rehearsed", "", Map.of(), List.of(), Optional.empty());

  private Outcomes() {}

  static Story of(Story story, Event.Outcome outcome, Instant now) {
    State state = story.state();
    return switch (outcome) {
      case Event.Failed(var step, var failure) -> FailureHandling.failed(story, step, failure);
      case Event.Stopped(var step) -> FailureHandling.stopped(story, step);

      case Event.Opened(var plan, var progress, var identity, var clients, var requester) ->
          state instanceof State.Opening
              ? opened(
                  story.with(story.known().noticed(clients)), plan, progress, identity, requester)
              : story;
      case Event.Preflighted(var facts) ->
          state instanceof State.Preflighting
              ? story.with(story.known().preflighted(facts)).to(new State.BackingUp(facts))
              : story;
      case Event.BackedUp(var facts) ->
          state instanceof State.BackingUp(var preflight)
              ? story.to(
                  story.has(Phase.CLONE)
                      ? new State.Cloning(preflight, facts)
                      : new State.Binding(preflight, facts, NOT_REHEARSED))
              : story;
      case Event.Cloned(var facts) ->
          state instanceof State.Cloning(var preflight, var backup)
              ? story.to(new State.Rehearsing(preflight, backup, facts))
              : story;
      case Event.Rehearsed(var facts) ->
          state instanceof State.Rehearsing(var preflight, var backup, _)
              ? story.to(new State.Binding(preflight, backup, facts))
              : story;
      case Event.Bound(var dossier) ->
          state instanceof State.Binding binding ? bound(story, binding, dossier) : story;
      case Event.GateOpened(var run) ->
          state instanceof State.OpeningGate(var question)
              ? gateOpened(story, question, run, now)
              : story;
      case Event.TargetChecked(var unchanged) -> targetChecked(story, unchanged, now);
      case Event.Expanded _ ->
          state instanceof State.Expanding
              ? reached(story, TargetStage.EXPANDED)
                  .to(
                      story.has(Phase.DUAL_WRITE)
                          ? new State.InstallingDualWrite()
                          : new State.Verifying())
              : story;
      case Event.DualWritten _ ->
          state instanceof State.InstallingDualWrite
              ? reached(story, TargetStage.DUAL_WRITING).to(new State.Backfilling())
              : story;
      case Event.Filled _ ->
          state instanceof State.Backfilling
              ? reached(story, TargetStage.BACKFILLED).to(new State.Verifying())
              : story;
      case Event.Verified(var facts) -> verified(story, facts, now);
      case Event.Crossed(var facts) -> Crossings.crossed(saw(story, facts.fingerprint()), facts);
      case Event.SideFound(var progress) ->
          switch (state) {
            case State.FindingSide(var clearance, var why) ->
                Crossings.sideFound(story, clearance, why, progress);
            case State.FindingInstalled finding -> installedFound(story, finding, progress);
            case State.FindingProgress(var why, var again) ->
                LostProgress.found(story, progress, why, again);
            default -> story;
          };
      case Event.FingerprintFound(var fingerprint) -> fingerprintFound(story, fingerprint);
      case Event.Deployed _ ->
          state instanceof State.Deploying deploying
              ? AfterCutover.deployed(story, deploying)
              : story;
      case Event.Smoked(var facts) ->
          state instanceof State.Smoking ? AfterCutover.smoked(story, facts.failed()) : story;
      case Event.Watched(_, var until) ->
          // By what it was asked for, not by a clock: the worker's may be ahead of the server's.
          state instanceof State.Watching(var started) && !until.isBefore(story.watchEnds(started))
              ? story.to(new State.Closing(End.completed("completed")))
              : story;
      case Event.WentBack(var facts) ->
          state instanceof State.GoingBack(_, var automatic)
              ? AfterCutover.wentBack(story, facts, automatic)
              : story;
      case Event.SwitchedBack _ ->
          state instanceof State.SwitchingBack(var then) ? story.to(then) : story;
      case Event.Removed(var facts) ->
          state instanceof State.Removing
              ? saw(story, facts.fingerprint())
                  .on(TargetProgress.NOTHING)
                  .with(story.course().on(Side.UNTOUCHED))
                  .to(new State.Closing(End.aborted(aborted(facts))))
              : story;
      case Event.ContractOpened(var plan, var identity, var requester) ->
          state instanceof State.OpeningContract
              ? story
                  .with(story.known().opened(plan, identity, requester))
                  .to(new State.FindingContractFingerprint())
              : story;
      case Event.Contracted _ ->
          state instanceof State.Contracting
              ? story.to(new State.Closing(End.completed("contracted")))
              : story;
      case Event.Recorded _ ->
          state instanceof State.Recording(_, var then) ? story.to(then) : story;
      case Event.Closed _ ->
          state instanceof State.Closing(var end) ? story.to(new State.Reporting(end)) : story;
      case Event.Reported(var key) ->
          state instanceof State.Reporting(var end)
              ? story.to(new State.Ended(end, Optional.of(key)))
              : story;
    };
  }

  private static Story saw(Story story, String fingerprint) {
    return story.with(story.known().saw(fingerprint));
  }

  private static Story reached(Story story, TargetStage stage) {
    return story.on(story.known().progress().atLeast(stage));
  }

  private static Story opened(
      Story story,
      Plan plan,
      TargetProgress progress,
      TargetIdentity identity,
      Identity requester) {
    Story opened =
        story.with(story.known().opened(plan, Optional.of(identity), requester).on(progress));
    return switch (progress.found()) {
      case NOTHING -> opened.to(new State.Preflighting());
      case INSTALLED -> opened.with(story.course().on(Side.LEGACY)).to(new State.Preflighting());
      case CROSSED -> opened.with(story.course().crossed()).to(new State.FindingFingerprint());
    };
  }

  private static Story bound(Story story, State.Binding binding, Facts.Dossier dossier) {
    Story asking =
        story
            .with(story.known().bound(dossier, binding.rehearsal()))
            .with(story.course().openedGate());
    return asking.to(
        new State.OpeningGate(
            new Question.ToExpand(
                binding.preflight(),
                binding.backup(),
                dossier.digest(),
                asking.course().openings())));
  }

  private static Story gateOpened(Story story, Question question, String run, Instant now) {
    if (story.asksAt(question.gate())) {
      return story.to(new State.AtGate(question));
    }
    return story.to(
        switch (question) {
          case Question.ToExpand unasked -> new State.CheckingTarget(unasked);
          case Question.ToContract unasked -> new State.CheckingContract(unasked);
          case Question.ToCross(var fingerprint, _, _) ->
              story
                  .course()
                  .mustAsk()
                  .<State>map(State.AskedToCross::new)
                  .orElseGet(
                      () -> new State.Confirming(Crossings.cleared(story, run, fingerprint, now)));
        });
  }

  private static Story targetChecked(Story story, boolean unchanged, Instant now) {
    return switch (story.state()) {
      case State.CheckingTarget _ when !unchanged -> NextRound.planAgain(story);
      case State.CheckingContract _ when !unchanged -> NextRound.askContractAgain(story);
      // What changed during the check may matter later: it is checked again.
      case State.CheckingTarget _, State.CheckingContract _
          when Obstacle.of(story, now).isPresent() ->
          story;
      case State.CheckingTarget(var approved) ->
          story
              .with(story.course().on(Side.LEGACY))
              .to(new State.Expanding(approved.preflight(), approved.backup()));
      case State.CheckingContract _ -> story.to(new State.Contracting());
      default -> story;
    };
  }

  private static Story verified(Story before, Facts.Verify facts, Instant now) {
    String fingerprint = facts.fingerprint();
    Story story =
        before.state() instanceof State.Verifying || before.state() instanceof State.Confirming
            ? reached(before, TargetStage.VERIFIED)
            : before;
    return switch (story.state()) {
      case State.Verifying _ -> {
        Story asking = saw(story, fingerprint).with(story.course().openedGate());
        String bound =
            Digest.of(
                story.known().dossier().map(Facts.Dossier::digest).orElse(story.request().bundle()),
                fingerprint,
                "round " + story.course().round() + others(facts));
        yield asking.to(
            new State.OpeningGate(
                new Question.ToCross(fingerprint, bound, asking.course().openings())));
      }
      case State.Confirming(var clearance) ->
          Crossings.confirmed(saw(story, fingerprint), clearance, fingerprint, now);
      default -> story;
    };
  }

  private static String aborted(Facts.Abort facts) {
    return facts.others().isEmpty()
        ? "aborted"
        : "aborted; what others changed stays: " + facts.others();
  }

  private static String others(Facts.Verify facts) {
    return facts.others().isEmpty() ? "" : ", changed by others " + facts.others();
  }

  private static Story installedFound(
      Story story, State.FindingInstalled finding, TargetProgress progress) {
    return switch (progress.found()) {
      case NOTHING -> story.to(new State.Closing(finding.otherwise()));
      case INSTALLED ->
          story
              .on(progress)
              .with(story.course().on(Side.LEGACY))
              .to(new State.Held(finding.why(), finding.again()));
      case CROSSED -> FailureHandling.crossedAfterAll(story.on(progress));
    };
  }

  private static Story fingerprintFound(Story story, String fingerprint) {
    return switch (story.state()) {
      case State.FindingFingerprint _ ->
          saw(story, fingerprint).to(new State.Deploying(Optional.empty(), List.of()));
      case State.FindingContractFingerprint _ -> {
        Story asking = saw(story, fingerprint).with(story.course().openedGate());
        yield asking.to(
            new State.OpeningGate(
                new Question.ToContract(
                    fingerprint,
                    Digest.of(story.request().bundle(), fingerprint, "contract"),
                    asking.course().openings())));
      }
      default -> story;
    };
  }
}
