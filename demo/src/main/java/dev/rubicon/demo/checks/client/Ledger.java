package dev.rubicon.demo.checks.client;

import dev.rubicon.demo.app.client.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Usage of users and of anonymous tokens, as both versions count it. */
final class Ledger {
  private Ledger() {}

  static void count(Connection connection, UUID user) throws SQLException {
    Jdbc.update(
        connection,
        """
        INSERT INTO public.usage_ledger AS l (user_id, period_start, checks_allowed, checks_used)
        VALUES (?, date_trunc('month', now() AT TIME ZONE 'UTC')::date, 1000000, 1)
        ON CONFLICT (user_id, period_start) DO UPDATE SET checks_used = l.checks_used + 1, updated_at = now()\
        """,
        user);
  }

  static void countAnonymous(Connection connection, String token) throws SQLException {
    Jdbc.update(
        connection,
        """
        INSERT INTO public.anonymous_usage AS a (token, checks_allowed, checks_used) VALUES (?, 1000000, 1)
        ON CONFLICT (token) DO UPDATE SET checks_used = a.checks_used + 1, updated_at = now()\
        """,
        token);
  }

  static long used(Connection connection, UUID user) throws SQLException {
    return Jdbc.query(
            connection,
            "SELECT coalesce(sum(checks_used), 0) FROM public.usage_ledger WHERE user_id = ?",
            row -> row.getLong(1),
            user)
        .getFirst();
  }

  static long usedAnonymous(Connection connection, String token) throws SQLException {
    return Jdbc.query(
            connection,
            "SELECT coalesce(sum(checks_used), 0) FROM public.anonymous_usage WHERE token = ?",
            row -> row.getLong(1),
            token)
        .getFirst();
  }
}
