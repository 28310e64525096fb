package dev.rubicon.invariant;

import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Runbook;
import java.util.List;

/**
 * A query that returns a row for each offender, and how many may be.
 *
 * @param id what its finding's id ends with
 * @param about what it demands, for people
 * @param severity an error stops the rollout; a warning is shown
 * @param reads relations, where they are known
 * @param query without a semicolon at its end
 */
public record DataInvariant(
    String id,
    String about,
    Runbook.Severity severity,
    long allowed,
    boolean derived,
    List<RelationName> reads,
    String query) {

  /** The runbook's own. */
  public static DataInvariant named(Runbook.DataInvariant invariant) {
    return new DataInvariant(
        invariant.name(),
        invariant.name(),
        invariant.severity(),
        invariant.allow(),
        false,
        List.of(),
        invariant.sql().strip().replaceAll("(\\s*;)+\\s*$", ""));
  }
}
