package dev.rubicon.installed;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.server.Primary;
import dev.rubicon.rollout.Found;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.TargetIdentity;
import dev.rubicon.rollout.TargetProgress;
import java.util.Optional;

/**
 * Looks, before an activity touches its target, whether that is the database that is meant, and
 * whether it stands where the workflow left it.
 */
public final class TargetCheck {
  private TargetCheck() {}

  /** Which database the session is in. */
  public static TargetIdentity identity(PgSession session) {
    boolean mayAsk =
        session
            .value("SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')")
            .equals("t");
    return new TargetIdentity(
        mayAsk ? session.value("SELECT system_identifier FROM pg_control_system()") : "",
        Long.parseLong(
            session.value("SELECT oid FROM pg_database WHERE datname = current_database()")));
  }

  /** What stands there of this bundle. */
  public static TargetProgress progress(PgSession session, String bundle) {
    return TargetState.find(session)
        .filter(state -> state.bundle().equals(bundle))
        .map(state -> new TargetProgress(Optional.of(state.stage()), state.turns()))
        .orElse(TargetProgress.NOTHING);
  }

  /**
   * @throws RubiconException {@code TARGET_NOT_THE_SAME}, {@code TARGET_READ_ONLY}, {@code
   *     TARGET_STATE_LOST}
   */
  public static void require(PhaseContext context) {
    try (PgSession session = context.open(SessionLimits.SHORT)) {
      require(session, context.input());
    }
  }

  /** The same in a session that is open. */
  public static void require(PgSession session, PhaseInput input) {
    requireSame(session, input);
    TargetProgress seen = progress(session, input.bundle());
    if (input.phase() == Phase.CONTRACT) {
      requireCrossed(seen);
    }
    if (input.footing().lostBy(seen, input.phase())) {
      throw new RubiconException(
          ErrorCode.TARGET_STATE_LOST,
          "the target has lost what this rollout did: it had reached "
              + words(input.footing().ground())
              + "; there is "
              + words(seen),
          "rubicon status says what leads on");
    }
  }

  /**
   * @throws RubiconException {@code TARGET_NOT_THE_SAME}, {@code TARGET_READ_ONLY}
   */
  public static void requireSame(PgSession session, PhaseInput input) {
    // What a standby shows lags behind what its promotion will show.
    Primary.require(session, input.target());
    Optional<TargetIdentity> meant = input.footing().identity();
    if (meant.isEmpty()) {
      return;
    }
    TargetIdentity seen = identity(session);
    if (!meant.get().same(seen)) {
      throw new RubiconException(
          ErrorCode.TARGET_NOT_THE_SAME,
          "'"
              + input.target()
              + "' leads this worker to "
              + seen
              + "; the rollout is of "
              + meant.get()
              + ": nothing was touched",
          "let the name lead there again, in the rubicon.yaml of every worker, then: rubicon"
              + " resume");
    }
  }

  /** A contract comes days after its rollout, and knows it from the ledger only. */
  private static void requireCrossed(TargetProgress seen) {
    if (seen.stage().isPresent() && seen.found() != Found.CROSSED) {
      throw new RubiconException(
          ErrorCode.TARGET_STATE_LOST,
          "legacy is the authority on the target, which is at "
              + words(seen)
              + ": it was rolled back, or a failover or a restore took the crossing back",
          "end the contract: rubicon abort; then cross again with the same bundle: rubicon launch");
    }
  }

  private static String words(TargetProgress progress) {
    return progress
        .stage()
        .map(stage -> "stage " + stage + " after " + progress.turns() + " turns")
        .orElse("nothing of it");
  }
}
