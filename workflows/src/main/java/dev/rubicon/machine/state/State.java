package dev.rubicon.machine.state;

import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where an execution stands; each state has what belongs to it, and nothing else. */
public sealed interface State {

  /** A state in which one activity runs, whose outcome leads on. */
  sealed interface Step extends State {}

  /** A step that is a phase: it has its line in status and ledger, and people can block it. */
  sealed interface PhaseStep extends Step {
    Phase phase();
  }

  /** The steps of a rollout. */
  sealed interface RolloutStep extends Step {}

  /** The steps of a contract execution. */
  sealed interface ContractStep extends Step {}

  /** Bookkeeping that both have. */
  sealed interface SharedStep extends Step {}

  // Preparing: the target is only read.

  record Opening() implements RolloutStep {}

  record Preflighting() implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.PREFLIGHT;
    }
  }

  record BackingUp(Facts.Preflight preflight) implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.BACKUP;
    }
  }

  record Cloning(Facts.Preflight preflight, Facts.Backup backup) implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.CLONE;
    }
  }

  record Rehearsing(Facts.Preflight preflight, Facts.Backup backup, Facts.Clone golden)
      implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.REHEARSE;
    }
  }

  /** Binds what was found into the dossier that the first approval names. */
  record Binding(Facts.Preflight preflight, Facts.Backup backup, Facts.Rehearsal rehearsal)
      implements RolloutStep {}

  // Gates.

  /** Anchors the audit trail, also where the runbook has no such gate. */
  record OpeningGate(Question question) implements SharedStep {}

  /** Waits for an approval. */
  record AtGate(Question question) implements State {}

  /** Back on legacy or called off, in a runbook without a gate: a human is asked all the same. */
  record AskedToCross(Failure why) implements State {}

  // Installing.

  /** Is the target still what was approved? Asked right before expand. */
  record CheckingTarget(Question.ToExpand approved) implements RolloutStep {}

  record Expanding(Facts.Preflight preflight, Facts.Backup backup)
      implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.EXPAND;
    }
  }

  record InstallingDualWrite() implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.DUAL_WRITE;
    }
  }

  record Backfilling() implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.BACKFILL;
    }
  }

  /** Verification before the gate: what the gate shows. */
  record Verifying() implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.VERIFY;
    }
  }

  // Crossing.

  /** Verification once more, right before the crossing: the gate may have waited for days. */
  record Confirming(Clearance clearance) implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.VERIFY;
    }
  }

  /** The cutover runs; whether it has committed is known when it answers. */
  record Crossing(Clearance clearance) implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.CUTOVER;
    }
  }

  /**
   * The cutover was cancelled, by a pause or a cancellation of the execution, and has not answered
   * yet.
   */
  record StoppingCrossing(Clearance clearance) implements State {}

  /**
   * The cutover gave no facts: on which side does the target stand?
   *
   * @param why what went wrong; empty where it was cancelled
   */
  record FindingSide(Clearance clearance, Optional<Failure> why) implements RolloutStep {}

  /** The cutover has committed, its facts are still to be read. */
  record ReadingCrossing(Clearance clearance) implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.CUTOVER;
    }
  }

  // Behind the crossing.

  /** A relaunch behind the crossing: what does the target look like? */
  record FindingFingerprint() implements RolloutStep {}

  /**
   * Calls the deploy hook.
   *
   * @param change what the cutover changed; empty behind a crossing of an earlier execution
   * @param otherwise than the rehearsal's crossing, as far as that is known
   */
  record Deploying(Optional<String> change, List<String> otherwise) implements RolloutStep {}

  record Smoking() implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.SMOKE;
    }
  }

  /** The watch is due; its time runs from when nothing blocks it. */
  record AwaitingWatch() implements State {}

  record Watching(Instant started) implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.WATCH;
    }
  }

  // The ways back.

  /**
   * @param automatic why Rubicon itself goes back; empty where a human ordered it
   */
  record GoingBack(List<String> losing, Optional<String> automatic)
      implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.ROLLBACK;
    }
  }

  /**
   * Calls the hook that switches back to the old build.
   *
   * @param then what follows
   */
  record SwitchingBack(State then) implements RolloutStep {}

  /**
   * An activity found that the target has lost something of what is known: what stands there now?
   *
   * @param why what the activity said
   * @param again the step that was to run
   */
  record FindingProgress(Failure why, Step again) implements RolloutStep {}

  /**
   * Nothing is known to be installed, yet a Reset may have forgotten it: is there anything to hold
   * the execution for?
   *
   * @param why what failed
   * @param again where it is held if there is
   * @param otherwise how it ends if there is not
   */
  record FindingInstalled(Failure why, Step again, End otherwise) implements RolloutStep {}

  record Removing() implements PhaseStep, RolloutStep {
    @Override
    public Phase phase() {
      return Phase.ABORT;
    }
  }

  // Contract.

  record OpeningContract() implements ContractStep {}

  record FindingContractFingerprint() implements ContractStep {}

  record CheckingContract(Question.ToContract approved) implements ContractStep {}

  record Contracting() implements PhaseStep, ContractStep {
    @Override
    public Phase phase() {
      return Phase.CONTRACT;
    }
  }

  // Bookkeeping, holds, ends.

  /** Enters in the audit trail what Rubicon itself did. */
  record Recording(Entry entry, State then) implements SharedStep {}

  /** What Rubicon itself did. */
  sealed interface Entry {
    record ApprovalVoid(String reason) implements Entry {}

    record AutomaticReturn(String reason) implements Entry {}
  }

  /**
   * Something failed; a human decides.
   *
   * @param again where {@code resume} goes on
   */
  record Held(Failure failure, State again) implements State {}

  record Closing(End end) implements SharedStep {}

  record Reporting(End end) implements SharedStep {}

  /**
   * @param report its key in the object store, where it could be written
   */
  record Ended(End end, Optional<String> report) implements State {}
}
