package dev.rubicon.machine;

import dev.rubicon.machine.state.Clearance;
import dev.rubicon.machine.state.Event;
import dev.rubicon.machine.state.State;
import dev.rubicon.machine.state.Story;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.Blocked;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import dev.rubicon.rollout.TargetStage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The target of a random story: what a step does to it, and what it answers. Like the engine, it
 * commits a crossing only if the fingerprint is the approved one and the window is still open.
 */
final class FakeTarget {
  private String base = "0";
  private static final TargetIdentity IDENTITY = new TargetIdentity("7", 5);

  private TargetProgress progress;
  private final List<TargetProgress> past = new ArrayList<>();

  /** What an earlier execution left. */
  FakeTarget(Found found) {
    progress =
        switch (found) {
          case NOTHING -> TargetProgress.NOTHING;
          case INSTALLED -> new TargetProgress(Optional.of(TargetStage.EXPANDING), 0);
          case CROSSED -> new TargetProgress(Optional.of(TargetStage.CUT_OVER), 1);
        };
  }

  boolean installed() {
    return progress.found() != Found.NOTHING;
  }

  boolean crossed() {
    return progress.found() == Found.CROSSED;
  }

  void changes() {
    base += "!";
  }

  /** A standby that lagged by so many commits of ours is promoted. */
  void failsOver(int lag) {
    if (!past.isEmpty()) {
      progress = past.get(Math.max(0, past.size() - 1 - lag));
      past.clear();
    }
  }

  private void on(TargetProgress now) {
    if (!now.equals(progress)) {
      past.add(progress);
      progress = now;
    }
  }

  private void atLeast(TargetStage stage) {
    on(progress.atLeast(stage));
  }

  String fingerprint() {
    return "fp-" + base + (crossed() ? "-crossed" : installed() ? "-expanded" : "");
  }

  /**
   * @param onCommit told right before a crossing commits
   */
  Event.Outcome run(
      State.Step step, Story story, String run, int variant, Instant now, Runnable onCommit) {
    if (looks(step) && story.known().expectedTarget().lostBy(progress, phase(step))) {
      return new Event.Failed(step, new Failure("TARGET_STATE_LOST", "less than was", "look"));
    }
    return switch (step) {
      case State.Opening _ ->
          new Event.Opened(
              story.known().plan().orElseThrow(), progress, IDENTITY, List.of(), Identity.UNKNOWN);
      case State.Preflighting _ ->
          new Event.Preflighted(
              new Facts.Preflight(
                  "15",
                  fingerprint(),
                  "canonical",
                  Map.of(),
                  List.of(),
                  List.of("users.id changes its type"),
                  Optional.empty()));
      case State.BackingUp _ ->
          new Event.BackedUp(new Facts.Backup("k", "s3://k", "d", 1, Map.of()));
      case State.Cloning _ -> new Event.Cloned(new Facts.Clone("golden", "backup", 1));
      case State.Rehearsing _ ->
          new Event.Rehearsed(
              new Facts.Rehearsal(true, "r", "change", Map.of(), List.of(), Optional.empty()));
      case State.Binding(var preflight, _, _) ->
          new Event.Bound(new Facts.Dossier("dossier-" + preflight.fingerprint(), "", List.of()));
      case State.OpeningGate _ -> new Event.GateOpened(run);
      case State.CheckingTarget(var approved) ->
          new Event.TargetChecked(installed() || approved.fingerprint().equals(fingerprint()));
      case State.Expanding _ -> {
        atLeast(TargetStage.EXPANDED);
        yield new Event.Expanded(new Facts.Expand(List.of(), List.of(), List.of()));
      }
      case State.InstallingDualWrite _ -> {
        atLeast(TargetStage.DUAL_WRITING);
        yield new Event.DualWritten(new Facts.DualWrite(List.of(), 1));
      }
      case State.Backfilling _ -> {
        atLeast(TargetStage.BACKFILLED);
        yield new Event.Filled(new Facts.Backfill(Map.of(), Map.of(), List.of()));
      }
      case State.Verifying _, State.Confirming _ -> {
        atLeast(TargetStage.VERIFIED);
        yield new Event.Verified(
            new Facts.Verify(Map.of(), 0, List.of(), fingerprint(), List.of()));
      }
      case State.Crossing(var clearance) -> cross(clearance, step, run, variant, now, onCommit);
      case State.ReadingCrossing(var clearance) ->
          cross(clearance, step, run, variant, now, onCommit);
      case State.FindingSide _, State.FindingInstalled _, State.FindingProgress _ ->
          new Event.SideFound(progress);
      case State.FindingFingerprint _, State.FindingContractFingerprint _ ->
          new Event.FingerprintFound(fingerprint());
      case State.Deploying _ -> new Event.Deployed();
      case State.Smoking _ ->
          new Event.Smoked(
              variant % 2 == 0
                  ? new Facts.Smoke(List.of(), List.of("me"))
                  : new Facts.Smoke(List.of("me"), List.of()));
      case State.Watching(var started) ->
          new Event.Watched(new Facts.Watch(List.of()), story.watchEnds(started));
      case State.GoingBack _ -> {
        if (crossed()) {
          on(new TargetProgress(Optional.of(TargetStage.ROLLED_BACK), progress.turns() + 1));
        }
        yield new Event.WentBack(
            new Facts.Rollback(fingerprint(), Blocked.NOT, List.of(), progress.turns(), "here"));
      }
      case State.SwitchingBack _ -> new Event.SwitchedBack();
      case State.Removing _ -> {
        if (crossed()) {
          yield new Event.Failed(step, new Failure("ABORT_IMPOSSIBLE", "crossed", "rollback"));
        }
        on(TargetProgress.NOTHING);
        yield new Event.Removed(new Facts.Abort(fingerprint(), List.of()));
      }
      case State.OpeningContract _ ->
          new Event.ContractOpened(
              story.known().plan().orElseThrow(), Optional.of(IDENTITY), Identity.UNKNOWN);
      case State.CheckingContract(var approved) ->
          new Event.TargetChecked(approved.fingerprint().equals(fingerprint()));
      case State.Contracting _ -> new Event.Contracted(new Facts.Contract("fp", List.of()));
      case State.Recording _ -> new Event.Recorded();
      case State.Closing _ -> new Event.Closed();
      case State.Reporting _ -> new Event.Reported("report");
    };
  }

  private Event.Outcome cross(
      Clearance clearance,
      State.Step step,
      String run,
      int variant,
      Instant now,
      Runnable onCommit) {
    if (!crossed()) {
      if (!clearance.run().equals(run)) {
        return new Event.Failed(step, new Failure("APPROVAL_VOID", "another run", "ask"));
      }
      if (!clearance.fingerprint().equals(fingerprint())) {
        return new Event.Failed(step, new Failure("TARGET_CHANGED", "another one", "look"));
      }
      if (clearance.expired(now)) {
        return new Event.Failed(step, new Failure("WINDOW_CLOSED", "over", "wait"));
      }
      onCommit.run();
      on(new TargetProgress(Optional.of(TargetStage.CUT_OVER), progress.turns() + 1));
    }
    return new Event.Crossed(
        new Facts.Cutover(
            fingerprint(),
            variant % 7 == 0 ? "another change" : "change",
            Blocked.NOT,
            List.of(),
            List.of(),
            progress.turns(),
            "here",
            List.of(),
            List.of(),
            List.of()));
  }

  TargetProgress progress() {
    return progress;
  }

  /** Whether the activity of that step looks at what the target remembers before anything else. */
  private static boolean looks(State.Step step) {
    return switch (step) {
      case State.PhaseStep _,
          State.CheckingTarget _,
          State.FindingFingerprint _,
          State.Deploying _,
          State.SwitchingBack _ ->
          true;
      default -> false;
    };
  }

  private static Phase phase(State.Step step) {
    return step instanceof State.PhaseStep phase ? phase.phase() : Phase.CUTOVER;
  }
}
