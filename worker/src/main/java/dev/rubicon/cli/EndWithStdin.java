package dev.rubicon.cli;

import java.io.IOException;

/**
 * Ends this process when its stdin reaches the end. A parent that holds the other end of the pipe
 * takes its children with it, even when it was killed and could say nothing.
 */
final class EndWithStdin {
  private EndWithStdin() {}

  static void watch() {
    Thread.ofPlatform()
        .daemon()
        .name("parent-watch")
        .start(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is said here; only the end matters.
                  Thread.onSpinWait();
                }
              } catch (IOException closed) {
                // A broken pipe is an end, too.
                Runtime.getRuntime().exit(0);
              }
              Runtime.getRuntime().exit(0);
            });
  }
}
