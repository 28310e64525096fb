package dev.rubicon.preflight.trial;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Transition;
import java.util.List;
import java.util.Set;

/** Whether what a runbook brings is there already, on a target that is canonical. */
public final class Standing {
  /** SQLSTATEs of what is there already: table, column, object, schema, function. */
  private static final Set<String> DUPLICATE = Set.of("42P07", "42701", "42710", "42P06", "42723");

  private Standing() {}

  /** Every transition's canonical side; false where there is none. */
  public static boolean allOf(PgSession session, Runbook runbook) {
    return !runbook.transitions().isEmpty()
        && runbook.transitions().stream().allMatch(t -> Transition.canonicalStands(session, t));
  }

  /**
   * Whether a migration failed because what it makes is there. One that only writes rows does not:
   * it is still to be done, although nothing differs.
   */
  public static boolean stoodBefore(List<Effect> effects) {
    return effects.stream().anyMatch(effect -> DUPLICATE.contains(effect.state()));
  }
}
