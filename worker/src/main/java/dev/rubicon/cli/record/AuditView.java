package dev.rubicon.cli.record;

import dev.rubicon.client.AuditCheck;
import dev.rubicon.ledger.audit.AuditVerifier;
import java.util.stream.Collectors;

/** What a verification found, for people. */
final class AuditView {
  /** Of a ledger without keys every decision is unverified; JSON has them all. */
  private static final int SHOWN = 5;

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
    if (!result.unverified().isEmpty()) {
      text.append("\n  unverified, for no signature shows whose they are: ")
          .append(
              result.unverified().stream()
                  .limit(SHOWN)
                  .map(
                      decision ->
                          "entry "
                              + decision.seq()
                              + " ("
                              + decision.action()
                              + " by "
                              + decision.actor()
                              + "; "
                              + decision.why()
                              + ")")
                  .collect(Collectors.joining(", ")));
      if (result.unverified().size() > SHOWN) {
        text.append(", and ").append(result.unverified().size() - SHOWN).append(" more");
      }
    }
    text.append("\nhead: ").append(result.headSeq()).append(' ').append(result.headHash());
    return text.toString();
  }

  static String reconciled(AuditCheck.Back back) {
    int entries = back.entries().size();
    var text = new StringBuilder();
    text.append(
        entries == 0 && back.failed().isEmpty()
            ? "Temporal's histories have nothing that the trail lacks"
            : entries + (entries == 1 ? " entry" : " entries") + " brought back");
    for (var failed : back.failed()) {
      text.append("\n  not brought back: ")
          .append(failed.rollout())
          .append(" (")
          .append(failed.from())
          .append("): ")
          .append(failed.code())
          .append(": ")
          .append(failed.cause());
    }
    return text.toString();
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
