package dev.rubicon.check;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.duckdb.DuckDBConnection;

/**
 * Writes the result of a query on PostgreSQL as one Parquet file: rows go to DuckDB as PostgreSQL's
 * text, and DuckDB casts them to its types.
 */
public final class ParquetExport {
  private ParquetExport() {}

  /**
   * @param session in a transaction, so that rows are fetched as they come
   * @return rows written
   */
  public static long write(PgSession session, String query, DuckDBConnection duck, Path file) {
    return session.read(query, 0, result -> write(result, duck, file));
  }

  private static long write(ResultSet result, DuckDBConnection duck, Path file)
      throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    List<String> names = names(columns);
    var texts = new ArrayList<String>();
    var casts = new ArrayList<String>();
    for (int i = 1; i <= names.size(); i++) {
      String raw = "c" + i;
      texts.add(raw + " VARCHAR");
      casts.add(
          DuckTypes.cast(raw, DuckTypes.type(columns, i))
              + " AS "
              + Identifiers.quote(names.get(i - 1)));
    }
    try (Statement statement = duck.createStatement()) {
      statement.execute("CREATE OR REPLACE TABLE export_text (" + String.join(", ", texts) + ")");
      long rows = fill(result, duck, names.size());
      statement.execute(
          "COPY (SELECT "
              + String.join(", ", casts)
              + " FROM export_text ORDER BY rowid) TO "
              + Identifiers.literal(file.toString())
              + " (FORMAT parquet, COMPRESSION zstd)");
      statement.execute("DROP TABLE export_text");
      return rows;
    }
  }

  private static long fill(ResultSet result, DuckDBConnection duck, int width) throws SQLException {
    long rows = 0;
    try (var appender = duck.createAppender("export_text")) {
      while (result.next()) {
        appender.beginRow();
        for (int i = 1; i <= width; i++) {
          String value = result.getString(i);
          if (value == null) {
            appender.appendNull();
          } else {
            appender.append(value);
          }
        }
        appender.endRow();
        rows++;
      }
    }
    return rows;
  }

  /** DuckDB folds case and knows no two columns of one name; repeated ones get a number. */
  private static List<String> names(ResultSetMetaData columns) throws SQLException {
    var seen = new HashSet<String>();
    var names = new ArrayList<String>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String name = columns.getColumnLabel(i);
      for (int n = 2; !seen.add(name.toLowerCase(Locale.ROOT)); n++) {
        name = columns.getColumnLabel(i) + "_" + n;
      }
      names.add(name);
    }
    return names;
  }
}
