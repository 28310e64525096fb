package dev.rubicon.transition.shadow;

import dev.rubicon.locks.Step;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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
    if (twins.isEmpty()) {
      return twins;
    }
    Set<OrphanedTwin> wanted =
        new IncomingKeys(session)
            .of(plan.legacy().oid(), Set.of()).stream()
                .map(key -> new OrphanedTwin(key.table(), key.twin()))
                .collect(Collectors.toSet());
    return twins.stream().filter(twin -> !wanted.contains(twin)).toList();
  }

  public Step drop(String id) {
    return Step.of(
        id,
        "ALTER TABLE " + table.sql() + " DROP CONSTRAINT IF EXISTS " + Identifiers.quote(name),
        Step.Lock.exclusive(table));
  }
}
