package dev.rubicon.installed;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import java.time.Duration;
import java.util.Optional;

/**
 * Which servers have the commit of a crossing, or of a way back, on disk when it returns. A
 * failover to a standby that had not received it takes the target back behind it; where a
 * synchronous standby is named, the commit waits for it, even where role or database have set
 * otherwise. The same transaction stores on the target what was requested.
 *
 * <p>{@code statement_timeout} does not end that wait, and clients wait with it: a crossing does
 * not begin while no such standby is attached, a way back does without.
 *
 * @see <a href="https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION">
 *     PostgreSQL documentation, section 26.2.8, "Synchronous Replication"</a>
 */
public final class Durability {
  /** How long a commit may wait for the standby, once it was attached when it began. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String HERE = "on this server's disk";

  private Durability() {}

  private record Standbys(String names, boolean attached) {}

  private static Standbys standbys(PgSession session) {
    String names = session.value("SELECT current_setting('synchronous_standby_names')");
    // A role without pg_read_all_stats sees that there are replicas, and not which.
    return new Standbys(
        names,
        names.isBlank()
            || session
                .value(
                    """
                    SELECT count(*) FILTER (WHERE coalesce(sync_state, 'sync') IN ('sync', 'quorum')) > 0
                    FROM pg_stat_replication
                    """)
                .equals("t"));
  }

  /**
   * Before a crossing's transaction.
   *
   * @throws RubiconException {@code TARGET_BUSY} while the standby that a commit would wait for is
   *     not there
   */
  public static void requireAttached(PgSession session) {
    Standbys standbys = standbys(session);
    if (!standbys.attached()) {
      throw new RubiconException(
          ErrorCode.TARGET_BUSY,
          "no synchronous standby ("
              + standbys.names()
              + ") is attached: the crossing's commit would wait for it, and clients with it",
          "bring the standby back, or take it out of synchronous_standby_names; it is retried");
    }
  }

  /** A crossing asks for the standby. */
  public static void ask(PgSession session) {
    Standbys standbys = standbys(session);
    if (!session.value("SELECT current_setting('synchronous_commit')").equals("remote_apply")) {
      session.execute("SET LOCAL synchronous_commit = on");
    }
    keep(session, words(standbys));
  }

  /** A way back asks for it too, unless it is away: it must be possible then. */
  public static void askIfAttached(PgSession session) {
    Standbys standbys = standbys(session);
    if (standbys.attached()) {
      ask(session);
    } else {
      session.execute("SET LOCAL synchronous_commit = local");
      keep(session, HERE + "; the synchronous standby was away, so a failover may lose it");
    }
  }

  private static String words(Standbys standbys) {
    return standbys.names().isBlank()
        ? HERE + "; no synchronous standby is named, so a failover may lose it"
        : HERE + " and on a synchronous standby's (" + standbys.names() + ")";
  }

  /**
   * Ends the commit's wait for a standby that went away meanwhile; the commit stands then, here
   * alone.
   */
  public static void bound(PgSession session) {
    session.commitsWithin(PATIENCE);
  }

  /** Behind the commit: the standby may not have answered. */
  public static void committed(PgSession session) {
    if (session.commitWasWarned()) {
      keep(session, HERE + "; the synchronous standby did not answer, so a failover may lose it");
    }
  }

  private static void keep(PgSession session, String words) {
    session.update("UPDATE rubicon.state SET durability = ?", words);
  }

  /** What the target remembers of its last crossing or way back. */
  public static String of(PgSession session) {
    return session
        .first("SELECT durability FROM rubicon.state", row -> Optional.ofNullable(row.getString(1)))
        .flatMap(words -> words)
        .orElse(HERE);
  }
}
