package dev.rubicon.bundle;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether a runbook may run programs on the machine that works on it: {@code commands: allow} in
 * that machine's {@code rubicon.yaml}. DuckDB is one: its SQL reads and writes files.
 */
public final class Programs {
  private Programs() {}

  /**
   * Asked before any phase, so before and after approval alike.
   *
   * @param allowed as rubicon.yaml says
   * @throws RubiconException COMMAND_NOT_ALLOWED, with the checks that would run one
   */
  public static void require(Runbook runbook, boolean allowed) {
    List<String> programs =
        Stream.of(
                checks("rehearse", runbook.rehearse().checks()),
                checks("smoke", runbook.smoke()),
                checks("watch", runbook.watch().checks()))
            .flatMap(names -> names)
            .toList();
    if (!allowed && !programs.isEmpty()) {
      throw new RubiconException(
          ErrorCode.COMMAND_NOT_ALLOWED,
          "the runbook runs programs on the worker: " + String.join(", ", programs),
          "take these checks out; or, where who writes runbooks may run programs as the worker's"
              + " user, write 'commands: allow' in rubicon.yaml of workers and command line; then:"
              + " rubicon plan");
    }
  }

  private static Stream<String> checks(String where, List<Check> checks) {
    return checks.stream()
        .filter(check -> check instanceof Check.Command || check instanceof Check.DuckDb)
        .map(check -> where + " '" + check.name() + "'");
  }
}
