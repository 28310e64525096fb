package dev.rubicon.cli;

import dev.rubicon.ledger.AuditVerifier;
import java.util.List;

/** What a verification found, for people. */
final class AuditView {
  private AuditView() {}

  static String text(AuditVerifier.Result result) {
    var text = new StringBuilder();
    text.append(result.entries())
        .append(" entries, compared with ")
        .append(result.anchors())
        .append(" anchors: ")
        .append(result.intact() ? "intact" : "BROKEN");
    if (!result.reconciled().isEmpty()) {
      text.append(", ").append(result.reconciled().size()).append(" of them brought back");
    }
    for (var found : result.breaks()) {
      text.append("\n  ")
          .append(found.seq() > 0 ? "entry " + found.seq() + ": " : "")
          .append(found.kind())
          .append(": ")
          .append(found.detail());
    }
    for (var entry : result.reconciled()) {
      text.append("\n  ").append(line(entry));
    }
    for (var unseen : result.unseen()) {
      text.append("\n  not compared: ")
          .append(unseen.rollout())
          .append(" (")
          .append(unseen.what())
          .append("): ")
          .append(unseen.why());
    }
    text.append("\nhead: ").append(result.headSeq()).append(' ').append(result.headHash());
    return text.toString();
  }

  static String reconciled(List<AuditVerifier.Reconciled> back) {
    return back.isEmpty()
        ? "Temporal's histories have nothing that the trail lacks"
        : back.size() + (back.size() == 1 ? " entry" : " entries") + " brought back";
  }

  private static String line(AuditVerifier.Reconciled entry) {
    var was = entry.was();
    return "entry "
        + entry.seq()
        + ": RECONCILED by "
        + was.by()
        + ": "
        + entry.action()
        + " of "
        + entry.rollout()
        + " by "
        + entry.actor()
        + " at "
        + was.at()
        + (was.seq() > 0 ? ", entry " + was.seq() + " of the lost trail" : "");
  }
}
