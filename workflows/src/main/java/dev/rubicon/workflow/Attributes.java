package dev.rubicon.workflow;

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

  /** All of them, to be registered (type Keyword) before the first launch. */
  public static final List<String> NAMES =
      List.of(
          RUNBOOK.getName(),
          TARGET.getName(),
          PHASE.getName(),
          STATUS.getName(),
          REQUESTED_BY.getName());

  private Attributes() {}

  /** What a launch sets; phase and status follow as the rollout moves. */
  public static SearchAttributes atLaunch(RolloutRequest request) {
    return SearchAttributes.newBuilder()
        .set(RUNBOOK, request.runbook())
        .set(TARGET, request.target())
        .set(PHASE, "launched")
        .set(STATUS, RolloutStatus.State.RUNNING.word())
        .set(REQUESTED_BY, request.requestedBy())
        .build();
  }
}
