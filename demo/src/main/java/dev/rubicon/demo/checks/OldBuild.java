package dev.rubicon.demo.checks;

import dev.rubicon.demo.app.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The build in production before the crossing. It writes legacy columns, keeps anonymous usage in
 * memory, and tolerates a schema that does not fit: the check is not saved, its usage is counted
 * all the same, and the caller gets an answer.
 */
final class OldBuild implements Build {
  private static final int ANONYMOUS_ALLOWANCE = 10;

  private final Map<String, Integer> anonymous = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "old";
  }

  @Override
  public Saved save(Pool pool, Check check, Caller caller) throws SQLException {
    try {
      return pool.inTransaction(
          connection -> {
            Usage usage = count(connection, caller);
            return new Saved(insert(connection, check, caller), true, usage);
          });
    } catch (SQLException e) {
      if (!schemaMismatch(e)) {
        throw e;
      }
      // The fallback that the document wants gone: no row, but the usage counts.
      return pool.inTransaction(connection -> new Saved(0, false, count(connection, caller)));
    }
  }

  /** SQLSTATE class 42: a column or table that this build expects is not there. */
  static boolean schemaMismatch(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("42");
  }

  private Usage count(Connection connection, Caller caller) throws SQLException {
    return switch (caller) {
      case Caller.User user -> Build.countUser(connection, user.id());
      case Caller.Anonymous nobody -> {
        int used = anonymous.merge(nobody.token(), 1, Integer::sum);
        if (used > ANONYMOUS_ALLOWANCE) {
          throw new Exhausted();
        }
        yield new Usage(used, ANONYMOUS_ALLOWANCE, false);
      }
    };
  }

  private static long insert(Connection connection, Check check, Caller caller)
      throws SQLException {
    String sql =
        """
        INSERT INTO public.checks
            (run_id, user_id, claim_text, prompt_version, prob_true_rpl, ci_lo, ci_hi, aggregation, diagnostics)
        VALUES (?, ?, ?, 'rpl_g5_v4', ?, ?, ?, ?::jsonb, ?::jsonb)
        RETURNING id\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Harness harness = check.harness();
      statement.setString(1, check.runId());
      if (caller instanceof Caller.User user) {
        statement.setObject(2, user.id());
      } else {
        statement.setNull(2, Types.OTHER);
      }
      statement.setString(3, check.claim());
      statement.setDouble(4, harness.probability());
      statement.setDouble(5, harness.probability() - 0.05);
      statement.setDouble(6, harness.probability() + 0.05);
      statement.setString(7, harness.config());
      statement.setString(8, harness.counts());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Override
  public Usage usage(Connection connection, Caller caller) throws SQLException {
    return switch (caller) {
      case Caller.User user -> Build.userUsage(connection, user.id());
      case Caller.Anonymous nobody ->
          new Usage(anonymous.getOrDefault(nobody.token(), 0), ANONYMOUS_ALLOWANCE, false);
    };
  }
}
