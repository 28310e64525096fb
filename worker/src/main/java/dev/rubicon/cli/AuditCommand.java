package dev.rubicon.cli;

import dev.rubicon.client.AuditCheck;
import dev.rubicon.client.TemporalConnection;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.AuditEntry;
import dev.rubicon.ledger.AuditVerifier;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.objectstore.ObjectStore;
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
      "--verify recomputes the whole chain and compares it with the anchors in the object store",
      "and in Temporal's histories."
    })
final class AuditCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLLOUT",
      description = "Only the entries of this rollout.")
  private String rollout;

  @Option(names = "--verify", description = "Find changed, removed and rewritten entries.")
  private boolean verify;

  @Override
  public Integer call() {
    var config = root.config();
    try (var ledger = Ledger.open(config.ledger())) {
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
        result = new AuditCheck(ledger, store, temporal).run();
      } finally {
        temporal.ifPresent(TemporalConnection::close);
      }
      root.answer(result, () -> text(result));
      result.requireIntact();
      return ErrorCode.Exit.DONE;
    }
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

  private static String text(AuditVerifier.Result result) {
    var text = new StringBuilder();
    text.append(result.entries())
        .append(" entries, compared with ")
        .append(result.anchors())
        .append(" anchors: ")
        .append(result.intact() ? "intact" : "BROKEN");
    for (var found : result.breaks()) {
      text.append("\n  entry ")
          .append(found.seq())
          .append(": ")
          .append(found.kind())
          .append(": ")
          .append(found.detail());
    }
    text.append("\nhead: ").append(result.headSeq()).append(' ').append(result.headHash());
    return text.toString();
  }
}
