package dev.rubicon.change;

import dev.rubicon.postgres.PgSession;
import java.util.List;

/**
 * What a shadow leaves behind on legacy, and this one does not: the hazard says that canonical
 * needs its own, and it has.
 */
record CarriedHazards(PgSession session, ChangedTable table) {

  record Carried(String hazard, String reason) {}

  List<Carried> all() {
    return session.query(
        """
        SELECT kind, name, reason FROM (
          -- One that finds names by a client's search path is for the owner to allow.
          SELECT 'shadow-trigger:' AS kind, ':' || g.tgname AS name, 'the table that is built has the same trigger' AS reason
          FROM pg_trigger g JOIN pg_proc f ON f.oid = g.tgfoid JOIN pg_language l ON l.oid = f.prolang
          WHERE g.tgrelid = ?::bigint::oid AND NOT g.tgisinternal
            AND (l.lanname IN ('c', 'internal') OR f.prosecdef
                 OR EXISTS (SELECT FROM unnest(f.proconfig) s WHERE s LIKE 'search_path=%'))
          UNION ALL
          SELECT 'shadow-policy:', ':' || p.polname, 'the table that is built has the same policy'
          FROM pg_policy p WHERE p.polrelid = ?::bigint::oid
          UNION ALL
          SELECT 'shadow-column-privilege:', ':' || a.attname, 'the table that is built grants the same'
          FROM pg_attribute a WHERE a.attrelid = ?::bigint::oid AND a.attacl IS NOT NULL
          UNION ALL
          SELECT 'row-security:', '', 'the table that is built has the same policies'
          FROM pg_class c WHERE c.oid = ?::bigint::oid AND c.relrowsecurity) carried
        ORDER BY kind, name
        """,
        row ->
            new Carried(
                "hazard:" + row.getString(1) + table.name() + row.getString(2), row.getString(3)),
        table.oid(),
        table.oid(),
        table.oid(),
        table.oid());
  }
}
