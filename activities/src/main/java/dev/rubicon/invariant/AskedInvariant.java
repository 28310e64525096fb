package dev.rubicon.invariant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rubicon.engine.EvidenceName;
import java.util.List;
import java.util.Map;

/**
 * How an invariant was found.
 *
 * @param offenders rows that the query returns; of a unique one, groups
 * @param exact false: there are at least so many
 * @param keys of the first of them; values masked unless the runbook says otherwise
 * @param unasked why it could not be asked; empty when it was
 * @param wrong whether that is the query's own fault: asked again it fails again
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AskedInvariant(
    DataInvariant invariant,
    long offenders,
    boolean exact,
    List<Map<String, String>> keys,
    String unasked,
    boolean wrong) {
  /** Under which name it is recorded. */
  public static final EvidenceName<List<AskedInvariant>> EVIDENCE =
      EvidenceName.ofList("data-invariants", AskedInvariant.class);

  /** Whether it calls a function that a migration of expand makes (42883, undefined function). */
  boolean needsExpand() {
    return invariant.derived() && unasked.contains("[42883]");
  }

  public boolean broken() {
    return offenders > invariant.allowed();
  }

  /** How many there are, for people. */
  public String count() {
    return (exact ? "" : "at least ") + offenders;
  }
}
