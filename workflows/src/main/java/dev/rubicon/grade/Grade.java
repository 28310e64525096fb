package dev.rubicon.grade;

/** What is at stake in a change, by the engine's own findings. */
public enum Grade {
  /** Nothing changes for anybody: something new is there, which nobody uses yet. */
  UNNOTICED("no client can notice"),
  /** Clients may notice, and there is a way back without a loss. */
  REVERSIBLE("reversible"),
  /** Something is lost, or has no way back. */
  IRREVERSIBLE("irreversible");

  private final String words;

  Grade(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
