package dev.rubicon.oracle;

import java.util.Random;

/**
 * What clients may do by now.
 *
 * @param legacy whether legacy may be written
 * @param inPlace whether canonical columns are on legacy's tables
 * @param shadow whether canonical relations take clients
 * @param full whether every row has its counterpart
 */
record Stage(boolean legacy, boolean inPlace, boolean shadow, boolean full, Names names) {
  /** Which names hold: while they are being exchanged, nobody can tell. */
  enum Names {
    BEFORE,
    AFTER,
    EITHER
  }

  static final Stage UNTOUCHED = new Stage(true, false, false, false, Names.BEFORE);
  static final Stage INSTALLED = new Stage(true, true, false, false, Names.BEFORE);
  static final Stage FILLED = new Stage(true, true, false, true, Names.BEFORE);
  static final Stage OPEN = new Stage(true, true, true, true, Names.BEFORE);
  static final Stage CROSSING = new Stage(true, true, true, true, Names.EITHER);
  static final Stage CROSSED = new Stage(true, true, true, true, Names.AFTER);
  static final Stage CONTRACTED = new Stage(false, true, true, true, Names.AFTER);

  /** Names that may hold; a client who is wrong tries again. */
  Names draw(Random random) {
    return names != Names.EITHER ? names : random.nextBoolean() ? Names.BEFORE : Names.AFTER;
  }

  boolean canonical(Shape shape) {
    return shape.inPlace() ? inPlace : shadow;
  }
}
