package dev.rubicon.catalog.query;

import static dev.rubicon.catalog.query.CatalogQueries.SCHEMAS_OF_INTEREST;

/** What lies in no schema. */
final class DatabaseQueries {
  private DatabaseQueries() {}

  /** Options of foreign objects; values that may be secrets are never read. */
  static String options(String array) {
    return """
    (SELECT 'OPTIONS (' || string_agg(p.option_name || ' '
              || CASE WHEN p.option_name ~* 'pass|secret|token|key|cred' THEN '(hidden)'
                      ELSE quote_literal(p.option_value) END, ', '
              ORDER BY p.option_name COLLATE "C") || ')'
     FROM pg_options_to_table(%s) p HAVING count(*) > 0)
    """
        .formatted(array);
  }

  /** Who may use it, the owner aside. */
  private static String acl(String acl, String type, String owner) {
    return """
    (SELECT 'GRANT ' || string_agg(a.privilege_type || ' TO '
              || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END
              || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
              ORDER BY CASE a.grantee WHEN 0 THEN 'PUBLIC'
                                      ELSE pg_get_userbyid(a.grantee) END COLLATE "C")
     FROM aclexplode(coalesce(%1$s, acldefault('%2$s', %3$s))) a
     WHERE a.grantee <> %3$s HAVING count(*) > 0)
    """
        .formatted(acl, type, owner);
  }

  /** A language that every database has counts when its grants have changed. */
  static final String UNSUPPORTED =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'unsupported' AS kind, '' AS schema, q.what AS object, q.name AS part,
                 coalesce(q.definition, '') AS definition, true AS valid, q.of
          FROM (
            SELECT 'pg_language'::regclass AS class, l.oid, 'language' AS what,
                   l.lanname::text AS name,
                   concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'TRUSTED' END,
                     l.lanplcallfoid::regproc, l.laninline::regproc, l.lanvalidator::regproc,
          """
          + acl("l.lanacl", "l", "l.lanowner")
          + """
                     ) AS definition, '' AS of, l.oid >= 16384 OR l.lanacl IS NOT NULL
                       AND l.lanacl IS DISTINCT FROM acldefault('l', l.lanowner) AS listed
            FROM pg_language l
            UNION ALL
            SELECT 'pg_transform'::regclass, t.oid, 'transform',
                   'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || l.lanname,
                   concat_ws(' ', t.trffromsql::regprocedure, t.trftosql::regprocedure), '', true
            FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
            UNION ALL
            SELECT 'pg_am'::regclass, m.oid, 'access-method', m.amname::text,
                   concat_ws(' ', m.amtype, m.amhandler), '', m.oid >= 16384
            FROM pg_am m
            UNION ALL
            SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 'foreign-data-wrapper',
                   w.fdwname::text,
                   concat_ws(' ', w.fdwhandler::regproc, w.fdwvalidator::regproc,
          """
          + options("w.fdwoptions")
          + ", "
          + acl("w.fdwacl", "F", "w.fdwowner")
          + """
                     ), '', true
            FROM pg_foreign_data_wrapper w
            UNION ALL
            SELECT 'pg_foreign_server'::regclass, v.oid, 'foreign-server', v.srvname::text,
                   concat_ws(' ', 'TYPE ' || quote_literal(v.srvtype),
                     'VERSION ' || quote_literal(v.srvversion),
                     'FOREIGN DATA WRAPPER ' || w.fdwname,
          """
          + options("v.srvoptions")
          + ", "
          + acl("v.srvacl", "S", "v.srvowner")
          + """
                     ), 'unsupported:foreign-data-wrapper.' || w.fdwname, true
            FROM pg_foreign_server v JOIN pg_foreign_data_wrapper w ON w.oid = v.srvfdw
          ) q
          WHERE q.listed AND (SELECT count(*) FROM s) >= 0
            AND (q.class = 'pg_language'::regclass AND q.oid < 16384
                 OR NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = q.class
                                AND e.objid = q.oid AND e.deptype = 'e'))
          """;

  /**
   * A publication itself, where it publishes otherwise than usual, or nothing yet: what it
   * publishes has entries of its own.
   */
  static String publications(int serverMajor) {
    return SCHEMAS_OF_INTEREST
        + """
        SELECT 'publication' AS kind, '' AS schema, '' AS object, q.pubname AS part, q.definition,
               true AS valid, '' AS of
        FROM (SELECT p.oid, p.pubname, p.puballtables, concat_ws(', ',
                CASE WHEN p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate THEN NULL
                     ELSE 'publish = ' || quote_literal(concat_ws(', ',
                       CASE WHEN p.pubinsert THEN 'insert' END,
                       CASE WHEN p.pubupdate THEN 'update' END,
                       CASE WHEN p.pubdelete THEN 'delete' END,
                       CASE WHEN p.pubtruncate THEN 'truncate' END)) END,
                CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END,
                'publish_generated_columns = ' || nullif(to_jsonb(p) ->> 'pubgencols', 'n'))
                AS definition
              FROM pg_publication p) q
        WHERE (SELECT count(*) FROM s) >= 0
          AND (q.definition <> '' OR NOT q.puballtables
               AND NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = q.oid)
        """
        + (serverMajor >= 15
            ? "AND NOT EXISTS (SELECT FROM pg_publication_namespace r WHERE r.pnpubid = q.oid))"
            : ")");
  }

  /**
   * What concerns the whole database, or is no more than a name. An extension's version stands
   * here: a clone on another server of the same major version may have another one. So do
   * subscriptions and user mappings, which no clone has; their connections and options hold secrets
   * and are not read. Names of NOT NULL constraints, which PostgreSQL 18 gives, do not follow a
   * table that is renamed.
   */
  static final String NOTES =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'note' AS kind, '' AS schema, q.object, q.part, q.definition, true AS valid, q.of
          FROM (SELECT 'event-trigger' AS object, evtname::text AS part,
                       evtevent || ' ' || evtenabled::text AS definition, '' AS of
                FROM pg_event_trigger
                UNION ALL
                SELECT 'extension-version', extname, extversion, ''
                FROM pg_extension WHERE extname <> 'plpgsql'
                UNION ALL
                SELECT 'publication', pubname, 'FOR ALL TABLES', ''
                FROM pg_publication WHERE puballtables
                UNION ALL
                SELECT 'subscription', subname, concat_ws(' ',
                       CASE WHEN subenabled THEN 'ENABLED' ELSE 'DISABLED' END,
                       'PUBLICATION ' || array_to_string(subpublications, ', '),
                       'SLOT ' || subslotname, 'COMMIT ' || subsynccommit,
                       CASE WHEN subbinary THEN 'BINARY' END, 'STREAMING ' || substream::text), ''
                FROM pg_subscription
                WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                UNION ALL
                SELECT 'user-mapping', concat_ws(' ', srvname, 'FOR', usename), '', ''
                FROM pg_user_mappings
                UNION ALL
                SELECT 'not-null-name', concat_ws('.', s.nspname, c.relname, a.attname),
                       k.conname,
                       'column:' || concat_ws('.', s.nspname, c.relname, a.attname)
                FROM pg_constraint k
                JOIN pg_class c ON c.oid = k.conrelid
                JOIN s ON s.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
                WHERE k.contype = 'n' AND k.convalidated AND k.conislocal
                  AND k.conname <> left(c.relname || '_' || a.attname || '_not_null', 63)) q
          WHERE (SELECT count(*) FROM s) >= 0
          """;
}
