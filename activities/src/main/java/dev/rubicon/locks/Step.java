package dev.rubicon.locks;

import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One DDL statement of a transition. Those of a list run in one short transaction, in their order;
 * what they are is known before the first of them runs.
 *
 * @param id what it does to what, such as {@code install public.checks}; no two transitions share
 *     it
 * @param locks that it takes on relations which clients use
 * @param sql complete, without parameters
 * @param note why it is there, where the statement does not say it; may be empty
 * @param refusal where the statement is a question, {@code SELECT … } with one boolean: what is
 *     thrown where the answer is true
 */
public record Step(
    String id,
    List<Lock> locks,
    String sql,
    String note,
    Optional<Supplier<RuntimeException>> refusal) {

  /** A lock on a relation; modes as in PostgreSQL documentation, 13.3.1 Table-Level Locks. */
  public record Lock(RelationName relation, Mode mode) {
    public static Lock exclusive(RelationName relation) {
      return new Lock(relation, Mode.ACCESS_EXCLUSIVE);
    }
  }

  /** The modes that the engine takes. */
  public enum Mode {
    /** Readers and writers wait. */
    ACCESS_EXCLUSIVE,
    /** Writers wait. */
    SHARE_ROW_EXCLUSIVE,
    /** Writers wait, in the read-only window of a cutover. */
    SHARE,
    /** Only maintenance waits. */
    SHARE_UPDATE_EXCLUSIVE;

    public String sql() {
      return name().replace('_', ' ');
    }
  }

  public Step {
    locks = List.copyOf(locks);
  }

  /** A statement that locks nothing which clients use: a function, a view, a setting. */
  public static Step of(String id, String sql) {
    return new Step(id, List.of(), sql, "", Optional.empty());
  }

  public static Step of(String id, String sql, Lock lock) {
    return new Step(id, List.of(lock), sql, "", Optional.empty());
  }

  /** {@code LOCK TABLE}. */
  public static Step lock(String id, RelationName relation, Mode mode) {
    return of(
        id,
        "LOCK TABLE " + relation.sql() + " IN " + mode.sql() + " MODE",
        new Lock(relation, mode));
  }

  /**
   * A question that must be answered with no.
   *
   * @param sql selects one boolean
   */
  public static Step refuseIf(String id, String sql, Supplier<RuntimeException> refusal) {
    return new Step(id, List.of(), sql, "must be false", Optional.of(refusal));
  }

  public Step because(String why) {
    return new Step(id, locks, sql, why, refusal);
  }

  /** Runs it in the session's transaction. */
  public void run(PgSession session) {
    if (refusal.isPresent()) {
      if (session.value(sql).equals("t")) {
        throw refusal.get().get();
      }
    } else {
      session.execute(sql);
    }
  }
}
