package dev.rubicon.check;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/**
 * Which DuckDB type a PostgreSQL column becomes, and how its text is cast to it. What has no exact
 * counterpart (numeric without a precision, intervals, arrays, ranges, enums, network addresses)
 * stays PostgreSQL's text: analytics may cast it, but nothing is lost on the way.
 */
final class DuckTypes {
  private static final int MAX_DECIMAL = 38;

  private DuckTypes() {}

  static String type(ResultSetMetaData columns, int column) throws SQLException {
    return switch (columns.getColumnTypeName(column)) {
      case "bool" -> "BOOLEAN";
      case "int2", "smallserial" -> "SMALLINT";
      case "int4", "serial" -> "INTEGER";
      case "int8", "bigserial", "oid" -> "BIGINT";
      case "float4" -> "REAL";
      case "float8" -> "DOUBLE";
      case "numeric" -> decimal(columns.getPrecision(column), columns.getScale(column));
      case "uuid" -> "UUID";
      case "date" -> "DATE";
      case "time" -> "TIME";
      case "timestamp" -> "TIMESTAMP";
      case "timestamptz" -> "TIMESTAMPTZ";
      case "json", "jsonb" -> "JSON";
      case "bytea" -> "BLOB";
      default -> "VARCHAR";
    };
  }

  private static String decimal(int precision, int scale) {
    boolean fits = precision > 0 && precision <= MAX_DECIMAL && scale >= 0 && scale <= precision;
    return fits ? "DECIMAL(" + precision + ", " + scale + ")" : "VARCHAR";
  }

  /** DuckDB's expression that reads PostgreSQL's text form of the column. */
  static String cast(String column, String type) {
    return switch (type) {
      case "VARCHAR" -> column;
      case "BLOB" -> "from_hex(substr(" + column + ", 3))";
      default -> "CAST(" + column + " AS " + type + ")";
    };
  }
}
