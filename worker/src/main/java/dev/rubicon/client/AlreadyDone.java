package dev.rubicon.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rubicon.ledger.entry.LedgerRollout;

/**
 * What a launch answers that would change nothing.
 *
 * @param since the rollout that brought it
 */
public record AlreadyDone(String target, String runbook, String since) {

  public static AlreadyDone by(LedgerRollout rollout) {
    return new AlreadyDone(rollout.target(), rollout.runbook(), rollout.id());
  }

  @JsonProperty
  boolean nothingToDo() {
    return true;
  }

  /** One line for people. */
  public String text() {
    return "nothing to do: "
        + target
        + " has had all that "
        + runbook
        + " brings since "
        + since
        + ", and nothing differs";
  }
}
