package dev.rubicon.demo.checks;

import dev.rubicon.demo.app.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** The build that expects the canonical schema, and fails where it is not there. */
final class NewBuild implements Build {

  @Override
  public String name() {
    return "new";
  }

  @Override
  public Saved save(Pool pool, Check check, Caller caller) throws SQLException {
    return pool.inTransaction(
        connection -> {
          Usage usage =
              switch (caller) {
                case Caller.User user -> Build.countUser(connection, user.id());
                case Caller.Anonymous nobody -> countAnonymous(connection, nobody.token());
              };
          return new Saved(insert(connection, check, caller), true, usage);
        });
  }

  private static Usage countAnonymous(Connection connection, String token) throws SQLException {
    String sql =
        """
        INSERT INTO public.anonymous_usage AS a (token, checks_used) VALUES (?, 1)
        ON CONFLICT (token) DO UPDATE
           SET checks_used = a.checks_used + 1, updated_at = now()
         WHERE a.checks_used < a.checks_allowed
        RETURNING checks_used, checks_allowed\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, token);
      return Build.counted(statement);
    }
  }

  private static long insert(Connection connection, Check check, Caller caller)
      throws SQLException {
    String sql =
        """
        INSERT INTO public.checks
            (run_id, env, user_id, anon_token, claim, prompt_version, prompt_char_len_max,
             prob_true_rpl, ci_lo, ci_hi, config_json, counts_by_template_json,
             gate_compliance_ok, gate_stability_ok, gate_precision_ok, pqs, pqs_version)
        VALUES (?, 'prod', ?, ?, ?, 'rpl_g5_v5', ?, ?, ?, ?, ?::jsonb, ?::jsonb, true, ?, true, ?, 'v1')
        RETURNING id\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Harness harness = check.harness();
      statement.setString(1, check.runId());
      switch (caller) {
        case Caller.User user -> {
          statement.setObject(2, user.id());
          statement.setNull(3, Types.VARCHAR);
        }
        case Caller.Anonymous nobody -> {
          statement.setNull(2, Types.OTHER);
          statement.setString(3, nobody.token());
        }
      }
      statement.setString(4, check.claim());
      statement.setInt(5, 900 + check.claim().length());
      statement.setDouble(6, harness.probability());
      statement.setDouble(7, harness.probability() - 0.05);
      statement.setDouble(8, harness.probability() + 0.05);
      statement.setString(9, harness.config());
      statement.setString(10, harness.counts());
      statement.setBoolean(11, harness.stable());
      statement.setInt(12, harness.quality());
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
      case Caller.Anonymous nobody -> {
        String sql =
            "SELECT checks_used, checks_allowed FROM public.anonymous_usage WHERE token = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
          statement.setString(1, nobody.token());
          try (ResultSet row = statement.executeQuery()) {
            yield row.next()
                ? new Usage(row.getInt(1), row.getInt(2), true)
                : new Usage(0, 10, true);
          }
        }
      }
    };
  }
}
