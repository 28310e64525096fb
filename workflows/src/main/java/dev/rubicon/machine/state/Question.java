package dev.rubicon.machine.state;

import dev.rubicon.rollout.Digest;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.Runbook;

/** What a gate asks: each opening of a gate asks a question of its own. */
public sealed interface Question {

  Runbook.Gate gate();

  /** What the gate binds, without the opening. */
  String bound();

  /** How many gates the rollout had opened when it opened this one, this one included. */
  int opening();

  /** The target's schemas as they were shown; an approval of anything else is void. */
  String fingerprint();

  /**
   * What an approval must name. It holds for this opening in this run: a Reset begins another run,
   * in which earlier approvals do not count.
   */
  default String digest(String run) {
    return Digest.of(bound(), "opening " + opening(), "run " + run);
  }

  /** May the target be touched? */
  record ToExpand(Facts.Preflight preflight, Facts.Backup backup, String bound, int opening)
      implements Question {
    @Override
    public Runbook.Gate gate() {
      return Runbook.Gate.EXPAND;
    }

    @Override
    public String fingerprint() {
      return preflight.fingerprint();
    }
  }

  /** May canonical become the authority? */
  record ToCross(String fingerprint, String bound, int opening) implements Question {
    @Override
    public Runbook.Gate gate() {
      return Runbook.Gate.CUTOVER;
    }
  }

  /** May legacy and the way back be removed? */
  record ToContract(String fingerprint, String bound, int opening) implements Question {
    @Override
    public Runbook.Gate gate() {
      return Runbook.Gate.CONTRACT;
    }
  }
}
