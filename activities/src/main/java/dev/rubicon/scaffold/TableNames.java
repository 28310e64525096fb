package dev.rubicon.scaffold;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which table a name means on the target, as migrations of the runbook would find it.
 *
 * @param session reads the target's catalog
 */
record TableNames(PgSession session, List<String> schemas) {

  /**
   * @param others that are not there, but will be by then
   */
  RelationName of(String written, Collection<RelationName> others) {
    List<String> parts = parts(written);
    if (parts.size() == 2) {
      return new RelationName(parts.get(0), parts.get(1));
    }
    if (parts.size() != 1) {
      throw new RubiconException(
          ErrorCode.USAGE, written + " is no name of a table", "write schema.table");
    }
    String name = parts.getFirst();
    var path = new LinkedHashSet<>(schemas);
    path.add("public");
    return path.stream()
        .map(schema -> new RelationName(schema, name))
        .filter(table -> others.contains(table) || there(table))
        .findFirst()
        .orElse(new RelationName(schemas.getFirst(), name));
  }

  /** Bare names are looked up so from now on. */
  static void resolve(PgSession session, List<String> schemas) {
    var path = new LinkedHashSet<>(schemas.stream().map(Identifiers::quote).toList());
    path.add("public");
    session.execute("SET search_path = " + String.join(", ", path) + ", pg_catalog");
  }

  private boolean there(RelationName table) {
    return session.value("SELECT to_regclass(?) IS NOT NULL", table.sql()).equals("t");
  }

  /** Types of a table's columns, by names as one would write them. */
  Map<String, String> types(RelationName table) {
    var types = new TreeMap<String, String>();
    session.query(
        """
        SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
        """,
        row -> types.put(Names.plain(row.getString(1)), row.getString(2)) == null,
        table.sql());
    return types;
  }

  static String single(String written) {
    return parts(written).getLast();
  }

  private static List<String> parts(String written) {
    try {
      return Identifiers.split(written);
    } catch (IllegalArgumentException e) {
      throw new RubiconException(
          ErrorCode.USAGE, written + " is no name", "write it as in SQL, without spaces", e);
    }
  }
}
