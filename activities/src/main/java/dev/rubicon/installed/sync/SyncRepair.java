package dev.rubicon.installed.sync;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Triggers that somebody switched off or dropped are put back as they were installed. */
public final class SyncRepair {
  private SyncRepair() {}

  /**
   * One short transaction for each. What PostgreSQL refuses (its function is gone) is left as it
   * is: the caller looks again.
   *
   * @return what was put back, for evidence
   */
  public static List<String> run(
      PhaseContext context,
      PgSession session,
      LockLadder ladder,
      List<SyncFingerprint.Difference> wrong) {
    return wrong.stream()
        .map(SyncFingerprint.Difference::part)
        .filter(part -> part.kind() == SyncObject.Kind.TRIGGER)
        // Those of the relation itself first: its partitions get theirs from it.
        .sorted(Comparator.comparing(part -> part.creation().isEmpty()))
        .filter(part -> repaired(context, session, ladder, part))
        .map(SyncObject::described)
        .toList();
  }

  private static boolean repaired(
      PhaseContext context, PgSession session, LockLadder ladder, SyncObject part) {
    Optional<RelationName> relation =
        session.first(
            """
            SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = ?::bigint::oid
            """,
            row -> new RelationName(row.getString(1), row.getString(2)),
            part.relation());
    if (relation.isEmpty()) {
      return false;
    }
    String table = relation.get().sql();
    String name = Identifiers.quote(part.name());
    String enable = "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + name;
    context.progress().update(relation.get().toString(), 0, 1, "putting back " + part.name());
    try {
      ladder.run(
          session,
          context.progress(),
          List.of(relation.get()),
          () -> {
            session.execute("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE");
            session.execute("SET LOCAL search_path = pg_catalog");
            if (SyncFingerprint.read(session).contains(part)) {
              session.execute(enable);
            }
            if (part.creation().isPresent() && !SyncFingerprint.read(session).has(part)) {
              session.execute("DROP TRIGGER IF EXISTS " + name + " ON " + table);
              session.execute(part.creation().get().on(table));
              session.execute(enable);
            }
            return true;
          });
      return true;
    } catch (RubiconException e) {
      if (e.code() == ErrorCode.SQL_REFUSED) {
        return false;
      }
      throw e;
    }
  }
}
