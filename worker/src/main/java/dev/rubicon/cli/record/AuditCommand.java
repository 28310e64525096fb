package dev.rubicon.cli.record;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.client.AuditCheck;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.audit.AuditVerifier;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.temporal.TemporalConnection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon audit}. */
@Command(
    name = "audit",
    description = {
      "Who did what, when: the audit trail.",
      "--verify recomputes the whole chain and compares it with the ledger's own tables, the",
      "anchors in the object store, Temporal's histories, and the signatures of decisions. A",
      "history that Temporal does not know any more is named, and is no fault, as are decisions",
      "that no worker could sign.",
      "--reconcile is for a ledger that was restored from an older dump: it appends what",
      "Temporal's histories have and the trail lacks, marked so, and verifies."
    })
public final class AuditCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLLOUT",
      description = "Only the entries of this rollout.")
  private String rollout;

  @Option(names = "--verify", description = "Find what was changed, removed, rewritten or lost.")
  private boolean verify;

  @Option(
      names = "--reconcile",
      description = "Bring back from Temporal's histories what the ledger has lost; then verify.")
  private boolean reconcile;

  @Override
  public Integer call() {
    var config = root.config();
    try (var ledger = Ledger.open(config.ledger())) {
      if (reconcile) {
        return reconcile(config, ledger);
      }
      return verify ? verify(config, ledger) : show(ledger);
    }
  }

  private int show(Ledger ledger) {
    List<AuditEntry> entries =
        rollout == null ? ledger.audit().chain() : ledger.audit().entries(rollout);
    root.answer(entries, () -> text(entries));
    return ErrorCode.Exit.DONE;
  }

  private int verify(RubiconConfig config, Ledger ledger) {
    try (var store = ObjectStore.open(config.objectStore())) {
      Optional<TemporalConnection> temporal = temporal(config);
      AuditVerifier.Result result;
      try {
        result = check(config, ledger, store, temporal).run();
      } finally {
        temporal.ifPresent(TemporalConnection::close);
      }
      root.answer(result, () -> AuditView.text(result));
      result.requireIntact();
      return ErrorCode.Exit.DONE;
    }
  }

  /** What was brought back, and what is to be said of the trail since. */
  private record Answer(
      List<AuditVerifier.Reconciled> reconciled,
      List<AuditCheck.Failed> failed,
      AuditVerifier.Result result) {}

  private int reconcile(RubiconConfig config, Ledger ledger) {
    try (var store = ObjectStore.open(config.objectStore());
        var temporal = TemporalConnection.open(config.temporal())) {
      var check = check(config, ledger, store, Optional.of(temporal));
      var back = check.reconcile(root.principal(config));
      AuditVerifier.Result result = check.run();
      root.answer(
          new Answer(back.entries(), back.failed(), result),
          () -> AuditView.reconciled(back) + "\n" + AuditView.text(result));
      result.requireIntact();
      return ErrorCode.Exit.DONE;
    }
  }

  private static AuditCheck check(
      RubiconConfig config,
      Ledger ledger,
      ObjectStore store,
      Optional<TemporalConnection> temporal) {
    return new AuditCheck(ledger, store, temporal, config);
  }

  /** Without Temporal the object store's anchors still say much. */
  private Optional<TemporalConnection> temporal(RubiconConfig config) {
    try {
      return Optional.of(TemporalConnection.open(config.temporal()));
    } catch (RubiconException e) {
      root.console()
          .progress(e.code() + ": " + e.getMessage() + "; its histories are not compared");
      return Optional.empty();
    }
  }

  private String text(List<AuditEntry> entries) {
    var table = new Table("seq", "at", "rollout", "actor", "action", "detail");
    for (AuditEntry e : entries) {
      table.row(
          Long.toString(e.seq()),
          e.at().toString(),
          e.rollout(),
          e.actor(),
          e.action(),
          e.detail());
    }
    return table.text(Paint.of(root.console()));
  }
}
