package dev.rubicon.backup;

import dev.rubicon.backup.Manifest.DatabaseProperties;
import dev.rubicon.backup.Manifest.Grant;
import dev.rubicon.backup.Manifest.Label;
import dev.rubicon.backup.Manifest.Setting;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.ArrayList;
import java.util.List;

/** What a manifest says of a database besides its tables. */
public final class DatabaseReader {
  private DatabaseReader() {}

  public static DatabaseProperties properties(PgSession session) {
    List<Setting> settings = settings(session, session.value("SELECT current_database()"));
    List<Grant> grants = grants(session);
    List<Label> labels = labels(session);
    // Through JSON: the column's name changed twice between 14 and 17.
    return session
        .first(
            """
            SELECT d.datname, pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
                   coalesce(j.j ->> 'datlocprovider', 'c'),
                   coalesce(j.j ->> 'datlocale', j.j ->> 'daticulocale', ''),
                   d.datconnlimit, coalesce(shobj_description(d.oid, 'pg_database'), '')
            FROM pg_database d, LATERAL (SELECT to_jsonb(d) AS j) j
            WHERE d.datname = current_database()
            """,
            row ->
                new DatabaseProperties(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getInt(8),
                    row.getString(9),
                    settings,
                    grants,
                    labels))
        .orElseThrow();
  }

  /** What is set for sessions of a database, for all roles and for some. */
  public static List<Setting> settings(PgSession session, String database) {
    return session.query(
        """
        SELECT coalesce(r.rolname, ''), split_part(c.entry, '=', 1), substr(c.entry, strpos(c.entry, '=') + 1)
        FROM pg_db_role_setting s
        JOIN pg_database d ON d.oid = s.setdatabase
        CROSS JOIN LATERAL unnest(s.setconfig) AS c(entry)
        LEFT JOIN pg_roles r ON r.oid = s.setrole
        WHERE d.datname = ?
        ORDER BY 1, 2
        """,
        row -> new Setting(row.getString(1), row.getString(2), row.getString(3)),
        database);
  }

  private static List<Grant> grants(PgSession session) {
    return session.query(
        """
        SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END, a.privilege_type, a.is_grantable
        FROM pg_database d, aclexplode(d.datacl) a
        WHERE d.datname = current_database()
        ORDER BY 1, 2
        """,
        row -> new Grant(row.getString(1), row.getString(2), row.getBoolean(3)));
  }

  private static List<Label> labels(PgSession session) {
    return session.query(
        """
        SELECT l.provider, l.label FROM pg_shseclabel l
        WHERE l.classoid = 'pg_database'::regclass
          AND l.objoid = (SELECT oid FROM pg_database WHERE datname = current_database())
        ORDER BY 1
        """,
        row -> new Label(row.getString(1), row.getString(2)));
  }

  /** A sequence and the value that {@code nextval} would give now. */
  public record Position(String schema, String name, long increment, boolean cycles, long next) {}

  public static List<Position> positions(PgSession session) {
    List<Position> sequences =
        session.query(
            """
            SELECT n.nspname, c.relname, s.seqincrement, s.seqcycle
            FROM pg_sequence s
            JOIN pg_class c ON c.oid = s.seqrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'rubicon')
              AND n.nspname !~ '^pg_(toast|temp)'
              AND NOT EXISTS (
                SELECT FROM pg_depend d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """,
            row ->
                new Position(
                    row.getString(1), row.getString(2), row.getLong(3), row.getBoolean(4), 0));
    var positions = new ArrayList<Position>();
    for (Position s : sequences) {
      long next =
          Long.parseLong(
              session.value(
                  "SELECT CASE WHEN is_called THEN last_value::numeric + "
                      + s.increment()
                      + " ELSE last_value END FROM "
                      + Identifiers.quote(s.schema())
                      + "."
                      + Identifiers.quote(s.name())));
      positions.add(new Position(s.schema(), s.name(), s.increment(), s.cycles(), next));
    }
    return positions;
  }

  /**
   * Roles that own or are granted something in this database. {@code pg_shdepend} leaves out the
   * first superuser, so owners are asked for besides. What extensions own is not dumped, and
   * whoever creates the extension on another server owns it there.
   */
  public static List<String> roles(PgSession session) {
    return session.query(
        """
        SELECT r.rolname FROM pg_roles r
        WHERE r.rolname !~ '^pg_' AND r.oid IN (
          SELECT d.refobjid FROM pg_shdepend d
          WHERE d.refclassid = 'pg_authid'::regclass
            AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
          UNION
          SELECT c.relowner FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
            AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
          UNION
          SELECT n.nspowner FROM pg_namespace n
          WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
            AND NOT EXISTS (
              SELECT FROM pg_depend d
              WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'))
        ORDER BY 1
        """,
        row -> row.getString(1));
  }
}
