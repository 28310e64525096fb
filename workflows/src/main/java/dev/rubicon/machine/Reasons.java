package dev.rubicon.machine;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.TargetProgress;
import java.util.List;

/** What the machine itself says about why a human is asked. */
final class Reasons {
  private static final String BEHIND =
      " (a standby that lagged was promoted, or a backup was restored)";

  private Reasons() {}

  static Failure windowClosed() {
    return of(
        ErrorCode.WINDOW_CLOSED,
        "the window ended before the crossing",
        "decide anew about the next window");
  }

  static Failure targetChanged() {
    return of(
        ErrorCode.TARGET_CHANGED,
        "the target's schema is no longer the one that was approved",
        "look at what has changed, then decide anew");
  }

  static Failure rolledBack(String why) {
    return of(
        ErrorCode.ROLLED_BACK,
        "legacy is the authority again: " + why,
        "decide about a new crossing");
  }

  static Failure smokeFailed(java.util.List<String> failed, boolean again) {
    return of(
        ErrorCode.SMOKE_CHECK_FAILED,
        "smoke checks failed: "
            + String.join(", ", failed)
            + (again ? "; the one automatic rollback of this rollout was used" : ""),
        "rubicon rollback goes back; rubicon resume accepts it and goes on");
  }

  static Failure notAsRehearsed(List<String> otherwise) {
    return of(
        ErrorCode.FINGERPRINT_MISMATCH,
        "the cutover changed the target's schema in another way than it changed the clone's"
            + (otherwise.isEmpty() ? "" : ": " + String.join("; ", otherwise)),
        "see the snapshots in the evidence; rubicon rollback goes back, rubicon resume accepts it");
  }

  static Failure crossedAfterAll() {
    return of(
        ErrorCode.ABORT_IMPOSSIBLE,
        "canonical is the authority on the target: the cutover had committed",
        "rubicon rollback goes back; rubicon resume goes on behind the crossing");
  }

  static Failure notCrossedAfterAll(Failure said) {
    return of(
        ErrorCode.ROLLBACK_IMPOSSIBLE,
        said.cause(),
        "rubicon resume verifies and asks about the crossing; rubicon abort gives it up");
  }

  static Failure crossingLost(TargetProgress now) {
    return of(
        ErrorCode.TARGET_STATE_LOST,
        "the target does not know of the crossing any more: "
            + (now.found() == Found.NOTHING
                ? "nothing is installed there"
                : "legacy is the authority there")
            + BEHIND,
        "rubicon resume switches to the old build, "
            + (now.found() == Found.NOTHING ? "plans" : "verifies")
            + " and asks about a crossing anew");
  }

  static Failure wayBackLost() {
    return of(
        ErrorCode.TARGET_STATE_LOST,
        "the target does not know of the rollback any more: canonical is the authority there"
            + BEHIND,
        "rubicon resume goes back once more");
  }

  static Failure bothLost() {
    return of(
        ErrorCode.TARGET_STATE_LOST,
        "the target does not know of the last rollback and crossing any more; canonical is the"
            + " authority there by an earlier crossing"
            + BEHIND,
        "rubicon resume goes on behind the crossing; rubicon rollback goes back");
  }

  static Failure stepsLost(TargetProgress known, TargetProgress now) {
    return of(
        ErrorCode.TARGET_STATE_LOST,
        now.stage()
                .map(
                    stage ->
                        "the target is at stage "
                            + stage
                            + (stage.equals(known.stage().orElseThrow())
                                ? ", before a crossing and a rollback that it does not know of"
                                : "; it had reached " + known.stage().orElseThrow()))
                .orElse("the target does not know of this rollout any more: nothing is installed")
            + BEHIND,
        "rubicon resume does again what is missing, and asks anew");
  }

  static Failure stopped() {
    return of(
        ErrorCode.INTERNAL,
        "the activity was cancelled from outside",
        "rubicon resume tries again");
  }

  private static Failure of(ErrorCode code, String cause, String next) {
    return new Failure(code.name(), cause, next);
  }
}
