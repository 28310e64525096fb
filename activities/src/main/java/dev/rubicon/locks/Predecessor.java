package dev.rubicon.locks;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The worker that held a target's lock before this one and has lost it. When it was killed, the
 * server ends its sessions by itself; when it stands still, its sessions stand with it, and clients
 * wait for the rows and relations that they have locked.
 */
public final class Predecessor {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Predecessor() {}

  /** One that was ended; evidence. */
  public record Session(int pid, String name, String state, boolean ended) {}

  /**
   * Ends what it left open on the target: sessions of phases of this rollout that are older than
   * this lock. Idle ones too, because it could begin something with them when it wakes. Not those
   * of this process, which lives, nor those of decisions, which take no lock.
   *
   * @param lock the session that holds the target's lock, or wants it
   */
  public static void end(PhaseContext context, PgSession lock) {
    String[] names =
        Stream.of(Phase.values())
            .map(phase -> new SessionTag(context.input().rollout(), phase).applicationName())
            .toArray(String[]::new);
    List<Session> ended =
        lock.query(
            """
            SELECT pid, application_name, coalesce(state, ''), pg_terminate_backend(pid, ?)
            FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user
              AND application_name = ANY (?) AND pid <> ALL (?) AND pid <> pg_backend_pid()
              AND backend_start < (SELECT backend_start FROM pg_stat_activity
                                   WHERE pid = pg_backend_pid())
            """,
            row ->
                new Session(row.getInt(1), row.getString(2), row.getString(3), row.getBoolean(4)),
            PATIENCE.toMillis(),
            names,
            lock.ours().toArray(Integer[]::new));
    if (!ended.isEmpty()) {
      context.evidence().record(LockEvidence.ENDED_SESSIONS, ended);
    }
  }
}
