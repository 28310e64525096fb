package dev.rubicon.locks;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;
import java.util.Optional;

/**
 * A constraint on its way: added {@code NOT VALID} in a short transaction, then validated under a
 * lock that lets clients read and write; each step is a transaction of its own.
 *
 * @param add where it is not there yet
 * @param evidence name under which the locks of {@code add} are recorded
 */
public record ConstraintBuild(
    Optional<Step> add, List<Step> validate, EvidenceName<List<LockLadder.Attempt>> evidence) {
  public ConstraintBuild {
    validate = List.copyOf(validate);
  }

  /**
   * A foreign key, as far as it is not there and validated.
   *
   * @param sql adds it, {@code NOT VALID}
   */
  public static ConstraintBuild foreignKey(
      PgSession session, RelationName table, String name, String sql) {
    Optional<Boolean> validated = validated(session, table, name);
    return new ConstraintBuild(
        validated.isPresent()
            ? Optional.empty()
            : Optional.of(
                Step.of(
                    "constrain " + table,
                    sql,
                    new Step.Lock(table, Step.Mode.SHARE_ROW_EXCLUSIVE))),
        validated.orElse(false) ? List.of() : List.of(validate(table, name)),
        LockEvidence.FOREIGN_KEY_LOCKS.of(name));
  }

  /** One that is there and is changed in the catalog alone. */
  public static ConstraintBuild alter(RelationName table, String name, String sql) {
    return new ConstraintBuild(
        Optional.of(Step.of("constrain " + table, sql, Step.Lock.exclusive(table))),
        List.of(),
        LockEvidence.FOREIGN_KEY_LOCKS.of(name));
  }

  public static Step validate(RelationName table, String name) {
    return Step.of(
        "validate " + name + " of " + table,
        "ALTER TABLE " + table.sql() + " VALIDATE CONSTRAINT " + Identifiers.quote(name),
        new Step.Lock(table, Step.Mode.SHARE_UPDATE_EXCLUSIVE));
  }

  /** Whether the constraint is validated; empty where it is not there. */
  public static Optional<Boolean> validated(PgSession session, RelationName table, String name) {
    return session.first(
        """
        SELECT c.convalidated FROM pg_catalog.pg_constraint c
        JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
        WHERE n.nspname = ? AND r.relname = ? AND c.conname = ?
        """,
        row -> row.getBoolean(1),
        table.schema(),
        table.name(),
        name);
  }
}
