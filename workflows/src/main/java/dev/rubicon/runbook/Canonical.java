package dev.rubicon.runbook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the canonical shape is built in a scratch database of the same major version.
 *
 * @param sql files, applied in order; none where a program builds it, or nothing does
 */
public record Canonical(List<String> sql, Optional<Command> command) {
  /** What is there now, and what the runbook says. */
  public static final Canonical DERIVED = new Canonical(List.of(), Optional.empty());

  public Canonical {
    sql = List.copyOf(sql);
  }

  /** Whether nothing builds it: it is what the rollout makes of the target. */
  public boolean derived() {
    return sql.isEmpty() && command.isEmpty();
  }

  /**
   * The owner's migration tool, which builds canonical; run in the bundle's folder.
   *
   * @param argv program and arguments, without a shell
   * @param timeout after which it is ended
   */
  public record Command(List<String> argv, Duration timeout) {
    public Command {
      argv = List.copyOf(argv);
    }
  }
}
