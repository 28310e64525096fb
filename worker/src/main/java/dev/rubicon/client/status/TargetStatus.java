package dev.rubicon.client.status;

import dev.rubicon.ledger.entry.ApprovalEntry;
import dev.rubicon.message.Identity;
import dev.rubicon.message.RolloutStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a target's rollout stands, and whether its workflow or the ledger says so.
 *
 * @param ledger how old the ledger's entry is, where it is the source; empty where the workflow
 *     itself answered
 * @param live what running activities last reported
 * @param next commands that lead on
 * @param unverified approvals that count although nobody checked who gave them
 */
public record TargetStatus(
    RolloutStatus status,
    Optional<LedgerSource> ledger,
    List<LiveProgress> live,
    List<String> next,
    List<String> unverified) {

  public TargetStatus(
      RolloutStatus status,
      Optional<LedgerSource> ledger,
      List<LiveProgress> live,
      List<String> next) {
    this(status, ledger, live, next, List.of());
  }

  /** The same, with the approvals that count although nobody checked who gave them. */
  public TargetStatus marking(List<ApprovalEntry> approvals) {
    return new TargetStatus(
        status,
        ledger,
        live,
        next,
        approvals.stream()
            .filter(entry -> entry.granted() && entry.voidedAt().isEmpty())
            .filter(entry -> entry.identity().equals(Identity.UNVERIFIED.word()))
            .map(entry -> "the approval of " + entry.gate() + " by " + entry.principal())
            .toList());
  }

  /**
   * @param at when the ledger was last updated
   * @param because why the workflow did not answer
   */
  public record LedgerSource(Instant at, String because) {
    /** For a line of its own above the status. */
    public String text() {
      return "as the ledger last knew, at " + at + ": " + because;
    }
  }

  static TargetStatus fromWorkflow(RolloutStatus status, List<LiveProgress> live) {
    return new TargetStatus(status, Optional.empty(), live, NextSteps.of(status));
  }

  static TargetStatus fromLedger(
      RolloutStatus status, Instant at, String because, List<LiveProgress> live) {
    return new TargetStatus(
        status, Optional.of(new LedgerSource(at, because)), live, NextSteps.of(status));
  }
}
