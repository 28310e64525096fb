package dev.rubicon.transition;

import dev.rubicon.target.PgSession;

/**
 * Who has the commit of a crossing, or of a way back, on disk when it is answered. A failover to a
 * standby that had not heard of it takes the target back behind it; where a synchronous standby is
 * named, the commit waits for it, whatever role and database have set.
 *
 * @see <a href="https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION">
 *     PostgreSQL documentation, section 26.2.8, "Synchronous Replication"</a>
 */
public final class Durability {
  private Durability() {}

  /** Asks for the transaction that is under way. */
  public static void ask(PgSession session) {
    if (!session.value("SELECT current_setting('synchronous_commit')").equals("remote_apply")) {
      session.execute("SET LOCAL synchronous_commit = on");
    }
  }

  /** In words. */
  public static String of(PgSession session) {
    String names = session.value("SELECT current_setting('synchronous_standby_names')");
    return names.isBlank()
        ? "on this server's disk; no synchronous standby is named, so a failover may lose it"
        : "on this server's disk and on a synchronous standby's (" + names + ")";
  }
}
