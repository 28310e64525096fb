package dev.rubicon.compare;

import dev.rubicon.postgres.Identifiers;

/**
 * One column as it is compared: by what was written, not by what its type's operator calls equal.
 *
 * @param name on the left; both sides are read under it
 * @param right its name on the right
 * @param cast both sides are turned into this type first; empty: none
 */
record Column(String name, String right, String cast, Form form) {

  /** How a value becomes something whose hash depends on the value alone, in any database. */
  enum Form {
    BOOL("%s::bool"),
    INT4("%s::int4"),
    DATE("%s::date"),
    UUID("%s::uuid"),
    BYTEA("%s::bytea"),
    // The hash of an 8-byte integer folds its halves together; that of its bytes does not.
    INT8("int8send(%s::int8)"),
    TIME("time_send(%s::time)"),
    TIMESTAMP("timestamp_send(%s::timestamp)"),
    TIMESTAMPTZ("timestamptz_send(%s::timestamptz)"),
    // With its scale.
    NUMERIC("numeric_send(%s::numeric)"),
    // One NaN is as good as another; -0 is not 0.
    FLOAT4("CASE WHEN %1$s::float4 = 'NaN' THEN ''::bytea ELSE float4send(%1$s::float4) END"),
    FLOAT8("CASE WHEN %1$s::float8 = 'NaN' THEN ''::bytea ELSE float8send(%1$s::float8) END"),
    // Everything else by its text, under the settings that a snapshot pins.
    TEXT("%s::text COLLATE \"C\"");

    private final String sql;

    Form(String sql) {
      this.sql = sql;
    }

    String over(String cell) {
      return sql.formatted(cell);
    }

    static Form of(String base) {
      return switch (base) {
        case "bool" -> BOOL;
        case "int2", "int4" -> INT4;
        case "int8" -> INT8;
        case "date" -> DATE;
        case "uuid" -> UUID;
        case "bytea" -> BYTEA;
        case "time" -> TIME;
        case "timestamp" -> TIMESTAMP;
        case "timestamptz" -> TIMESTAMPTZ;
        case "numeric" -> NUMERIC;
        case "float4" -> FLOAT4;
        case "float8" -> FLOAT8;
        default -> TEXT;
      };
    }
  }

  private String cell() {
    String cell = "x." + Identifiers.quote(name);
    return cast.isEmpty() ? cell : "(" + cell + "::" + cast + ")";
  }

  /** What is hashed. */
  String compared() {
    return form.over(cell());
  }

  /**
   * What is hashed where it pairs rows: what a unique index calls equal among numbers is one key.
   */
  String paired() {
    return switch (form) {
      case NUMERIC -> Form.NUMERIC.over("trim_scale(" + cell() + "::numeric)");
      case FLOAT4 -> Form.FLOAT4.over("(" + cell() + "::float4 + 0::float4)");
      case FLOAT8 -> Form.FLOAT8.over("(" + cell() + "::float8 + 0::float8)");
      default -> compared();
    };
  }

  /** Whether it is not NULL; a composite of NULLs is not. */
  String there() {
    return "num_nulls(" + cell() + ") = 0";
  }

  /** For people. */
  String text() {
    return cell() + "::text";
  }
}
