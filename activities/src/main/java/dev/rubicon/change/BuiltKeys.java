package dev.rubicon.change;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.ForeignKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Foreign keys of a table that is built anew; those to the family point at what is built too. */
record BuiltKeys(PgSession session, ChangedTable table, List<ChangedTable> family) {

  /**
   * @param head of the definition, which names columns and tables
   */
  private record Key(
      String name,
      long target,
      RelationName pointsAt,
      List<String> columns,
      List<String> targets,
      String head,
      String definition) {}

  List<ForeignKey> keys() {
    return session
        .query(
            """
            SELECT c.conname, c.confrelid::bigint, n.nspname, r.relname, k.mine, k.theirs,
                   format('FOREIGN KEY (%s) REFERENCES %I.%I(%s)', k.my_list, n.nspname, r.relname, k.their_list),
                   pg_get_constraintdef(c.oid)
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            CROSS JOIN LATERAL (
              SELECT array_agg(a.attname::text ORDER BY u.at) AS mine,
                     array_agg(f.attname::text ORDER BY u.at) AS theirs,
                     string_agg(quote_ident(a.attname), ', ' ORDER BY u.at) AS my_list,
                     string_agg(quote_ident(f.attname), ', ' ORDER BY u.at) AS their_list
              FROM unnest(c.conkey, c.confkey) WITH ORDINALITY u (mine, theirs, at)
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.mine
              JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = u.theirs) k
            WHERE c.conrelid = ?::bigint::oid AND c.contype = 'f' AND c.conparentid = 0
            ORDER BY c.conname
            """,
            row ->
                new Key(
                    row.getString(1),
                    row.getLong(2),
                    new RelationName(row.getString(3), row.getString(4)),
                    Arrays.asList((String[]) row.getArray(5).getArray()),
                    Arrays.asList((String[]) row.getArray(6).getArray()),
                    row.getString(7),
                    row.getString(8)),
            table.oid())
        .stream()
        .map(key -> new ForeignKey(Identifiers.quote(key.name()), pointed(key)))
        .toList();
  }

  private String pointed(Key key) {
    String tail =
        key.definition().substring(Math.min(key.head().length(), key.definition().length()));
    // ON DELETE SET NULL (column) names a column again.
    boolean again = tail.contains("(") && table.renamed().length > 0;
    if (!key.definition().startsWith(key.head()) || again) {
      throw unsupported(
          "foreign key " + key.name() + " of " + table.name() + " cannot be written anew",
          "drop it before, and add it again afterwards; or write the long form by hand"
              + " (docs/shadow.md)");
    }
    Optional<ChangedTable> target =
        family.stream()
            .filter(other -> other.oid() == key.target())
            .filter(ChangedTable::anew)
            .findFirst();
    return "FOREIGN KEY ("
        + key.columns().stream()
            .map(table::renamed)
            .map(Identifiers::quote)
            .collect(Collectors.joining(", "))
        + ") REFERENCES "
        + target.map(ChangedTable::built).orElse(key.pointsAt()).sql()
        + " ("
        + key.targets().stream()
            .map(column -> target.map(t -> t.renamed(column)).orElse(column))
            .map(Identifiers::quote)
            .collect(Collectors.joining(", "))
        + ")"
        + tail;
  }
}
