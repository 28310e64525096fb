package dev.rubicon.client;

import dev.rubicon.workflow.RolloutStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a rollout stands, and who says so.
 *
 * @param ledger what the ledger's word is worth, where the ledger spoke; empty where the workflow
 *     itself did
 * @param live what running activities last said
 * @param next commands that lead on
 */
public record Standing(
    RolloutStatus status, Optional<Hearsay> ledger, List<LiveProgress> live, List<String> next) {

  /**
   * @param at when the ledger last heard of it
   * @param because why the workflow was not heard
   */
  public record Hearsay(Instant at, String because) {
    /** For a line of its own above the status. */
    public String text() {
      return "as the ledger last knew, at " + at + ": " + because;
    }
  }

  static Standing told(RolloutStatus status, List<LiveProgress> live) {
    return new Standing(status, Optional.empty(), live, NextSteps.of(status));
  }

  static Standing heard(RolloutStatus status, Instant at, String because, List<LiveProgress> live) {
    return new Standing(status, Optional.of(new Hearsay(at, because)), live, NextSteps.of(status));
  }
}
