package dev.rubicon.installed.sync;

/** Reads, in one statement and without a lock on any relation, what carries the sync. */
final class SyncCatalogQuery {
  private SyncCatalogQuery() {}

  /**
   * Inheritance is walked here: {@code pg_partition_tree()} would lock each partition, and wait.
   */
  static final String SQL =
      """
      WITH RECURSIVE
        root AS (
          SELECT o AS oid FROM rubicon.transition t, unnest(t.relations) AS o
          UNION
          -- Another table may have the name by now: then no trigger of ours is on it.
          SELECT named.oid
          FROM rubicon.transition t
          CROSS JOIN LATERAL (
            SELECT to_regclass(quote_ident(t.plan -> 'relation' ->> 'schema') || '.'
                               || quote_ident(t.plan -> 'relation' ->> 'name'))::oid AS oid) named
          WHERE named.oid IS NOT NULL
        ),
        tree AS (
          SELECT oid AS root, oid FROM root
          UNION SELECT t.root, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid
        ),
        relation AS (
          SELECT min(t.root) AS root, c.oid, n.nspname || '.' || c.relname AS named,
                 concat_ws(' ', c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity) AS state
          FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
          GROUP BY c.oid, n.nspname, c.relname
        ),
        function AS (
          SELECT p.* , p.xmin AS writer FROM pg_proc p WHERE p.pronamespace = 'rubicon'::regnamespace
        ),
        part AS (
          SELECT 'TRIGGER' AS kind, r.root, r.oid AS relation, r.named, g.tgname::text AS name,
                 md5(concat_ws('|', g.tgenabled, g.tgtype, f.proname, g.tgattr::text,
                   encode(g.tgargs, 'hex'), g.tgdeferrable, g.tginitdeferred,
                   regexp_replace(g.tgqual::text, ' :location -?\\d+', '', 'g'))) AS shape,
                 concat(g.oid, ':', g.xmin) AS version, g.xmin AS writer,
                 CASE WHEN g.tgparentid = 0 THEN pg_get_triggerdef(g.oid) END AS definition,
                 g.tgenabled = 'A' AS always
          FROM relation r JOIN pg_trigger g ON g.tgrelid = r.oid JOIN function f ON f.oid = g.tgfoid
          UNION ALL
          SELECT 'FUNCTION', 0, 0, '', f.proname || '(' || coalesce((
                   SELECT string_agg(n.nspname || '.' || t.typname, ', ' ORDER BY a.position)
                   FROM unnest(f.proargtypes) WITH ORDINALITY AS a (type, position)
                   JOIN pg_type t ON t.oid = a.type JOIN pg_namespace n ON n.oid = t.typnamespace), '') || ')',
                 md5(concat_ws('|', f.prosrc, f.prosecdef, f.proconfig::text, f.provolatile, f.prolang,
                   regexp_replace(f.prosqlbody::text, ' :location -?\\d+', '', 'g'))),
                 concat(f.oid, ':', f.writer), f.writer, NULL, true
          FROM function f
          UNION ALL
          SELECT 'VIEW', 0, 0, '', c.relname, md5(regexp_replace(w.ev_action::text, ' :location -?\\d+', '', 'g')),
                 concat(c.oid, ':', c.xmin, ':', w.oid, ':', w.xmin), w.xmin, NULL, true
          FROM pg_class c JOIN pg_rewrite w ON w.ev_class = c.oid
          WHERE c.relnamespace = 'rubicon'::regnamespace AND c.relkind = 'v'
          UNION ALL
          SELECT 'DEFAULT', r.root, r.oid, r.named, a.attname,
                 md5(regexp_replace(d.adbin::text, ' :location -?\\d+', '', 'g')),
                 concat(d.oid, ':', d.xmin), d.xmin, NULL, true
          FROM relation r JOIN pg_attrdef d ON d.adrelid = r.oid
          JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
          WHERE EXISTS (SELECT FROM pg_depend x JOIN function f ON f.oid = x.refobjid
                        WHERE x.classid = 'pg_attrdef'::regclass AND x.objid = d.oid
                          AND x.refclassid = 'pg_proc'::regclass)
          UNION ALL
          SELECT 'RULE', r.root, r.oid, r.named, w.rulename, '', concat(w.oid, ':', w.xmin), w.xmin, NULL, true
          FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid
          UNION ALL
          SELECT 'POLICY', r.root, r.oid, r.named, p.polname, '', concat(p.oid, ':', p.xmin), p.xmin, NULL, true
          FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
          UNION ALL
          SELECT 'RELATION', r.root, r.oid, r.named, '', '', r.state, '0'::xid, NULL, true
          FROM relation r
        )
      SELECT kind, root::bigint, relation::bigint, named, name, shape, version,
             left(definition, at - 1), substr(definition, at + length(placed)), always,
             coalesce(writer::text = (pg_current_xact_id_if_assigned()::text::bigint & 4294967295)::text,
                      false)
      FROM part
      CROSS JOIN LATERAL (SELECT ' ON ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
                                            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                                            WHERE c.oid = part.relation) || ' ' AS placed) placed
      CROSS JOIN LATERAL (SELECT strpos(definition, placed) AS at) place
      """;
}
