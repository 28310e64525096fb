package dev.rubicon.client;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.Progress;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.preflight.CanonicalDifferences;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.stamp.Stamps;
import java.util.Optional;

/**
 * Whether a launch has nothing to do: the same bundle was rolled out there last, came to its end,
 * and neither schema nor version tables differ since. Where a way back is open a launch does have
 * something to do: it is how a rollback begins.
 */
public final class NothingToDo {
  private NothingToDo() {}

  /**
   * @return the rollout that has done it
   */
  public static Optional<LedgerRollout> find(
      RubiconConfig config, Ledger ledger, Bundle bundle, String target) {
    Optional<LedgerRollout> last =
        ledger
            .latestFor(target)
            .filter(rollout -> rollout.state().equals("completed"))
            .filter(rollout -> rollout.bundle().equals(bundle.digest()));
    if (last.isEmpty()) {
      return last;
    }
    SessionTag tag = SessionTag.ofCommand("launch", Phase.PREFLIGHT);
    try (PgSession session = PgSession.open(config.target(target), tag, SessionLimits.SHORT)) {
      session.execute("SET default_transaction_read_only = on");
      boolean through =
          TargetState.find(session)
              .map(
                  state ->
                      state.stage() == TargetStage.CUT_OVER
                          && bundle.runbook().transitions().isEmpty())
              .orElse(true);
      return last.filter(
          _ ->
              through
                  && new CanonicalDifferences(
                          config.staging(), config.pgBin(), config.commands(), tag, Progress.NONE)
                          .of(
                              config.target(target),
                              session,
                              bundle,
                              Side.read(session, bundle.runbook().schemas()),
                              () -> last.flatMap(done -> KeptSnapshots.canonical(ledger, done)),
                              false)
                          .findings()
                          .stream()
                          .noneMatch(Finding::differs)
                  && Stamps.stand(session, bundle));
    }
  }
}
