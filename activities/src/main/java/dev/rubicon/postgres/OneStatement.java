package dev.rubicon.postgres;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Parser;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Sees to it that one statement is sent. The driver cuts a text at its semicolons by itself and
 * sends each piece in a message of its own; what is one piece for it and two statements for
 * PostgreSQL is refused there, for a message of the extended protocol takes one (PostgreSQL
 * documentation, "Message Flow").
 */
final class OneStatement {
  private OneStatement() {}

  /**
   * @param placeholders whether {@code ?} is one
   * @return the text as it stands
   */
  static String of(Connection connection, String sql, boolean placeholders) throws SQLException {
    var driver = connection.unwrap(BaseConnection.class);
    PreferQueryMode mode = driver.getPreferQueryMode();
    if (mode != PreferQueryMode.EXTENDED && mode != PreferQueryMode.EXTENDED_CACHE_EVERYTHING) {
      throw new RubiconException(
          ErrorCode.CONFIG_INVALID,
          "the connection's preferQueryMode is "
              + mode.value()
              + ": PostgreSQL would run every statement that a text holds",
          "take preferQueryMode out of the url in rubicon.yaml, then: rubicon doctor");
    }
    int statements =
        Parser.parseJdbcSql(
                sql, driver.getStandardConformingStrings(), placeholders, true, false, false)
            .size();
    if (statements > 1) {
      throw new RubiconException(
          ErrorCode.SQL_REFUSED,
          "the text holds " + statements + " statements where one is to be sent",
          "write one statement, then: rubicon validate");
    }
    return sql;
  }
}
