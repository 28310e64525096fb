package dev.rubicon.oracle;

/**
 * Which phases a round runs through.
 *
 * @param abortsFirst whether dual write is taken back once before the backfill
 * @param turns how often a cutover is rolled back
 * @param goesBack whether the last rollback is the end, with an abort; otherwise contract is
 */
record RoundPlan(boolean abortsFirst, int turns, boolean goesBack) {
  /** After so many rounds in a row every phase has been run. */
  static final int ALL = 5;

  static RoundPlan of(long round) {
    boolean abortsFirst = Math.floorMod(round, 3) == 0;
    return switch (Math.floorMod(round, ALL)) {
      case 0 -> new RoundPlan(abortsFirst, 1, true);
      case 1, 3 -> new RoundPlan(abortsFirst, 1, false);
      case 2 -> new RoundPlan(abortsFirst, 0, false);
      default -> new RoundPlan(abortsFirst, 2, false);
    };
  }
}
