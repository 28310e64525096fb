package dev.rubicon.compare;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How one side is read: every row once, its columns under the names of the left.
 *
 * @param names every column to the name under which it is seen
 */
record Scan(RelationName relation, Shape shape, Map<String, String> names, Optional<String> where) {
  /** 128 MB at the usual block size. */
  static final long BLOCKS = 16_384;

  /**
   * Parts that together hold every row once: ranges of blocks of each table that stores rows. They
   * need no index and no order of the key, and their sums add up.
   *
   * @param blocks of one part
   */
  List<String> parts(PgSession session, long blocks) {
    if (!shape.kind().matches("[rpm]")) {
      return List.of(rows());
    }
    record Leaf(String sql, boolean heap, long blocks, boolean readable) {}
    List<Leaf> leaves =
        session.query(
            """
            WITH RECURSIVE below AS (
              SELECT ?::bigint::oid AS oid
              UNION
              SELECT i.inhrelid FROM pg_inherits i JOIN below b ON b.oid = i.inhparent)
            SELECT format('%I.%I', n.nspname, c.relname),
                   c.relkind IN ('r', 'm') AND a.amname = 'heap',
                   pg_relation_size(c.oid) / current_setting('block_size')::bigint,
                   has_table_privilege(c.oid, 'SELECT')
            FROM below b
            JOIN pg_class c ON c.oid = b.oid AND c.relkind IN ('r', 'm', 'f')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_am a ON a.oid = c.relam
            ORDER BY c.oid
            """,
            row -> new Leaf(row.getString(1), row.getBoolean(2), row.getLong(3), row.getBoolean(4)),
            shape.oid());
    // A role that may read only the parent reads the parent.
    if (!leaves.stream().allMatch(Leaf::readable)) {
      return List.of(rows());
    }
    var parts = new ArrayList<String>();
    for (Leaf leaf : leaves) {
      long from = 0;
      for (; leaf.heap() && from + blocks < leaf.blocks(); from += blocks) {
        parts.add(part(leaf.sql(), tid(from) + " AND x.ctid < '(" + (from + blocks) + ",0)'::tid"));
      }
      parts.add(part(leaf.sql(), leaf.heap() ? tid(from) : "true"));
    }
    return parts;
  }

  /** All of it. */
  String rows() {
    return from(relation.sql() + " x", "true");
  }

  private String part(String table, String range) {
    return from("ONLY " + table + " x", range);
  }

  private static String tid(long block) {
    return "x.ctid >= '(" + block + ",0)'::tid";
  }

  private String from(String table, String range) {
    String columns =
        shape.columns().keySet().stream()
            .filter(names::containsKey)
            .map(c -> "x." + Identifiers.quote(c) + " AS " + Identifiers.quote(names.get(c)))
            .collect(Collectors.joining(", "));
    String rows = "SELECT " + columns + " FROM " + table + " WHERE " + range;
    return "(" + rows + ") x" + where.map(condition -> " WHERE (" + condition + "\n)").orElse("");
  }
}
