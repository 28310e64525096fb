package dev.rubicon.locks;

import dev.rubicon.engine.Progress;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;

/** Takes steps through the lock ladder: one list, one short transaction. */
public final class StepRunner {
  private final PgSession session;
  private final Progress progress;
  private final LockLadder ladder;

  public StepRunner(PgSession session, Progress progress, LockLadder ladder) {
    this.session = session;
    this.progress = progress;
    this.ladder = ladder;
  }

  /** Steps that depend on what is there, and on which attempt it is. */
  @FunctionalInterface
  public interface Steps {
    /**
     * @param attempt counts from 0
     */
    List<Step> at(int attempt);
  }

  /**
   * @param relations whose lock holders are named during a wait
   * @param after inside the transaction, behind the last step: what to store on the target
   */
  public List<LockLadder.Attempt> run(List<RelationName> relations, Steps steps, Runnable after) {
    return ladder
        .run(
            session,
            progress,
            relations,
            attempt -> {
              run(session, steps.at(attempt.number()));
              after.run();
              return true;
            })
        .attempts();
  }

  /** One step, in a transaction of its own. */
  public List<LockLadder.Attempt> alone(Step step) {
    return run(
        step.locks().stream().map(Step.Lock::relation).toList(), _ -> List.of(step), () -> {});
  }

  /** Steps of the caller's transaction. */
  public static void run(PgSession session, List<Step> steps) {
    steps.forEach(step -> step.run(session));
  }
}
