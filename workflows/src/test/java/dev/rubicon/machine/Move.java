package dev.rubicon.machine;

/** One thing that happens in a random story; what it comes to depends on where the story stands. */
sealed interface Move {

  /** The step that is due runs, and succeeds; the variant picks one of its outcomes. */
  record Finish(int variant) implements Move {}

  /**
   * The step that is due runs, and fails.
   *
   * @param done whether it had done its work, and only the answer was lost
   */
  record Fail(int code, boolean done) implements Move {}

  /** The step that is due starts, and runs while what follows happens. */
  record Start() implements Move {}

  /** A human decides. */
  record Say(Verb verb, Flaw flaw) implements Move {}

  /** A human does what status asks for, or time passes until what is waited for. */
  record Answer() implements Move {}

  record Wait(int minutes) implements Move {}

  record Cancel() implements Move {}

  /** A Reset in the Temporal UI, to an earlier moment; the decisions since are offered again. */
  record Reset(int back) implements Move {}

  /**
   * A standby that lagged is promoted.
   *
   * @param lag how many commits of the rollout it had not received, less one
   */
  record FailsOver(int lag) implements Move {}

  /** Somebody alters the target's schema. */
  record TargetChanges() implements Move {}

  enum Verb {
    APPROVE,
    SIGN_OFF,
    PAUSE,
    RESUME,
    THROTTLE,
    ABORT,
    ROLLBACK,
    EXTEND
  }

  enum Flaw {
    NONE,
    EXPIRED,
    OTHER_RUN,
    BY_REQUESTER,
    WRONG_DIGEST
  }
}
