package dev.rubicon.demo.app.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plain JDBC with few words. */
public final class Jdbc {
  private Jdbc() {}

  /** Optional arguments are bound as NULL when empty. */
  public static int update(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, arguments)) {
      return statement.executeUpdate();
    }
  }

  public interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  public static <T> List<T> query(
      Connection connection, String sql, Mapper<T> mapper, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, arguments)) {
      var rows = new ArrayList<T>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(mapper.map(result));
        }
      }
      return rows;
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < arguments.length; i++) {
      Object argument =
          arguments[i] instanceof Optional<?> optional ? optional.orElse(null) : arguments[i];
      statement.setObject(i + 1, argument);
    }
    return statement;
  }

  /** The columns of a table that exist now. */
  public static List<String> columns(Connection connection, String table) throws SQLException {
    return query(
        connection,
        "SELECT column_name FROM information_schema.columns"
            + " WHERE table_schema = 'public' AND table_name = ?",
        row -> row.getString(1),
        table);
  }

  /** SQLSTATE, or the exception's name. */
  public static String state(SQLException e) {
    return e.getSQLState() == null ? e.getClass().getSimpleName() : e.getSQLState();
  }

  /** Whether a statement under way took effect is unknown. */
  public static boolean connectionLost(SQLException e) {
    String state = state(e);
    return state.startsWith("08") || state.startsWith("57P") || state.equals("SQLException");
  }

  /** A table or column that is not there. */
  public static boolean schemaMissing(SQLException e) {
    return state(e).equals("42703") || state(e).equals("42P01");
  }
}
