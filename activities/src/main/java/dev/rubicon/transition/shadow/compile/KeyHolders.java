package dev.rubicon.transition.shadow.compile;

import dev.rubicon.partition.KeyTables;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.table.TableShape;
import dev.rubicon.transition.shadow.ShadowPlan.KeyHolder;
import java.util.List;

/**
 * Finds the tables that canonical's own triggers keep unique over its columns: by the trigger,
 * which fires behind every row that comes, goes or changes, and whose function is called as the
 * table. The copy must go through these triggers as clients do, or the first foreign key would find
 * nothing.
 */
final class KeyHolders {
  private static final String HOLDERS =
      """
      FROM pg_trigger t
      JOIN pg_proc p ON p.oid = t.tgfoid
      JOIN pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_class h ON h.relnamespace = n.oid AND h.relkind = 'r' AND h.relname || ? = p.proname
      WHERE t.tgrelid = ?::bigint::oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
        AND t.tgtype & 1 = 1 AND t.tgtype & 2 = 0 AND t.tgtype & 28 = 28 AND t.tgqual IS NULL
      ORDER BY 1
      """;

  private KeyHolders() {}

  static List<KeyHolder> of(PgSession session, TableShape canonical) {
    return session.query(
        "SELECT n.nspname, h.relname, h.oid::bigint " + HOLDERS,
        row -> new KeyHolder(new RelationName(row.getString(1), row.getString(2)), row.getLong(3)),
        KeyTables.FUNCTION,
        canonical.oid());
  }

  /** The trigger functions that keep them, as an array of SQL's. */
  static String array(PgSession session, TableShape table) {
    return session
        .query(
            "SELECT p.oid::bigint " + HOLDERS,
            row -> row.getLong(1),
            KeyTables.FUNCTION,
            table.oid())
        .toString()
        .replace('[', '{')
        .replace(']', '}');
  }
}
