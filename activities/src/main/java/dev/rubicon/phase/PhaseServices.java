package dev.rubicon.phase;

import dev.rubicon.backup.TakeBackup;
import dev.rubicon.bundle.BundleStore;
import dev.rubicon.ceremony.Ceremonies;
import dev.rubicon.check.Smoke;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.notify.Notifier;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.rehearse.Rehearse;
import dev.rubicon.signing.ApprovedGate;
import dev.rubicon.signing.SignedLaunch;
import dev.rubicon.signing.TrustedKeys;
import dev.rubicon.watch.Watch;
import java.util.List;

/** Everything that a worker's activities stand on, wired by hand in one place. */
public final class PhaseServices implements AutoCloseable {
  final RubiconConfig config;
  final Ledger ledger;
  final ObjectStore store;
  final Notifier notifier;
  final PhaseRunner runner;
  final CanonicalSnapshots canonical;
  final Preflight preflight;
  final TakeBackup backup;
  final GoldenClone clone;
  final Rehearse rehearse;
  final Smoke smoke;
  final Watch watch;
  final TrustedKeys keys;
  final Ceremonies ceremonies;

  private PhaseServices(RubiconConfig config) {
    this.config = config;
    this.ledger = Ledger.open(config.ledger());
    this.store = ObjectStore.open(config.objectStore());
    this.notifier = new Notifier(config.notifications().webhook());
    this.runner = new PhaseRunner(config, ledger, new BundleStore(store)::get);
    this.canonical = new CanonicalSnapshots(ledger);
    this.preflight = new Preflight(config.staging(), config.pgBin(), config.commands());
    this.backup = new TakeBackup(store, config);
    this.clone = new GoldenClone(store, config);
    this.rehearse = new Rehearse(new GoldenCopies(clone, config), config.staging(), canonical);
    this.smoke = new Smoke(config.staging());
    this.keys = TrustedKeys.of(config);
    this.ceremonies = new Ceremonies(config.ceremony(), ledger);
    this.watch = new Watch(config.staging(), notifier);
  }

  public static PhaseServices open(RubiconConfig config) {
    return new PhaseServices(config);
  }

  ApprovedGate approvedGate() {
    return new ApprovedGate(keys, ledger, runner::bundle, ceremonies::at);
  }

  /** Who launches, before anything is entered: a forgery may name another's rollout. */
  Identity requester(RolloutRequest request, String workflowId, String runId, String firstRun) {
    return SignedLaunch.requester(keys, ledger, request, workflowId, runId, firstRun);
  }

  /** What a worker registers on {@code RolloutWorkflow.CONTROL_QUEUE}. */
  public List<Object> control() {
    return List.of(new ControlWork(this));
  }

  /** What a worker registers on {@code RolloutWorkflow.DDL_QUEUE}. */
  public List<Object> ddl() {
    return List.of(new DdlWork(this));
  }

  /** What a worker registers on {@code RolloutWorkflow.DATA_QUEUE}. */
  public List<Object> data() {
    return List.of(new DataWork(this));
  }

  /** What a worker registers on {@code RolloutWorkflow.WATCH_QUEUE}. */
  public List<Object> watch() {
    return List.of(new WatchWork(this));
  }

  @Override
  public void close() {
    ledger.close();
    store.close();
  }
}
