package dev.rubicon.oracle;

import java.util.Random;

/**
 * How far the rollout is, as far as it decides what clients may do.
 *
 * @param legacy whether legacy may be written
 * @param inPlace whether canonical columns are on legacy's tables
 * @param shadow whether canonical relations take clients
 * @param full whether every row has its counterpart
 */
record RolloutStage(boolean legacy, boolean inPlace, boolean shadow, boolean full, Names names) {
  /** Which names hold; while the cutover exchanges them, either may. */
  enum Names {
    BEFORE,
    AFTER,
    EITHER
  }

  static final RolloutStage UNTOUCHED = new RolloutStage(true, false, false, false, Names.BEFORE);
  static final RolloutStage INSTALLED = new RolloutStage(true, true, false, false, Names.BEFORE);
  static final RolloutStage FILLED = new RolloutStage(true, true, false, true, Names.BEFORE);
  static final RolloutStage OPEN = new RolloutStage(true, true, true, true, Names.BEFORE);
  static final RolloutStage CROSSING = new RolloutStage(true, true, true, true, Names.EITHER);
  static final RolloutStage CROSSED = new RolloutStage(true, true, true, true, Names.AFTER);
  static final RolloutStage CONTRACTED = new RolloutStage(false, true, true, true, Names.AFTER);

  /** Names that may hold; a client who is wrong tries again. */
  Names draw(Random random) {
    return names != Names.EITHER ? names : random.nextBoolean() ? Names.BEFORE : Names.AFTER;
  }

  boolean canonical(Shape shape) {
    return shape.inPlace() ? inPlace : shadow;
  }
}
