package dev.rubicon.ledger.connection;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;

/**
 * A role of its own that owns the ledger: what guards entries and rows are triggers, and whoever
 * owns a table can drop its triggers.
 */
public final class LedgerOwner {
  private static final SessionTag TAG = new SessionTag("setup", Phase.PREFLIGHT);

  private LedgerOwner() {}

  /**
   * Looks, before anything is migrated, whether the worker's role would stay apart from the owner.
   *
   * @param owner the ledger's database, as its owner
   * @param worker the role that workers have
   * @throws RubiconException CONFIG_INVALID or PRIVILEGE_MISSING with what to run
   */
  public static void requireApart(Target owner, String worker) {
    try (PgSession session = PgSession.open(owner, TAG, SessionLimits.SHORT)) {
      if (session.first("SELECT 1 FROM pg_roles WHERE rolname = ?", row -> 1, worker).isEmpty()) {
        throw new RubiconException(
            ErrorCode.PRIVILEGE_MISSING,
            "the server has no role '" + worker + "', which rubicon.yaml names for the ledger",
            "as a superuser: CREATE ROLE " + Identifiers.quote(worker) + " LOGIN PASSWORD '…';");
      }
      if (session.value("SELECT pg_has_role(?, current_user, 'MEMBER')", worker).equals("t")) {
        throw new RubiconException(
            ErrorCode.CONFIG_INVALID,
            "'"
                + worker
                + "', the workers' role, can act as '"
                + owner.user()
                + "', who is to own the ledger: it could drop what guards the audit trail",
            worker.equals(owner.user())
                ? "name another role: rubicon setup --ledger-owner ROLE"
                : "as a superuser: REVOKE "
                    + Identifiers.quote(owner.user())
                    + " FROM "
                    + Identifiers.quote(worker)
                    + "; ALTER ROLE "
                    + Identifiers.quote(worker)
                    + " NOSUPERUSER;");
      }
      session
          .first(
              "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = ?"
                  + " AND NOT pg_has_role(current_user, nspowner, 'USAGE')",
              row -> row.getString(1),
              LedgerSchema.SCHEMA)
          .ifPresent(
              other -> {
                throw new RubiconException(
                    ErrorCode.PRIVILEGE_MISSING,
                    "the ledger belongs to '" + other + "' already",
                    "stop the workers; as a superuser, in the ledger's database: REASSIGN OWNED BY "
                        + Identifiers.quote(other)
                        + " TO "
                        + Identifiers.quote(owner.user())
                        + "; then once more: rubicon setup --ledger-owner "
                        + owner.user());
              });
    }
  }
}
