package dev.rubicon.change;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.List;

/** Comments of a table that is built anew, and of what hangs on it. */
record BuiltComments(PgSession session, ChangedTable table, BuiltNames names) {

  private record Comment(String kind, String name, boolean indexed, String text) {
    String sql(String object) {
      return "COMMENT ON " + object + " IS " + Identifiers.literal(text);
    }
  }

  /** A foreign key's follows in contract: there is none before the verification. */
  List<String> sql() {
    return read("kind <> 'foreign'").stream().map(c -> c.sql(object(c))).toList();
  }

  /** Of foreign keys, under the table's own name. */
  List<String> later() {
    return read("kind = 'foreign'").stream()
        .map(c -> c.sql("CONSTRAINT " + Identifiers.quote(c.name()) + " ON " + table.to().sql()))
        .toList();
  }

  private String object(Comment comment) {
    String on = " ON " + table.built().sql();
    String name = comment.indexed() ? names.built(comment.name()) : comment.name();
    return switch (comment.kind()) {
      case "TABLE" -> "TABLE " + table.built().sql();
      case "COLUMN" -> "COLUMN " + table.built().sql() + "." + Identifiers.quote(name);
      case "INDEX" ->
          "INDEX " + Identifiers.quote(table.built().schema()) + "." + Identifiers.quote(name);
      default -> comment.kind() + " " + Identifiers.quote(name) + on;
    };
  }

  private List<Comment> read(String which) {
    return session.query(
        """
        SELECT kind, name, indexed, text FROM (
          SELECT 1 AS at, 'TABLE' AS kind, '' AS name, false AS indexed,
                 obj_description(t.oid, 'pg_class') AS text
          FROM pg_class t WHERE t.oid = ?::bigint::oid
          UNION ALL
          SELECT 1 + a.attnum, 'COLUMN', a.attname, false, col_description(a.attrelid, a.attnum)
          FROM pg_attribute a WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
          UNION ALL
          SELECT 2000, CASE c.contype WHEN 'f' THEN 'foreign' ELSE 'CONSTRAINT' END, c.conname,
                 c.contype IN ('p', 'u'), obj_description(c.oid, 'pg_constraint')
          FROM pg_constraint c WHERE c.conrelid = ?::bigint::oid
          UNION ALL
          SELECT 2001, 'INDEX', x.relname, true, obj_description(x.oid, 'pg_class')
          FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = ?::bigint::oid
          UNION ALL
          SELECT 2002, 'TRIGGER', g.tgname, false, obj_description(g.oid, 'pg_trigger')
          FROM pg_trigger g WHERE g.tgrelid = ?::bigint::oid AND NOT g.tgisinternal
          UNION ALL
          SELECT 2003, 'POLICY', p.polname, false, obj_description(p.oid, 'pg_policy')
          FROM pg_policy p WHERE p.polrelid = ?::bigint::oid) said
        WHERE text IS NOT NULL AND %s
        ORDER BY at, name
        """
            .formatted(which),
        row -> new Comment(row.getString(1), row.getString(2), row.getBoolean(3), row.getString(4)),
        table.oid(),
        table.oid(),
        table.oid(),
        table.oid(),
        table.oid(),
        table.oid());
  }
}
