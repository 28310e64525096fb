package dev.rubicon.doctor;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Backup;
import dev.rubicon.runbook.Runbook;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The privileges that a rollout needs. What is missing is named all at once, each with the
 * statement that grants it.
 */
public final class Privileges {
  private Privileges() {}

  /**
   * @param what in words, e.g. {@code SELECT on public.checks}
   * @param grant the statement that a superuser or owner runs
   */
  public record Missing(String what, String grant) {}

  /** What the runbook's rollout lacks on the target. Relations that are not there are left out. */
  public static List<Missing> missing(PgSession session, Runbook runbook) {
    var missing = new LinkedHashSet<>(missing(session));
    for (String schema : runbook.schemas()) {
      missing.addAll(ask(session, SCHEMA, schema));
    }
    var owners = new LinkedHashSet<String>();
    for (Runbook.Transition transition : runbook.transitions()) {
      missing.addAll(relation(session, OWNED, transition.relation()));
      RelationName name = RelationName.parse(transition.relation());
      owners.addAll(session.query(OWNER, row -> row.getString(1), name.schema(), name.name()));
    }
    for (Runbook.Stamp stamp : runbook.cutover().stamps()) {
      missing.addAll(relation(session, STAMPED, stamp.table()));
    }
    if (runbook.cutover().terminateBlockersAfter().isPresent()) {
      missing.addAll(ask(session, SIGNALLING));
    }
    if (runbook.backup() instanceof Backup.PgDump) {
      missing.addAll(dumped(session, owners));
    }
    return List.copyOf(missing);
  }

  /** What a rollout of any runbook lacks on the target. */
  public static List<Missing> missing(PgSession session) {
    return ask(session, DATABASE);
  }

  /**
   * @throws RubiconException PRIVILEGE_MISSING with everything that is missing
   */
  public static void require(PgSession session, Runbook runbook) {
    refuse(missing(session, runbook));
  }

  /** Without a runbook: what installing schema {@code rubicon} and a backup need. */
  static void require(PgSession session) {
    var missing = new ArrayList<>(missing(session));
    missing.addAll(dumped(session, Set.of()));
    refuse(missing);
  }

  /** For the staging server: scratch, golden and clone databases. */
  public static void requireCreateDatabase(PgSession session) {
    refuse(ask(session, CREATEDB));
  }

  /** For the ledger: its schema. */
  public static void requireCreate(PgSession session) {
    refuse(ask(session, DATABASE));
  }

  private static void refuse(List<Missing> missing) {
    if (!missing.isEmpty()) {
      throw new RubiconException(
          ErrorCode.PRIVILEGE_MISSING,
          "missing: " + String.join("; ", missing.stream().map(Missing::what).toList()),
          "as a superuser or the owner: "
              + String.join(" ", missing.stream().map(Missing::grant).distinct().toList()));
    }
  }

  private static List<Missing> relation(PgSession session, String sql, String relation) {
    RelationName name = RelationName.parse(relation);
    return ask(session, sql, name.schema(), name.name());
  }

  /**
   * @param owners whose member this role is to become: what they may is not asked for one by one
   */
  private static List<Missing> dumped(PgSession session, Set<String> owners) {
    var missing = new ArrayList<>(ask(session, DUMPED, String.join("\n", owners)));
    missing.addAll(ask(session, LARGE_OBJECTS, String.join("\n", owners)));
    return missing;
  }

  private static List<Missing> ask(PgSession session, String sql, Object... arguments) {
    return session.query(sql, row -> new Missing(row.getString(1), row.getString(2)), arguments);
  }

  /** Rubicon's own schema on the target (or the ledger's). */
  private static final String DATABASE =
      """
      SELECT pg_catalog.format('CREATE on database %I', pg_catalog.current_database()),
             pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I;',
                               pg_catalog.current_database(), current_user)
       WHERE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
      """;

  private static final String CREATEDB =
      """
      SELECT 'CREATEDB', pg_catalog.format('ALTER ROLE %I CREATEDB;', current_user)
        FROM pg_catalog.pg_roles
       WHERE rolname = current_user AND NOT rolcreatedb AND NOT rolsuper
      """;

  /** To end sessions that keep the cutover waiting, where the runbook says so. */
  private static final String SIGNALLING =
      """
      SELECT 'membership in pg_signal_backend, for terminate-blockers-after',
             pg_catalog.format('GRANT pg_signal_backend TO %I;', current_user)
       WHERE NOT pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')
      """;

  /** New tables and indexes of expand. */
  private static final String SCHEMA =
      """
      SELECT pg_catalog.format('%s on schema %I', p.privilege, n.nspname),
             pg_catalog.format('GRANT %s ON SCHEMA %I TO %I;', p.privilege, n.nspname, current_user)
        FROM pg_catalog.pg_namespace n, (VALUES ('USAGE'), ('CREATE')) AS p (privilege)
       WHERE n.nspname = ? AND NOT pg_catalog.has_schema_privilege(n.oid, p.privilege)
       ORDER BY p.privilege DESC
      """;

  private static final String OWNER =
      """
      SELECT r.rolname
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
       WHERE n.nspname = ? AND c.relname = ? AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
      """;

  /**
   * ALTER TABLE asks for the owner; an owner may still have lost TRIGGER. What comes with being a
   * member is not asked for besides.
   */
  private static final String OWNED =
      """
      WITH relation AS (
        SELECT c.oid, c.relname, c.relowner, n.nspname
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ?)
      SELECT pg_catalog.format('ownership of %I.%I (membership in role %I)',
                               nspname, relname, r.rolname),
             pg_catalog.format('GRANT %I TO %I;', r.rolname, current_user)
        FROM relation JOIN pg_catalog.pg_roles r ON r.oid = relowner
       WHERE NOT pg_catalog.pg_has_role(relowner, 'USAGE')
      UNION ALL
      SELECT pg_catalog.format('%s on %I.%I', p.privilege, nspname, relname),
             pg_catalog.format('GRANT %s ON %I.%I TO %I;', p.privilege, nspname, relname, current_user)
        FROM relation,
             (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRIGGER')) AS p (privilege)
       WHERE NOT pg_catalog.has_table_privilege(oid, p.privilege)
         AND (pg_catalog.pg_has_role(relowner, 'USAGE')
              OR NOT pg_catalog.has_table_privilege(relowner, oid, p.privilege))
      """;

  /** A stamp takes the table for itself; where a sequence gives the id, it asks that too. */
  private static final String STAMPED =
      """
      WITH relation AS (
        SELECT c.oid, c.relname, n.nspname
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ?)
      SELECT pg_catalog.format('%s on %I.%I', p.privilege, nspname, relname),
             pg_catalog.format('GRANT %s ON %I.%I TO %I;',
                               p.privilege, nspname, relname, current_user)
        FROM relation,
             (VALUES ('SELECT'), ('INSERT'), ('DELETE')) AS p (privilege)
       WHERE NOT pg_catalog.has_table_privilege(oid, p.privilege)
      UNION ALL
      SELECT pg_catalog.format('USAGE on sequence %s', d.objid::pg_catalog.regclass),
             pg_catalog.format('GRANT USAGE ON SEQUENCE %s TO %I;',
                               d.objid::pg_catalog.regclass, current_user)
        FROM relation
        JOIN pg_catalog.pg_depend d ON d.refobjid = relation.oid AND d.deptype = 'a'
       WHERE CASE WHEN d.objid IN (SELECT seqrelid FROM pg_catalog.pg_sequence)
                  THEN NOT pg_catalog.has_sequence_privilege(d.objid, 'USAGE') END
      """;

  /**
   * pg_dump reads every table and sequence, and stops at row security that it may not pass. What
   * extensions own is not dumped.
   */
  private static final String DUMPED =
      """
      WITH relations AS (
        SELECT c.oid, c.relkind, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity,
               n.oid AS schema, n.nspname,
               pg_catalog.pg_get_userbyid(c.relowner) = ANY (pg_catalog.string_to_array(?, E'\\n')) AS by_owner
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'm', 'S')
           AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                              AND d.objid = c.oid AND d.deptype = 'e'))
      SELECT DISTINCT pg_catalog.format('USAGE on schema %I', nspname),
             pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I;', nspname, current_user)
        FROM relations WHERE NOT pg_catalog.has_schema_privilege(schema, 'USAGE')
      UNION ALL
      SELECT pg_catalog.format('SELECT on %I.%I', nspname, relname),
             pg_catalog.format('GRANT SELECT ON %s%I.%I TO %I;',
                               CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END,
                               nspname, relname, current_user)
        FROM relations
       WHERE CASE relkind WHEN 'S'
               THEN NOT pg_catalog.has_sequence_privilege(oid, 'SELECT')
                    AND NOT (by_owner AND pg_catalog.has_sequence_privilege(relowner, oid, 'SELECT'))
               ELSE NOT pg_catalog.has_table_privilege(oid, 'SELECT')
                    AND NOT (by_owner AND pg_catalog.has_table_privilege(relowner, oid, 'SELECT')) END
      UNION ALL
      SELECT pg_catalog.format('BYPASSRLS, for the row security of %I.%I', nspname, relname),
             pg_catalog.format('ALTER ROLE %I BYPASSRLS;', current_user)
        FROM relations, pg_catalog.pg_roles me
       WHERE me.rolname = current_user AND relrowsecurity AND NOT me.rolbypassrls AND NOT me.rolsuper
         AND (relforcerowsecurity OR NOT (by_owner OR pg_catalog.pg_has_role(relowner, 'USAGE')))
      """;

  /**
   * pg_dump reads every large object; there is no function that asks for the privilege before 18.
   * Membership covers those of tomorrow as well, but nobody is to become a superuser's member.
   */
  private static final String LARGE_OBJECTS =
      """
      WITH unread AS (
        SELECT o.oid, o.lomowner, r.rolname, r.rolsuper
          FROM pg_catalog.pg_largeobject_metadata o
          JOIN pg_catalog.pg_roles r ON r.oid = o.lomowner
          JOIN pg_catalog.pg_roles me ON me.rolname = current_user
         WHERE NOT me.rolsuper
           AND NOT pg_catalog.pg_has_role(o.lomowner, 'USAGE')
           AND NOT r.rolname = ANY (pg_catalog.string_to_array(?, E'\\n'))
           AND NOT EXISTS (
             SELECT FROM pg_catalog.aclexplode(o.lomacl) a
              WHERE a.privilege_type = 'SELECT'
                AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
           AND pg_catalog.current_setting('lo_compat_privileges') = 'off')
      SELECT pg_catalog.format('SELECT on %s large objects of %I', count(*), rolname),
             CASE WHEN rolsuper
               THEN pg_catalog.format(
                 'DO $$BEGIN EXECUTE (SELECT ''GRANT SELECT ON LARGE OBJECT '' || string_agg(oid::text, '', '') || %L'
                   || ' FROM pg_largeobject_metadata WHERE lomowner = %L::regrole); END$$;',
                 pg_catalog.format(' TO %I', current_user), pg_catalog.quote_ident(rolname))
               ELSE pg_catalog.format('GRANT %I TO %I;', rolname, current_user) END
        FROM unread GROUP BY rolname, rolsuper ORDER BY rolname
      """;

  /** Whether what other roles' sessions do, and how far replicas lag, is shown to this one. */
  public static boolean seesOthers(PgSession session) {
    return session.value("SELECT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')").equals("t");
  }
}
