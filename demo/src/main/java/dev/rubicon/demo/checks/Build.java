package dev.rubicon.demo.checks;

import dev.rubicon.demo.app.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** What differs between the two builds: where checks and usage are kept. */
sealed interface Build permits OldBuild, NewBuild {

  /** {@code old} or {@code new}. */
  String name();

  /** One check as the harness made it. */
  record Check(String runId, String claim, Harness harness) {}

  /**
   * @param id 0 when it was not persisted
   */
  record Saved(long id, boolean persisted, Usage usage) {}

  /** Saves the check and counts it. */
  Saved save(Pool pool, Check check, Caller caller) throws SQLException;

  Usage usage(Connection connection, Caller caller) throws SQLException;

  /** The answer to a call that would go beyond its allowance. */
  final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exhausted() {
      super("allowance exhausted", null, false, false);
    }
  }

  static Build named(String name) {
    return switch (name) {
      case "old" -> new OldBuild();
      case "new" -> new NewBuild();
      default -> throw new IllegalArgumentException("builds are old and new, not " + name);
    };
  }

  /** Counts one check of a user in the current month. */
  static Usage countUser(Connection connection, UUID user) throws SQLException {
    String sql =
        """
        INSERT INTO public.usage_ledger AS l (user_id, period_start, checks_used)
        VALUES (?, date_trunc('month', now() AT TIME ZONE 'UTC')::date, 1)
        ON CONFLICT (user_id, period_start) DO UPDATE
           SET checks_used = l.checks_used + 1, updated_at = now()
         WHERE l.checks_used < l.checks_allowed
        RETURNING checks_used, checks_allowed\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, user);
      return counted(statement);
    }
  }

  static Usage counted(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        throw new Exhausted();
      }
      return new Usage(row.getInt(1), row.getInt(2), true);
    }
  }

  static Usage userUsage(Connection connection, UUID user) throws SQLException {
    String sql =
        """
        SELECT checks_used, checks_allowed FROM public.usage_ledger
         WHERE user_id = ? AND period_start = date_trunc('month', now() AT TIME ZONE 'UTC')::date\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, user);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? new Usage(row.getInt(1), row.getInt(2), true) : new Usage(0, 20, true);
      }
    }
  }
}
