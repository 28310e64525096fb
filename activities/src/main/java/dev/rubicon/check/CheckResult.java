package dev.rubicon.check;

import dev.rubicon.engine.EvidenceName;
import java.util.List;

/**
 * How one check went.
 *
 * @param detail what did not fit; names positions and what the runbook expects, never values that
 *     were found
 */
public record CheckResult(String name, boolean passed, String detail, long millis) {
  /** Of the rehearsal, and of smoke. */
  public static final EvidenceName<List<CheckResult>> EVIDENCE =
      EvidenceName.ofList("checks", CheckResult.class);
}
