package dev.rubicon.demo;

/** Between two looks at something. */
final class Pause {
  private Pause() {}

  static void millis(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DemoFailure.because("interrupted", "run it again");
    }
  }
}
