package dev.rubicon.client;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.change.LongForm;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.installed.TargetState;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.partition.TimeSeriesForm;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a runbook in the short form comes to on a target. While its rollout is under way there, that
 * is the long form with which it was launched: by then the catalog is another.
 */
public final class LongForms {
  private LongForms() {}

  /**
   * Without a ledger, for a plan. The object store is asked only where a rollout is under way.
   *
   * @throws RubiconException TRANSITION_UNSUPPORTED, with what cannot be carried over
   */
  public static Bundle of(RubiconConfig config, Bundle bundle, Target target, String command) {
    return of(
        bundle,
        target,
        config.staging(),
        command,
        digest -> {
          try (var store = ObjectStore.open(config.objectStore())) {
            return new BundleStore(store).get(digest);
          }
        },
        Optional::empty);
  }

  /**
   * For a launch: what was done to its end by the same runbook, and still stands, is that again.
   */
  static Bundle of(
      RubiconConfig config, Bundle bundle, Target target, BundleStore store, Ledger ledger) {
    return of(
        bundle,
        target,
        config.staging(),
        "launch",
        store::get,
        () ->
            ledger
                .latestFor(target.name())
                .filter(last -> last.state().equals("completed"))
                .map(LedgerRollout::bundle));
  }

  private static Bundle of(
      Bundle bundle,
      Target target,
      Target staging,
      String command,
      Function<String, Bundle> stored,
      Supplier<Optional<String>> done) {
    if (!LongForm.isShort(bundle)) {
      return bundle;
    }
    SessionTag tag = SessionTag.ofCommand(command, Phase.PREFLIGHT);
    try (PgSession session = PgSession.open(target, tag, SessionLimits.SHORT)) {
      session.execute("SET default_transaction_read_only = on");
      Optional<String> underWay = TargetState.find(session).map(TargetState.Row::bundle);
      if (underWay.isPresent()) {
        return kept(stored, underWay.get(), bundle)
            .orElseThrow(
                () ->
                    new RubiconException(
                        ErrorCode.TARGET_CHANGED,
                        "the target holds the unfinished rollout of another runbook",
                        "finish it, or take it back: rubicon abort --target " + target.name()));
      }
      Bundle written = LongForm.written(session, () -> hasTimescale(staging, tag), bundle);
      // A form that was once chosen stays, whatever has been installed since.
      boolean settled =
          written.runbook().transitions().isEmpty()
              || !written.runbook().timeseries().equals(bundle.runbook().timeseries());
      return settled
          ? done.get().flatMap(digest -> kept(stored, digest, bundle)).orElse(written)
          : written;
    }
  }

  private static boolean hasTimescale(Target staging, SessionTag tag) {
    try (PgSession session = PgSession.open(staging, tag, SessionLimits.SHORT)) {
      return TimeSeriesForm.installed(session);
    }
  }

  private static Optional<Bundle> kept(
      Function<String, Bundle> stored, String digest, Bundle given) {
    Bundle there = stored.apply(digest);
    return LongForm.of(there).filter(given.digest()::equals).map(_ -> there);
  }
}
