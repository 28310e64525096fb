package dev.rubicon.postgres;

import java.util.Set;

/** Types as {@code format_type} prints them. */
public final class TypeNames {
  /** Words of SQL's grammar, which no search path can change. */
  private static final Set<String> GRAMMAR =
      Set.of(
          "bigint",
          "bit",
          "bit varying",
          "boolean",
          "character",
          "character varying",
          "double precision",
          "integer",
          "interval",
          "numeric",
          "real",
          "smallint");

  private TypeNames() {}

  /**
   * PostgreSQL prints its own types bare; neither a client's search path nor its temporary objects
   * must stand in for them.
   */
  public static String qualified(String type) {
    boolean grammar = GRAMMAR.contains(type.split("[(\\[]")[0].strip()) || type.startsWith("time");
    return grammar || type.contains(".") ? type : "pg_catalog." + type;
  }
}
