package dev.rubicon.installed;

import dev.rubicon.catalog.CatalogChange;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The transactions in which a phase has changed the catalog. A row of the catalog knows the one
 * that wrote it: what was made by another is not the phase's, whatever its name is.
 */
public final class OwnTransactions {
  /** As the catalog's snapshot names them; {@code own} are transactions. */
  private static final String MADE =
      """
      WITH own AS (SELECT x::text AS id FROM rubicon.state, unnest(catalog_own) x),
      made AS (
        SELECT 'CONSTRAINT' AS kind, c.relnamespace, c.relname, k.conname::text AS part
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.xmin::text IN (SELECT id FROM own)
        UNION ALL
        SELECT 'INDEX', c.relnamespace, c.relname, x.relname
        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
        WHERE i.xmin::text IN (SELECT id FROM own) OR x.xmin::text IN (SELECT id FROM own)
        UNION ALL
        SELECT 'SEQUENCE', c.relnamespace, c.relname, ''
        FROM pg_class c WHERE c.relkind = 'S' AND c.xmin::text IN (SELECT id FROM own))
      SELECT m.kind, n.nspname, m.relname, m.part
      FROM made m JOIN pg_namespace n ON n.oid = m.relnamespace
      """;

  private OwnTransactions() {}

  /** The session's transaction is one of them; part of it, so that a crash forgets neither. */
  public static void note(PgSession session) {
    session.update(
        "UPDATE rubicon.state SET catalog_own = catalog_own || pg_current_xact_id()::xid");
  }

  /** Constraints, indexes and sequences that stand as one of them has left them. */
  public static Set<CatalogChange.Key> made(PgSession session) {
    List<CatalogChange.Key> made =
        session.query(
            MADE,
            row ->
                new CatalogChange.Key(
                    ObjectKind.valueOf(row.getString(1)),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4)));
    return made.stream().collect(Collectors.toSet());
  }
}
