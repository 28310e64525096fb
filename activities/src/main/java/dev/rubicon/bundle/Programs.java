package dev.rubicon.bundle;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.runbook.Check;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.function.Predicate;
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
   * @throws RubiconException COMMAND_NOT_ALLOWED, with the checks that would run one; PART_MISSING,
   *     with those that need DuckDB, where this installation is without it
   */
  public static void require(Runbook runbook, boolean allowed) {
    require(runbook, allowed, Programs.class.getResource("/org/duckdb/DuckDBDriver.class") != null);
  }

  static void require(Runbook runbook, boolean allowed, boolean duckDb) {
    List<String> programs =
        names(runbook, check -> check instanceof Check.Command || check instanceof Check.DuckDb);
    if (!allowed && !programs.isEmpty()) {
      throw new RubiconException(
          ErrorCode.COMMAND_NOT_ALLOWED,
          "the runbook runs programs on the worker: " + String.join(", ", programs),
          "take these checks out; or, where who writes runbooks may run programs as the worker's"
              + " user, write 'commands: allow' in rubicon.yaml of workers and command line; then:"
              + " rubicon plan");
    }
    List<String> analyses = names(runbook, Check.DuckDb.class::isInstance);
    if (!duckDb && !analyses.isEmpty()) {
      throw new RubiconException(
          ErrorCode.PART_MISSING,
          "this installation is without DuckDB, which the runbook's checks need: "
              + String.join(", ", analyses),
          "put the build's worker/target/rubicon/duckdb beside the folder lib of workers and"
              + " command line, or take these checks out; then: rubicon plan");
    }
  }

  private static List<String> names(Runbook runbook, Predicate<Check> wanted) {
    return Stream.of(
            names("rehearse", runbook.rehearse().checks(), wanted),
            names("smoke", runbook.smoke(), wanted),
            names("watch", runbook.watch().checks(), wanted))
        .flatMap(names -> names)
        .toList();
  }

  private static Stream<String> names(String where, List<Check> checks, Predicate<Check> wanted) {
    return checks.stream().filter(wanted).map(check -> where + " '" + check.name() + "'");
  }
}
