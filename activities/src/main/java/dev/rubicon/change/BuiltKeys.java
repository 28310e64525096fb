package dev.rubicon.change;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.ForeignKey;
import java.util.List;

/** Foreign keys of a table that is built anew; those to the family point at what is built too. */
record BuiltKeys(PgSession session, ChangedTable table, List<ChangedTable> family) {

  private record Key(String name, long target, String printed, String definition) {}

  List<ForeignKey> keys() {
    return session
        .query(
            """
            SELECT c.conname, c.confrelid::bigint, format(' REFERENCES %I.%I(', n.nspname, r.relname),
                   pg_get_constraintdef(c.oid)
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE c.conrelid = ?::bigint::oid AND c.contype = 'f' AND c.conparentid = 0
            ORDER BY c.conname
            """,
            row -> new Key(row.getString(1), row.getLong(2), row.getString(3), row.getString(4)),
            table.oid())
        .stream()
        .map(key -> new ForeignKey(Identifiers.quote(key.name()), pointed(key)))
        .toList();
  }

  private String pointed(Key key) {
    int at = key.definition().indexOf(key.printed());
    if (at < 0) {
      throw unsupported(
          "foreign key " + key.name() + " of " + table.name() + " is printed in a way unknown here",
          "write the long form: rubicon expand-runbook shows that of another table");
    }
    return family.stream()
        .filter(other -> other.oid() == key.target())
        .findFirst()
        .map(
            other ->
                key.definition().substring(0, at)
                    + " REFERENCES "
                    + other.built().sql()
                    + "("
                    + key.definition().substring(at + key.printed().length()))
        .orElse(key.definition());
  }
}
