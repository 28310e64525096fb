package dev.rubicon.rollout;

/** The phases of a rollout, in order (docs/workflow.md); the last three lead back or end it. */
public enum Phase {
  PREFLIGHT("preflight"),
  BACKUP("backup"),
  CLONE("clone"),
  REHEARSE("rehearse"),
  EXPAND("expand"),
  DUAL_WRITE("dual-write"),
  BACKFILL("backfill"),
  VERIFY("verify"),
  CUTOVER("cutover"),
  SMOKE("smoke"),
  WATCH("watch"),
  CONTRACT("contract"),
  ROLLBACK("rollback"),
  ABORT("abort");

  private final String word;

  Phase(String word) {
    this.word = word;
  }

  /** The word used in runbooks, search attributes, the ledger and every output. */
  public String word() {
    return word;
  }

  public static Phase of(String word) {
    for (Phase phase : values()) {
      if (phase.word.equals(word)) {
        return phase;
      }
    }
    throw new IllegalArgumentException("no phase is called '" + word + "'");
  }
}
