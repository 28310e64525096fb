package dev.rubicon.workflow;

/** On which side of the cutover the rollout stands. */
final class Crossing {
  private boolean underway;
  private boolean crossed;
  private boolean wayBack;
  private int count;

  /** From here on abort is refused: the commit may already have happened. */
  void begins() {
    underway = true;
  }

  void ends() {
    underway = false;
  }

  void committed() {
    crossed = true;
    underway = false;
    count++;
  }

  void goBack() {
    wayBack = true;
  }

  void returned() {
    crossed = false;
    wayBack = false;
  }

  boolean underway() {
    return underway;
  }

  boolean crossed() {
    return crossed;
  }

  /** True once a rollback was ordered and is not yet done. */
  boolean wayBack() {
    return wayBack;
  }

  int count() {
    return count;
  }
}
