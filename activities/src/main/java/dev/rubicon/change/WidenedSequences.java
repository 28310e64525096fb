package dev.rubicon.change;

import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Map;

/**
 * Sequences of {@code serial} columns, which serve both sides and stay: they hold what the wider
 * column holds.
 */
record WidenedSequences(PgSession session, ChangedTable table) {
  private static final Map<String, Integer> WIDTHS =
      Map.of("smallint", 1, "integer", 2, "bigint", 3);

  private record Sequence(String name, String column, String type) {}

  List<String> sql() {
    return wider().stream()
        .map(s -> alter(s.name(), table.type(s.column()).orElseThrow()))
        .toList();
  }

  List<String> undo() {
    return wider().stream().map(s -> alter(s.name(), s.type())).toList();
  }

  private static String alter(String name, String type) {
    return "ALTER SEQUENCE " + name + " AS " + type;
  }

  private List<Sequence> wider() {
    return session
        .query(
            """
            SELECT format('%I.%I', n.nspname, s.relname), a.attname, q.seqtypid::regtype::text
            FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            JOIN pg_sequence q ON q.seqrelid = s.oid
            JOIN pg_namespace n ON n.oid = s.relnamespace
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
              AND d.deptype = 'a' AND d.refobjid = ?::bigint::oid
            ORDER BY s.relname
            """,
            row -> new Sequence(row.getString(1), row.getString(2), row.getString(3)), table.oid())
        .stream()
        .filter(s -> table.type(s.column()).isPresent())
        .filter(
            s ->
                WIDTHS.getOrDefault(table.type(s.column()).orElseThrow(), 0)
                    > WIDTHS.getOrDefault(s.type(), 0))
        .toList();
  }
}
