package dev.rubicon.doctor;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.Target;
import java.sql.SQLException;
import java.util.UUID;
import org.postgresql.PGConnection;

/**
 * Finds a proxy that pools transactions (PgBouncer, Odyssey, Supavisor): behind it, session
 * settings, advisory locks and exported snapshots do not stay with one client, and Rubicon needs
 * all three.
 */
public final class Pooler {
  private static final int ROUNDS = 3;

  private Pooler() {}

  /**
   * @throws RubiconException POOLER_IN_THE_WAY when two sessions were served by one backend, or a
   *     session lost what it had set
   */
  public static void requireNone(Target target) {
    try (PgSession one = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT);
        PgSession other = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      for (int round = 0; round < ROUNDS; round++) {
        requireOwnBackend(target, one, other);
        requireOwnBackend(target, other, one);
      }
    }
  }

  /**
   * While the other session sits in a transaction, a pooler serves it with the backend that this
   * one just gave back, and this one with another: what it has set is gone.
   */
  private static void requireOwnBackend(Target target, PgSession one, PgSession other) {
    String marker = UUID.randomUUID().toString();
    one.value("SELECT pg_catalog.set_config('rubicon.probe', ?, false)", marker);
    String backend = one.value("SELECT pg_catalog.pg_backend_pid()");
    boolean kept =
        other.inTransaction(
            () -> {
              String second = other.value("SELECT pg_catalog.pg_backend_pid()");
              String still =
                  one.value("SELECT coalesce(current_setting('rubicon.probe', true), '')");
              return !second.equals(backend)
                  && still.equals(marker)
                  && one.value("SELECT pg_catalog.pg_backend_pid()").equals(backend);
            });
    if (!kept) {
      throw new RubiconException(
          ErrorCode.POOLER_IN_THE_WAY,
          "between Rubicon and '"
              + target.name()
              + "' stands a proxy that pools transactions: a session does not keep its backend",
          "give '"
              + target.name()
              + "' the server's own address (or the proxy's session mode) in rubicon.yaml; the"
              + " applications may keep the pooler");
    }
  }

  /** What the connection goes through, in words. */
  static String describe(Target target) {
    requireNone(target);
    try (PgSession session = PgSession.open(target, Doctor.TAG, SessionLimits.SHORT)) {
      int announced = session.connection().unwrap(PGConnection.class).getBackendPID();
      boolean direct =
          session.value("SELECT pg_catalog.pg_backend_pid()").equals(String.valueOf(announced));
      return direct
          ? "direct: sessions keep their backends"
          : "through a proxy that keeps sessions on their backends";
    } catch (SQLException e) {
      throw new RubiconException(
          ErrorCode.CONNECTION_LOST, "the connection ended while it was examined", "try again", e);
    }
  }
}
