package dev.rubicon.shadow;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.util.List;

/**
 * A sequence that one relation owns and the other draws from goes to whoever has the word: a table
 * takes its own sequences along when it is hidden, and into nothing when it is dropped.
 */
record SharedSequences(PgSession session) {

  private record Shared(String sequence, String column) {}

  /** Nobody's for the moment: call {@code own} once the tables have their new names. */
  List<String> release(Side owner, Side next) {
    List<Shared> shared =
        session.query(
            """
            SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(s.relname), a.attname
            FROM pg_depend o
            JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
            JOIN pg_namespace n ON n.oid = s.relnamespace
            JOIN pg_depend u ON u.refobjid = s.oid AND u.classid = 'pg_attrdef'::regclass
            JOIN pg_attrdef d ON d.oid = u.objid AND d.adrelid = ?::bigint::oid
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE o.classid = 'pg_class'::regclass AND o.refobjid = ?::bigint::oid
              AND o.deptype = 'a'
            """,
            row -> new Shared(row.getString(1), row.getString(2)),
            next.oid(),
            owner.oid());
    shared.forEach(s -> session.execute("ALTER SEQUENCE " + s.sequence() + " OWNED BY NONE"));
    return shared.stream()
        .map(
            s ->
                "ALTER SEQUENCE "
                    + s.sequence()
                    + " OWNED BY %s."
                    + Identifiers.quote(s.column()).replace("%", "%%"))
        .toList();
  }

  /** PostgreSQL wants owner and sequence in one schema; elsewhere it stays nobody's. */
  void own(List<String> released, RelationName owner) {
    owned(released, owner).forEach(session::execute);
  }

  List<String> owned(List<String> released, RelationName owner) {
    String schema = "ALTER SEQUENCE " + Identifiers.quote(owner.schema()) + ".";
    return released.stream()
        .filter(sql -> sql.replace("\"", "").startsWith(schema.replace("\"", "")))
        .map(sql -> sql.formatted(owner.sql()))
        .toList();
  }
}
