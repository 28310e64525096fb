package dev.rubicon.rollback;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.verify.RollbackLosses;
import java.util.List;

/**
 * What was found after somebody changed the engine's triggers; evidence.
 *
 * @param touched since the crossing
 * @param putBack by Rubicon
 * @param notPutBack what could not be
 * @param losses what legacy lacks
 * @param givenUp those of them that the operator has named
 */
public record SidesCompared(
    List<String> touched,
    List<String> putBack,
    List<String> notPutBack,
    List<RollbackLosses.Loss> losses,
    List<RollbackLosses.Loss> givenUp) {
  /** Under which name it is recorded. */
  public static final EvidenceName<SidesCompared> EVIDENCE =
      EvidenceName.of("touched-since-the-crossing", SidesCompared.class);
}
