package dev.rubicon.cli.terminal;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Ends this process when its stdin reaches the end. A parent that holds the other end of the pipe
 * takes its children with it, even when it was killed and could say nothing.
 */
public final class EndWithStdin {
  private EndWithStdin() {}

  public static void watch() {
    Thread.ofPlatform()
        .daemon()
        .name("parent-watch")
        .start(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException broken) {
                // A broken pipe is an end, too.
                Runtime.getRuntime().exit(0);
              }
              Runtime.getRuntime().exit(0);
            });
  }
}
