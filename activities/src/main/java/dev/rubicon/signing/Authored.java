package dev.rubicon.signing;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.SignedText;
import dev.rubicon.rollout.PhaseInput;
import java.util.List;
import java.util.Optional;

/** Whether a decision that is to be entered in somebody's name was signed for that person. */
public final class Authored {
  private static final String RUBICON = "rubicon";
  private static final String UNKNOWN = "unknown";

  private Authored() {}

  /**
   * Fails with {@code DECISION_FORGED} unless a worker that is trusted has signed it, or nothing
   * can be signed.
   *
   * @param workflowId of the execution that asks
   */
  public static void require(
      TrustedKeys keys, String workflowId, PhaseInput input, Decision decision) {
    if (!keys.any() || ownWish(decision)) {
      return;
    }
    String text = SignedText.of(workflowId, input.rollout(), decision);
    if (keys.identify(text, decision.by().proof()) == Identity.FORGED) {
      throw forged();
    }
  }

  /**
   * The same for what was refused: nobody is said to have decided what he has not. A forgery is
   * entered as nobody's.
   *
   * @param action as it is to be entered
   * @param text that was signed; null where a worker of before asks
   */
  public static void requireRefused(
      TrustedKeys keys,
      String workflowId,
      PhaseInput input,
      String action,
      Decision.By by,
      String text) {
    if (!keys.any() || by.principal().equals(UNKNOWN)) {
      return;
    }
    boolean signed =
        text != null
            && SignedText.decision(text)
                .filter(said -> said.workflowId().equals(workflowId))
                .filter(said -> said.rollout().equals(input.rollout()))
                .filter(said -> said.principal().equals(by.principal()))
                .filter(said -> said.reason().equals(by.reason()))
                .filter(said -> SignedText.action(said.what()).equals(action))
                .isPresent()
            && keys.identify(text, by.proof()) != Identity.FORGED;
    if (!signed) {
      throw forged();
    }
  }

  private static RubiconException forged() {
    return new RubiconException(
        ErrorCode.DECISION_FORGED,
        "what is to be entered is not signed by a worker whose key is trusted here",
        "decide through a worker's HTTP API, as rubicon does; see docs/security.md");
  }

  /** After a Reset Rubicon enters once more how fast the rollout may go: that decides nothing. */
  private static boolean ownWish(Decision decision) {
    return decision.by().principal().equals(RUBICON)
        && switch (decision) {
          case Decision.Pause _, Decision.Resume _, Decision.Throttle _ -> true;
          case Decision.Approve _,
              Decision.SignOff _,
              Decision.Abort _,
              Decision.Rollback _,
              Decision.ExtendWatch _ ->
              false;
        };
  }

  /**
   * The order that is entered under that name; empty where Rubicon orders it itself.
   *
   * @param losing of a rollback
   */
  public static Optional<Decision> order(String action, Decision.By by, List<String> losing) {
    if (by.principal().equals(RUBICON)) {
      return Optional.empty();
    }
    if (action.startsWith("rollback")) {
      return Optional.of(new Decision.Rollback(losing, by));
    }
    // What is none of them can be signed by nobody as an abort either.
    return Decision.ExtendWatch.of(action, by).or(() -> Optional.of(new Decision.Abort(by)));
  }
}
