package dev.rubicon.demo.owner;

import dev.rubicon.demo.app.MiniJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows as PostgreSQL itself writes them in JSON. */
final class Rows {
  private Rows() {}

  /**
   * @param sql gives one JSON object per row; Optional arguments are bound as NULL when empty
   */
  static List<Map<String, Object>> all(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(
            i + 1,
            arguments[i] instanceof Optional<?> optional ? optional.orElse(null) : arguments[i]);
      }
      var rows = new ArrayList<Map<String, Object>>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          var row = new LinkedHashMap<String, Object>();
          MiniJson.object(result.getString(1)).forEach((k, v) -> row.put(k.toString(), v));
          rows.add(row);
        }
      }
      return rows;
    }
  }

  static Map<String, Object> one(Connection connection, String sql, Object... arguments)
      throws SQLException {
    return all(connection, sql, arguments).stream().findFirst().orElseThrow(NotThere::new);
  }

  /** The answer is 404. */
  static final class NotThere extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotThere() {
      super("not there", null, false, false);
    }
  }
}
