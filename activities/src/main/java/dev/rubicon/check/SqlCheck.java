package dev.rubicon.check;

import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.runbook.Check;
import dev.rubicon.table.Naming;
import java.util.function.Function;

/** One query on the target, in a read-only transaction. */
final class SqlCheck {
  private SqlCheck() {}

  static Outcome run(Check.Sql check, PhaseContext context, Variables variables) {
    return ask(
        context,
        session -> {
          Object[] parameters = check.parameters().stream().map(variables::resolve).toArray();
          // One row more than expected tells "too many" without reading a million of them.
          return session
              .read(check.query(), check.expect().size() + 1, Rows::read, parameters)
              .compare(check.expect(), variables);
        });
  }

  /** Whether PostgreSQL takes the query as it stands; what it would answer is not looked at. */
  static Outcome parse(Check.Sql check, PhaseContext context, Variables variables) {
    return ask(
        context,
        session -> {
          Object[] parameters = check.parameters().stream().map(variables::resolve).toArray();
          PgSession.Described query = session.describe(check.query(), parameters);
          return query.parameters() == parameters.length
              ? Rows.fits(query.columns(), check.expect())
              : Outcome.failed(
                  query.parameters() + " parameters, " + parameters.length + " are given");
        });
  }

  private static Outcome ask(PhaseContext context, Function<PgSession, Outcome> question) {
    try (PgSession session = context.open(SessionLimits.SHORT);
        var _ = context.progress().cancelsWith(session)) {
      context.progress().checkCancelled();
      Naming.resolve(session, context.runbook());
      return session.inTransaction("BEGIN READ ONLY", () -> question.apply(session));
    } catch (RubiconException e) {
      context.progress().checkCancelled();
      if (e.code() == ErrorCode.CONNECTION_LOST
          || e.code() == ErrorCode.TARGET_UNREACHABLE
          || e.code() == ErrorCode.VARIABLE_UNKNOWN
          || e.code() == ErrorCode.TOO_MANY_CONNECTIONS) {
        throw e;
      }
      return Outcome.failed(e.getMessage());
    }
  }
}
