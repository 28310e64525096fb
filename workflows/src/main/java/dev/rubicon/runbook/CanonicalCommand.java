package dev.rubicon.runbook;

import java.time.Duration;
import java.util.List;

/**
 * The owner's migration tool, which builds canonical; run in the bundle's folder.
 *
 * @param argv program and arguments, without a shell
 * @param timeout after which it is ended
 */
public record CanonicalCommand(List<String> argv, Duration timeout) {
  public CanonicalCommand {
    argv = List.copyOf(argv);
  }
}
