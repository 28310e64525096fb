package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.runbook.Check;

/** One query on the target, in a read-only transaction. */
final class SqlCheck {
  private SqlCheck() {}

  static Outcome run(Check.Sql check, PhaseContext context, Variables variables) {
    Object[] parameters = check.parameters().stream().map(variables::resolve).toArray();
    try (PgSession session = context.open(SessionLimits.SHORT);
        var _ = context.progress().cancelsWith(session)) {
      context.progress().checkCancelled();
      // One row more than expected tells "too many" without reading a million of them.
      Rows rows =
          session.inTransaction(
              "BEGIN READ ONLY",
              () -> session.read(check.query(), check.expect().size() + 1, Rows::read, parameters));
      return rows.compare(check.expect(), variables);
    } catch (RubiconException e) {
      context.progress().checkCancelled();
      if (e.code() == ErrorCode.CONNECTION_LOST
          || e.code() == ErrorCode.TARGET_UNREACHABLE
          || e.code() == ErrorCode.TOO_MANY_CONNECTIONS) {
        throw e;
      }
      return Outcome.failed(e.getMessage());
    }
  }
}
