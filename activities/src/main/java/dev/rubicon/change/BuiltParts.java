package dev.rubicon.change;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.List;

/** What hangs on a table that is built anew, in the order in which it is made. */
record BuiltParts(PgSession session, ChangedTable table, BuiltNames names) {
  private static final String DO =
      "DO $rubicon$BEGIN\n  IF %s THEN\n    %s;\n  END IF;\nEND$rubicon$";

  List<String> sql() {
    var sql = new ArrayList<String>();
    sql.addAll(columns());
    sql.addAll(indexes());
    sql.addAll(settings());
    sql.addAll(policies());
    sql.addAll(triggers());
    sql.addAll(grants());
    return sql;
  }

  private String alter() {
    return "ALTER TABLE " + table.built().sql() + " ";
  }

  /** Storage and statistics; a type that is another has its own storage. */
  private List<String> columns() {
    return session.query(
        """
        SELECT ? || s.one
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        CROSS JOIN LATERAL (
          SELECT 1, format('ALTER COLUMN %I SET STORAGE %s', a.attname,
                   CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                     WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END)
          WHERE a.attstorage <> t.typstorage AND a.attname <> ALL (?::text[])
          UNION ALL
          SELECT 2, format('ALTER COLUMN %I SET STATISTICS %s', a.attname, a.attstattarget)
          WHERE a.attstattarget >= 0
          UNION ALL
          SELECT 3, format('ALTER COLUMN %I SET (%s)', a.attname, array_to_string(a.attoptions, ', '))
          WHERE a.attoptions IS NOT NULL) s (at, one)
        WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum, s.at
        """,
        row -> row.getString(1), alter(), table.retyped(), table.oid());
  }

  private List<String> indexes() {
    record Index(String name, String create, String on, String rest) {}
    var sql = new ArrayList<String>();
    List<Index> indexes =
        session.query(
            """
            SELECT x.relname, CASE WHEN i.indisunique THEN 'CREATE UNIQUE INDEX ' ELSE 'CREATE INDEX ' END,
                   format(' ON %I.%I ', n.nspname, c.relname), pg_get_indexdef(i.indexrelid)
            FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
            JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE i.indrelid = ?::bigint::oid
              AND NOT EXISTS (SELECT FROM pg_constraint k
                              WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
            ORDER BY x.relname
            """,
            row ->
                new Index(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
            table.oid());
    for (Index index : indexes) {
      int head = index.create().length() + index.name().length();
      int on = index.rest().indexOf(index.on(), head);
      sql.add(
          index.create()
              + Identifiers.quote(names.built(index.name()))
              + " ON "
              + table.built().sql()
              + " "
              + index.rest().substring(on + index.on().length()));
    }
    record Target(String index, int column, int target) {}
    for (Target target :
        session.query(
            """
            SELECT x.relname, a.attnum, a.attstattarget
            FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
            JOIN pg_attribute a ON a.attrelid = x.oid
            WHERE i.indrelid = ?::bigint::oid AND a.attstattarget >= 0
            ORDER BY x.relname, a.attnum
            """,
            row -> new Target(row.getString(1), row.getInt(2), row.getInt(3)),
            table.oid())) {
      sql.add(
          "ALTER INDEX "
              + index(target.index())
              + " ALTER COLUMN "
              + target.column()
              + " SET STATISTICS "
              + target.target());
    }
    return sql;
  }

  private String index(String today) {
    return Identifiers.quote(table.built().schema()) + "." + Identifiers.quote(names.built(today));
  }

  /** What is said of the table as a whole. */
  private List<String> settings() {
    record Head(String identity, boolean rowSecurity, boolean forced) {}
    Head head =
        session
            .first(
                "SELECT relreplident::text, relrowsecurity, relforcerowsecurity FROM pg_class"
                    + " WHERE oid = ?::bigint::oid",
                row -> new Head(row.getString(1), row.getBoolean(2), row.getBoolean(3)),
                table.oid())
            .orElseThrow();
    var sql = new ArrayList<String>();
    chosen("indisclustered")
        .forEach(name -> sql.add(alter() + "CLUSTER ON " + Identifiers.quote(names.built(name))));
    switch (head.identity()) {
      case "f" -> sql.add(alter() + "REPLICA IDENTITY FULL");
      case "n" -> sql.add(alter() + "REPLICA IDENTITY NOTHING");
      case "i" ->
          chosen("indisreplident")
              .forEach(
                  name ->
                      sql.add(
                          alter()
                              + "REPLICA IDENTITY USING INDEX "
                              + Identifiers.quote(names.built(name))));
      default -> {}
    }
    if (head.rowSecurity()) {
      sql.add(alter() + "ENABLE ROW LEVEL SECURITY");
    }
    if (head.forced()) {
      sql.add(alter() + "FORCE ROW LEVEL SECURITY");
    }
    return sql;
  }

  private List<String> chosen(String property) {
    return session.query(
        "SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid"
            + " WHERE i.indrelid = ?::bigint::oid AND i."
            + property,
        row -> row.getString(1),
        table.oid());
  }

  /** Staging, where it is tried, may lack a role that the target has. */
  private List<String> policies() {
    return session.query(
        """
        SELECT CASE WHEN r.missing IS NULL THEN p.create ELSE format(?, r.missing, p.create) END
        FROM (SELECT o.polname, o.polroles,
                format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', o.polname, ?::text,
                  CASE WHEN o.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                  CASE o.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                                WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                  (SELECT string_agg(coalesce(quote_ident(u.rolname), 'PUBLIC'), ', ' ORDER BY u.rolname)
                   FROM unnest(o.polroles) g (oid) LEFT JOIN pg_roles u ON u.oid = g.oid),
                  ' USING (' || pg_get_expr(o.polqual, o.polrelid) || ')',
                  ' WITH CHECK (' || pg_get_expr(o.polwithcheck, o.polrelid) || ')') AS create
              FROM pg_policy o WHERE o.polrelid = ?::bigint::oid) p
        CROSS JOIN LATERAL (
          SELECT string_agg(format('to_regrole(%L) IS NOT NULL', quote_ident(u.rolname)), ' AND '
                            ORDER BY u.rolname) AS missing
          FROM pg_roles u WHERE u.oid = ANY (p.polroles)) r
        ORDER BY p.polname
        """,
        row -> row.getString(1), DO, table.built().sql(), table.oid());
  }

  private List<String> triggers() {
    record Trigger(String name, String on, String definition, String enabled) {}
    var sql = new ArrayList<String>();
    for (Trigger trigger :
        session.query(
            """
            SELECT g.tgname, format(' ON %I.%I ', n.nspname, c.relname), pg_get_triggerdef(g.oid),
                   g.tgenabled::text
            FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE g.tgrelid = ?::bigint::oid AND NOT g.tgisinternal
            ORDER BY g.tgname
            """,
            row ->
                new Trigger(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
            table.oid())) {
      int on = trigger.definition().indexOf(trigger.on(), "CREATE TRIGGER ".length());
      sql.add(
          trigger.definition().substring(0, on)
              + " ON "
              + table.built().sql()
              + " "
              + trigger.definition().substring(on + trigger.on().length()));
      String state =
          switch (trigger.enabled()) {
            case "D" -> "DISABLE TRIGGER ";
            case "A" -> "ENABLE ALWAYS TRIGGER ";
            case "R" -> "ENABLE REPLICA TRIGGER ";
            default -> "";
          };
      if (!state.isEmpty()) {
        sql.add(alter() + state + Identifiers.quote(trigger.name()));
      }
    }
    return sql;
  }

  /** By column: those of the table are given by the rollout itself. */
  private List<String> grants() {
    return session.query(
        """
        SELECT CASE WHEN r.oid IS NULL THEN g.give
                    ELSE format(?, format('to_regrole(%L) IS NOT NULL', quote_ident(r.rolname)), g.give) END
        FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) x
        LEFT JOIN pg_roles r ON r.oid = x.grantee
        CROSS JOIN LATERAL (
          SELECT format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, a.attname, ?::text,
                        coalesce(quote_ident(r.rolname), 'PUBLIC'),
                        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END)) g (give)
        WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum, g.give
        """,
        row -> row.getString(1), DO, table.built().sql(), table.oid());
  }
}
