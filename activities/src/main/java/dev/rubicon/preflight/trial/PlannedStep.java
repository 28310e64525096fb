package dev.rubicon.preflight.trial;

import dev.rubicon.locks.Step;
import dev.rubicon.rollout.Phase;
import java.util.List;

/**
 * A statement that a rollout will send, to be read before.
 *
 * @param phase that sends it
 * @param id what it does to what
 * @param locks such as {@code public.users ACCESS EXCLUSIVE}; empty where it locks nothing that
 *     clients use
 * @param transaction statements with the same number run in one transaction
 * @param note why it is there, where the statement does not say it
 */
public record PlannedStep(
    Phase phase, String id, int transaction, List<String> locks, String sql, String note) {
  public PlannedStep {
    locks = List.copyOf(locks);
  }

  public static PlannedStep of(Phase phase, int transaction, Step step) {
    return new PlannedStep(
        phase,
        step.id(),
        transaction,
        step.locks().stream().map(l -> l.relation() + " " + l.mode().sql()).toList(),
        step.sql(),
        step.note());
  }
}
