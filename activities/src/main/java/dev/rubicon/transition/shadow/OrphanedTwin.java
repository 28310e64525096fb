package dev.rubicon.transition.shadow;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A twin ({@link IncomingKeys}) whose own key points at legacy no longer, because its owner has
 * dropped or renamed that. It would refuse what its owner allows by now, and hold canonical where
 * canonical is to go.
 */
public record OrphanedTwin(RelationName table, String name) {

  public static List<OrphanedTwin> of(PgSession session, ShadowPlan plan) {
    if (!plan.leadsLegacy()) {
      return List.of();
    }
    var targets = new HashSet<>(Set.of(plan.canonical().oid()));
    plan.keyHolders().forEach(holder -> targets.add(holder.oid()));
    List<OrphanedTwin> twins =
        session.query(
            """
            SELECT n.nspname, r.relname, c.conname
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE c.contype = 'f' AND c.confrelid = ANY (?::bigint[]::oid[]) AND c.conparentid = 0
              AND c.condeferrable AND starts_with(c.conname, ?)
            ORDER BY 1, 2, 3
            """,
            row ->
                new OrphanedTwin(
                    new RelationName(row.getString(1), row.getString(2)), row.getString(3)),
            targets.toString().replace('[', '{').replace(']', '}'),
            IncomingKeys.OURS);
    Set<OrphanedTwin> wanted = twins.isEmpty() ? Set.of() : wanted(session);
    return twins.stream().filter(twin -> !wanted.contains(twin)).toList();
  }

  /** Of several legacy relations that become one, each has keys whose twins point at it. */
  private static Set<OrphanedTwin> wanted(PgSession session) {
    return Set.copyOf(
        session.query(
            """
            SELECT DISTINCT n.nspname, r.relname, c.conname
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE c.contype = 'f' AND c.conparentid = 0
              AND c.confrelid IN (SELECT unnest(t.relations) FROM rubicon.transition t)
            """,
            row ->
                new OrphanedTwin(
                    new RelationName(row.getString(1), row.getString(2)),
                    Identifiers.fitting(IncomingKeys.OURS + row.getString(3)))));
  }

  public Step drop(String id) {
    return Step.of(
        id,
        "ALTER TABLE " + table.sql() + " DROP CONSTRAINT IF EXISTS " + Identifiers.quote(name),
        Step.Lock.exclusive(table));
  }
}
