package dev.rubicon.transition.shadow.compile;

import dev.rubicon.postgres.PgSession;

/**
 * The operator by which an index finds a column's value, written so that no search path matters.
 */
record Equality(PgSession session) {

  String of(long table, String column) {
    return session.value(
        """
        SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
        FROM pg_attribute a
        JOIN pg_type t ON t.oid = a.atttypid
        JOIN pg_opclass c ON c.opcdefault AND c.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')
        JOIN pg_amop m ON m.amopfamily = c.opcfamily AND m.amopstrategy = 3
             AND m.amoplefttype = c.opcintype AND m.amoprighttype = c.opcintype
        JOIN pg_operator o ON o.oid = m.amopopr
        JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE a.attrelid = ?::bigint::oid AND a.attname = ?
        ORDER BY c.opcintype <> coalesce(nullif(t.typbasetype, 0), t.oid),
                 NOT EXISTS (SELECT FROM pg_cast k WHERE k.castsource = t.oid
                             AND k.casttarget = c.opcintype AND k.castmethod = 'b')
                 AND NOT (c.opcintype = 'anyenum'::regtype AND t.typtype = 'e')
                 AND NOT (c.opcintype = 'anyarray'::regtype AND t.typcategory = 'A'),
                 n.nspname <> 'pg_catalog'
        LIMIT 1
        """,
        table, column);
  }
}
