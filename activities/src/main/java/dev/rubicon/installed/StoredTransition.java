package dev.rubicon.installed;

import dev.rubicon.postgres.PgSession;
import java.util.List;

/**
 * A transition as the target stores it.
 *
 * @param kind the word for what it is
 * @param plan all that later phases need; stored as JSON
 * @param relations object ids of the relations that carry it
 * @param open whether clients may write canonical at once
 */
public record StoredTransition(
    String key, String kind, Object plan, List<Long> relations, boolean open) {

  /** Records an installed transition, in the transaction that installs it. */
  public void keep(PgSession session) {
    session.update(
        """
        INSERT INTO rubicon.transition (relation, kind, plan, relations, opened_at)
        VALUES (?, ?, ?::jsonb, ?::bigint[]::oid[], CASE WHEN ? THEN clock_timestamp() END)
        """,
        key,
        kind,
        StoredJson.write(plan),
        relations.toArray(Long[]::new),
        open);
  }

  /** Object ids of the relations on which it was installed. */
  public static List<Long> relations(PgSession session, String key) {
    return session.query(
        "SELECT unnest(relations)::bigint FROM rubicon.transition WHERE relation = ?",
        row -> row.getLong(1),
        key);
  }

  /** Records that clients may write canonical, in the transaction that lets them. */
  public static void opened(PgSession session, String key) {
    session.update(
        "UPDATE rubicon.transition SET opened_at = clock_timestamp() WHERE relation = ?", key);
  }

  /** Whether clients may write canonical. */
  public static boolean isOpen(PgSession session, String key) {
    return session
        .value(
            "SELECT EXISTS (SELECT FROM rubicon.transition WHERE relation = ? AND opened_at IS NOT"
                + " NULL)",
            key)
        .equals("t");
  }

  /** Records that it is gone. */
  public static void uninstalled(PgSession session, String key) {
    session.update("DELETE FROM rubicon.transition WHERE relation = ?", key);
    session.update("DELETE FROM rubicon.verified WHERE transition = ?", key);
  }
}
