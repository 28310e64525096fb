package dev.rubicon.transition.shadow;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;

/**
 * A constraint or an index of canonical that gets its name with the cutover, as canonical itself
 * does: until then legacy may have that name.
 *
 * @param before as the migration called it
 * @param after as canonical's definition calls it
 */
public record Renamed(boolean constraint, String before, String after) {

  public Step there(String id, RelationName canonical) {
    return rename(id, canonical, before, after);
  }

  public Step back(String id, RelationName canonical) {
    return rename(id, canonical, after, before);
  }

  private Step rename(String id, RelationName canonical, String from, String to) {
    String what =
        constraint
            ? "ALTER TABLE " + canonical.sql() + " RENAME CONSTRAINT " + Identifiers.quote(from)
            : "ALTER INDEX " + new RelationName(canonical.schema(), from).sql() + " RENAME";
    return Step.of(id, what + " TO " + Identifiers.quote(to), Step.Lock.exclusive(canonical));
  }

  /** Whether it is there under one of its names. */
  public boolean isCalled(PgSession session, String name, long canonical) {
    String sql =
        constraint
            ? "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint"
                + " WHERE conrelid = ?::bigint::oid AND conname = ?)"
            : "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i"
                + " JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
                + " WHERE i.indrelid = ?::bigint::oid AND c.relname = ?)";
    return session.value(sql, canonical, name).equals("t");
  }
}
