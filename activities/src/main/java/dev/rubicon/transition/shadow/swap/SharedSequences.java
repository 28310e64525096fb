package dev.rubicon.transition.shadow.swap;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.transition.shadow.Side;
import java.util.List;

/**
 * A sequence that one relation owns and the other draws from is owned by the table that is the
 * authority: a table takes its own sequences along when it is hidden, and into nothing when it is
 * dropped.
 */
record SharedSequences(List<Shared> shared) {

  private record Shared(long oid, String sequence, String column) {}

  /** Those that {@code owner} owns and {@code next} draws from, but for those that are kept. */
  static SharedSequences of(PgSession session, Side owner, Side next, KeptSequences kept) {
    List<Shared> all =
        session.query(
            """
            SELECT DISTINCT s.oid::bigint, quote_ident(n.nspname) || '.' || quote_ident(s.relname), a.attname
            FROM pg_depend o
            JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
            JOIN pg_namespace n ON n.oid = s.relnamespace
            JOIN pg_depend u ON u.refobjid = s.oid AND u.classid = 'pg_attrdef'::regclass
            JOIN pg_attrdef d ON d.oid = u.objid AND d.adrelid = ?::bigint::oid
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE o.classid = 'pg_class'::regclass AND o.refobjid = ?::bigint::oid
              AND o.deptype = 'a'
            """,
            row -> new Shared(row.getLong(1), row.getString(2), row.getString(3)),
            next.oid(),
            owner.oid());
    return new SharedSequences(all.stream().filter(s -> !kept.has(s.oid())).toList());
  }

  /** Owned by no column for the moment, until the tables have their new names. */
  List<String> release() {
    return shared.stream().map(s -> "ALTER SEQUENCE " + s.sequence() + " OWNED BY NONE").toList();
  }

  /**
   * PostgreSQL requires owner and sequence in one schema; otherwise the sequence stays without an
   * owner.
   */
  List<String> own(RelationName owner) {
    String schema = Identifiers.quote(owner.schema()) + ".";
    return shared.stream()
        .filter(s -> s.sequence().replace("\"", "").startsWith(schema.replace("\"", "")))
        .map(
            s ->
                "ALTER SEQUENCE "
                    + s.sequence()
                    + " OWNED BY "
                    + owner.sql()
                    + "."
                    + Identifiers.quote(s.column()))
        .toList();
  }
}
