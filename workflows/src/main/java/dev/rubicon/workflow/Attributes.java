package dev.rubicon.workflow;

import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.util.List;

/** Typed search attributes: what the Temporal UI filters rollouts by. */
public final class Attributes {
  public static final SearchAttributeKey<String> RUNBOOK =
      SearchAttributeKey.forKeyword("RubiconRunbook");
  public static final SearchAttributeKey<String> TARGET =
      SearchAttributeKey.forKeyword("RubiconTarget");
  public static final SearchAttributeKey<String> PHASE =
      SearchAttributeKey.forKeyword("RubiconPhase");
  public static final SearchAttributeKey<String> STATUS =
      SearchAttributeKey.forKeyword("RubiconStatus");
  public static final SearchAttributeKey<String> REQUESTED_BY =
      SearchAttributeKey.forKeyword("RubiconRequestedBy");
  public static final SearchAttributeKey<String> ROLLOUT =
      SearchAttributeKey.forKeyword("RubiconRollout");

  /** The digest that the last gate asked about, which an approval of it names. */
  public static final SearchAttributeKey<String> DIGEST =
      SearchAttributeKey.forKeyword("RubiconDigest");

  /** Code of what holds the execution, or ended it; absent where nothing does. */
  public static final SearchAttributeKey<String> ERROR =
      SearchAttributeKey.forKeyword("RubiconError");

  /** All of them, to be registered (type Keyword) before the first launch. */
  public static final List<String> NAMES =
      List.of(
          RUNBOOK.getName(),
          TARGET.getName(),
          PHASE.getName(),
          STATUS.getName(),
          REQUESTED_BY.getName(),
          ROLLOUT.getName(),
          DIGEST.getName(),
          ERROR.getName());

  private Attributes() {}

  /** What a launch sets; the others follow as the rollout moves. */
  public static SearchAttributes atLaunch(RolloutRequest request) {
    return SearchAttributes.newBuilder()
        .set(RUNBOOK, request.runbook())
        .set(TARGET, request.target())
        .set(PHASE, "launched")
        .set(STATUS, RolloutStatus.State.RUNNING.word())
        .set(REQUESTED_BY, request.requestedBy())
        .set(ROLLOUT, request.rollout())
        .build();
  }
}
