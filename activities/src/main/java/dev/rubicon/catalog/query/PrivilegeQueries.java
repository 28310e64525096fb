package dev.rubicon.catalog.query;

import static dev.rubicon.catalog.query.CatalogQueries.SCHEMAS_OF_INTEREST;
import static dev.rubicon.catalog.query.CatalogQueries.notOfExtension;

/** Grants and comments. */
final class PrivilegeQueries {
  private PrivilegeQueries() {}

  /**
   * A NULL ACL is spelled out as what it means. The owner's own privileges are left out unless some
   * were revoked: who the owner is differs between a target and a scratch database.
   */
  static final String GRANTS =
      SCHEMAS_OF_INTEREST
          + """
          , o AS (
            SELECT 'schema:' || s.nspname AS of, s.nspname AS schema, '' AS object,
                   s.nspowner AS owner, s.nspacl AS acl, acldefault('n', s.nspowner) AS usual
            FROM s
            UNION ALL
            SELECT
          """
          + RelationQueries.KIND_OF_RELATION
          + """
             || ':' || s.nspname || '.' || c.relname, s.nspname, c.relname, c.relowner, c.relacl,
                   acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)
            FROM pg_class c JOIN s ON s.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND
          """
          + notOfExtension("pg_class", "c.oid")
          + """
            UNION ALL
            SELECT 'function:' || s.nspname || '.' || q.signature, s.nspname, q.signature,
                   p.proowner, p.proacl, acldefault('f', p.proowner)
            FROM pg_proc p JOIN s ON s.oid = p.pronamespace
            CROSS JOIN LATERAL (
              SELECT p.proname || '(' || oidvectortypes(p.proargtypes) || ')' AS signature) q
            WHERE p.prokind IN ('f', 'p', 'w') AND
          """
          + CatalogQueries.OWN_FUNCTION
          + """
            UNION ALL
            SELECT
          """
          + TypeQueries.KIND_OF_TYPE
          + """
             || ':' || s.nspname || '.' || t.typname, s.nspname, t.typname, t.typowner, t.typacl,
                   acldefault('T', t.typowner)
            FROM pg_type t JOIN s ON s.oid = t.typnamespace
            WHERE
          """
          + TypeQueries.OWN_TYPE
          + """
          )
          SELECT 'grant' AS kind, o.schema, o.object,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END AS part,
            string_agg(DISTINCT a.privilege_type
              || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ') AS definition,
            true AS valid, o.of
          FROM o CROSS JOIN LATERAL aclexplode(coalesce(o.acl, o.usual)) a
          WHERE a.grantee <> o.owner
          GROUP BY o.schema, o.object, o.of, a.grantee
          UNION ALL
          SELECT 'grant', o.schema, o.object, 'OWNER', coalesce(own.privileges, 'nothing'), true,
                 o.of
          FROM o
          CROSS JOIN LATERAL (
            SELECT string_agg(DISTINCT a.privilege_type, ', ') AS privileges
            FROM aclexplode(coalesce(o.acl, o.usual)) a WHERE a.grantee = o.owner) own
          CROSS JOIN LATERAL (
            SELECT string_agg(DISTINCT a.privilege_type, ', ') AS privileges
            FROM aclexplode(o.usual) a WHERE a.grantee = o.owner) all_of_them
          WHERE own.privileges IS DISTINCT FROM all_of_them.privileges
          """;

  static final String COLUMN_GRANTS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'grant' AS kind, s.nspname AS schema, c.relname AS object,
            t.attname || '/'
              || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END AS part,
            string_agg(DISTINCT a.privilege_type
              || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ') AS definition,
            true AS valid,
            'column:' || s.nspname || '.' || c.relname || '.' || t.attname AS of
          FROM pg_attribute t
          JOIN pg_class c ON c.oid = t.attrelid
          JOIN s ON s.oid = c.relnamespace
          CROSS JOIN LATERAL aclexplode(t.attacl) a
          WHERE t.attnum > 0 AND NOT t.attisdropped AND a.grantee <> c.relowner AND
          """
          + notOfExtension("pg_class", "c.oid")
          + "GROUP BY s.nspname, c.relname, t.attname, a.grantee";

  static final String DEFAULT_PRIVILEGES =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'default-privileges' AS kind, s.nspname AS schema,
            CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
              WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
              ELSE d.defaclobjtype::text END AS object,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END AS part,
            string_agg(DISTINCT a.privilege_type
              || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ') AS definition,
            true AS valid, 'schema:' || s.nspname AS of
          FROM pg_default_acl d
          JOIN s ON s.oid = d.defaclnamespace
          CROSS JOIN LATERAL aclexplode(d.defaclacl) a
          GROUP BY s.nspname, d.defaclobjtype, a.grantee
          """;

  /**
   * Those for all schemas say everything that a new object gets: what they take away from what is
   * usual shows as "nothing".
   */
  static final String DEFAULT_PRIVILEGES_EVERYWHERE =
      SCHEMAS_OF_INTEREST
          + """
          , d AS (
            SELECT d.oid, d.defaclrole AS role,
                   CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
                     WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
                     WHEN 'L' THEN 'large objects' ELSE d.defaclobjtype::text END AS object,
                   a.acl, a.usual, g.grantee
            FROM pg_default_acl d
            CROSS JOIN LATERAL (
              SELECT d.defaclacl AS acl,
                     acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'
                                                     ELSE d.defaclobjtype END::"char",
                                d.defaclrole) AS usual) a
            CROSS JOIN LATERAL (
              SELECT e.grantee FROM aclexplode(a.acl) e
              UNION SELECT e.grantee FROM aclexplode(a.usual) e) g
            WHERE d.defaclnamespace = 0)
          SELECT 'default-privileges' AS kind, '' AS schema, q.object, q.part,
                 coalesce(string_agg(DISTINCT q.now, ', '), 'nothing') AS definition,
                 true AS valid, '' AS of
          FROM (
            SELECT d.object,
              CASE d.grantee WHEN 0 THEN 'PUBLIC' WHEN d.role THEN 'OWNER'
                             ELSE pg_get_userbyid(d.grantee) END AS part,
              (SELECT string_agg(e.privilege_type
                        || CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
                        ORDER BY e.privilege_type)
               FROM aclexplode(d.acl) e WHERE e.grantee = d.grantee) AS now,
              (SELECT string_agg(e.privilege_type
                        || CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
                        ORDER BY e.privilege_type)
               FROM aclexplode(d.usual) e WHERE e.grantee = d.grantee) AS usually
            FROM d) q
          WHERE q.now IS DISTINCT FROM q.usually AND (SELECT count(*) FROM s) >= 0
          GROUP BY q.object, q.part
          """;

  /** The comment that initdb gives to the schema public was written by no owner. */
  static final String COMMENTS =
      SCHEMAS_OF_INTEREST
          + """
          SELECT 'comment' AS kind, q.schema, q.object, q.part, d.description AS definition,
                 true AS valid, q.of
          FROM pg_description d
          JOIN (
            SELECT 'pg_namespace'::regclass AS class, s.oid, 0 AS sub, s.nspname AS schema,
                   '' AS object, '' AS part, 'schema:' || s.nspname AS of
            FROM s
            UNION ALL
            SELECT 'pg_class'::regclass, c.oid, coalesce(a.attnum, 0), s.nspname,
                   CASE WHEN i.indexrelid IS NULL THEN c.relname ELSE t.relname END,
                   CASE WHEN i.indexrelid IS NULL THEN coalesce(a.attname, '')
                        ELSE 'index ' || c.relname END,
                   CASE WHEN i.indexrelid IS NOT NULL
                          THEN 'index:' || s.nspname || '.' || t.relname || '.' || c.relname
                        WHEN a.attnum > 0
                          THEN 'column:' || s.nspname || '.' || c.relname || '.' || a.attname
                        ELSE
          """
          + RelationQueries.KIND_OF_RELATION
          + """
             || ':' || s.nspname || '.' || c.relname END
            FROM pg_class c
            JOIN s ON s.oid = c.relnamespace
            LEFT JOIN pg_index i ON i.indexrelid = c.oid
            LEFT JOIN pg_class t ON t.oid = i.indrelid
            LEFT JOIN LATERAL (
              SELECT 0 AS attnum, NULL::name AS attname
              UNION ALL
              SELECT attnum, attname FROM pg_attribute
              WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                AND c.relkind NOT IN ('i', 'I', 'S')) a ON true
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'i', 'I', 'c')
            UNION ALL
            SELECT 'pg_constraint'::regclass, k.oid, 0, s.nspname, coalesce(c.relname, y.typname),
                   'constraint ' || k.conname,
                   'constraint:' || s.nspname || '.' || coalesce(c.relname, y.typname) || '.'
                     || k.conname
            FROM pg_constraint k
            JOIN s ON s.oid = k.connamespace
            LEFT JOIN pg_class c ON c.oid = k.conrelid
            LEFT JOIN pg_type y ON y.oid = k.contypid
            UNION ALL
            SELECT 'pg_trigger'::regclass, g.oid, 0, s.nspname, c.relname, 'trigger ' || g.tgname,
                   'trigger:' || s.nspname || '.' || c.relname || '.' || g.tgname
            FROM pg_trigger g
            JOIN pg_class c ON c.oid = g.tgrelid
            JOIN s ON s.oid = c.relnamespace
            UNION ALL
            SELECT 'pg_policy'::regclass, p.oid, 0, s.nspname, c.relname, 'policy ' || p.polname,
                   'policy:' || s.nspname || '.' || c.relname || '.' || p.polname
            FROM pg_policy p
            JOIN pg_class c ON c.oid = p.polrelid
            JOIN s ON s.oid = c.relnamespace
            UNION ALL
            SELECT 'pg_rewrite'::regclass, r.oid, 0, s.nspname, c.relname, 'rule ' || r.rulename,
                   'rule:' || s.nspname || '.' || c.relname || '.' || r.rulename
            FROM pg_rewrite r
            JOIN pg_class c ON c.oid = r.ev_class
            JOIN s ON s.oid = c.relnamespace
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid, 0, s.nspname, q.signature, '',
                   'function:' || s.nspname || '.' || q.signature
            FROM pg_proc p JOIN s ON s.oid = p.pronamespace
            CROSS JOIN LATERAL (
              SELECT p.proname || '(' || oidvectortypes(p.proargtypes) || ')' AS signature) q
            UNION ALL
            SELECT 'pg_type'::regclass, t.oid, 0, s.nspname, t.typname, '',
          """
          + TypeQueries.KIND_OF_TYPE
          + """
             || ':' || s.nspname || '.' || t.typname
            FROM pg_type t JOIN s ON s.oid = t.typnamespace
            UNION ALL
            SELECT 'pg_statistic_ext'::regclass, x.oid, 0, s.nspname, x.stxname, '',
                   'statistics:' || s.nspname || '.' || x.stxname
            FROM pg_statistic_ext x JOIN s ON s.oid = x.stxnamespace
          ) q ON d.classoid = q.class AND d.objoid = q.oid AND d.objsubid = q.sub
          -- What initdb made, with its thousands of comments, lies below FirstNormalObjectId.
          WHERE (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass)
            AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = q.class AND e.objid = q.oid
                            AND e.deptype = 'e')
            AND NOT (q.class = 'pg_namespace'::regclass AND q.schema = 'public'
                     AND d.description = 'standard public schema')
          """;
}
