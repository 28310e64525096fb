package dev.rubicon.machine.state;

import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happens to an execution. */
public sealed interface Event {

  /** A decision that was judged, recorded, and is carried out now. */
  record Decided(Decision decision) implements Event {}

  /** An approval made the workflow check the target, which differs from what was shown. */
  record TargetMoved() implements Event {}

  /** The target's progress, read before a decision. */
  record TargetProgressSeen(TargetProgress progress) implements Event {}

  /** Cancel, in the Temporal UI or by its API. */
  record CancelRequested() implements Event {}

  /** A moment that a wait was to last to is there. */
  record TimePassed() implements Event {}

  /** What a step came to. */
  sealed interface Outcome extends Event {}

  /** All retries are over, or none was worth it. */
  record Failed(State.Step step, Failure failure) implements Outcome {}

  /** The step was cancelled, and has stopped. */
  record Stopped(State.Step step) implements Outcome {}

  record Opened(
      Plan plan,
      TargetProgress progress,
      TargetIdentity identity,
      List<String> clients,
      Identity requester)
      implements Outcome {}

  record Preflighted(Facts.Preflight facts) implements Outcome {}

  record BackedUp(Facts.Backup facts) implements Outcome {}

  record Cloned(Facts.Clone facts) implements Outcome {}

  record Rehearsed(Facts.Rehearsal facts) implements Outcome {}

  record Bound(Facts.Dossier facts) implements Outcome {}

  /**
   * @param run in which it was opened
   */
  record GateOpened(String run) implements Outcome {}

  /** Whether the target is still what was approved. */
  record TargetChecked(boolean unchanged) implements Outcome {}

  record Expanded(Facts.Expand facts) implements Outcome {}

  record DualWritten(Facts.DualWrite facts) implements Outcome {}

  record Filled(Facts.Backfill facts) implements Outcome {}

  record Verified(Facts.Verify facts) implements Outcome {}

  record Crossed(Facts.Cutover facts) implements Outcome {}

  record SideFound(TargetProgress progress) implements Outcome {}

  record FingerprintFound(String fingerprint) implements Outcome {}

  record Deployed() implements Outcome {}

  record Smoked(Facts.Smoke facts) implements Outcome {}

  /**
   * @param until what it was asked to watch to
   */
  record Watched(Facts.Watch facts, Instant until) implements Outcome {}

  record WentBack(Facts.Rollback facts) implements Outcome {}

  record SwitchedBack() implements Outcome {}

  record Removed(Facts.Abort facts) implements Outcome {}

  /**
   * @param identity of the target as its rollout saw it; empty where the ledger does not know
   */
  record ContractOpened(Plan plan, Optional<TargetIdentity> identity, Identity requester)
      implements Outcome {}

  record Contracted(Facts.Contract facts) implements Outcome {}

  record Recorded() implements Outcome {}

  record Closed() implements Outcome {}

  record Reported(String key) implements Outcome {}
}
