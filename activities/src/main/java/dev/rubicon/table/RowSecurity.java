package dev.rubicon.table;

import static dev.rubicon.table.Naming.unsupported;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Optional;

/** Row security of the owner's: the engine must not stop at it, and no client may get past it. */
public record RowSecurity(PgSession session) {
  private static final int INVOKER_VIEWS = 150_000;

  public boolean on(long relation) {
    return session
        .value("SELECT relrowsecurity FROM pg_class WHERE oid = ?::bigint::oid", relation)
        .equals("t");
  }

  /** Of the table, or of a partition that the engine reads by itself. */
  public void refuseForced(TableShape table) {
    session
        .first(
            """
            SELECT c.oid::regclass::text FROM pg_class c
            WHERE (c.oid = ?::bigint::oid
                   OR c.oid IN (SELECT relid FROM pg_partition_tree(?::bigint::oid::regclass)))
              AND c.relforcerowsecurity
              AND NOT (SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user)
            ORDER BY 1
            """,
            row -> row.getString(1),
            table.oid(),
            table.oid())
        .ifPresent(
            forced -> {
              throw unsupported(
                  forced + " forces row security on its owner: rows would be hidden from the sync",
                  "give Rubicon's role BYPASSRLS");
            });
  }

  /** Whoever sees some of legacy's rows must not see all of canonical's. */
  public void refuseLost(String legacy, long legacyOid, String canonical, long canonicalOid) {
    if (on(legacyOid) && !on(canonicalOid)) {
      throw unsupported(
          legacy
              + " has row security and "
              + canonical
              + " has none: whoever may read some of its rows could read all of them there",
          "in the migration: ALTER TABLE "
              + canonical
              + " ENABLE ROW LEVEL SECURITY, with its policies (USING (true) where everybody may"
              + " see every row)");
    }
  }

  /** An owner passes the policies of its own tables only. */
  public void refuseOtherOwner(TableShape legacy, TableShape canonical) {
    if (!on(canonical.oid())) {
      return;
    }
    record Owner(String role, String schema) {}
    Optional<Owner> stranger =
        session.first(
            """
            SELECT o.rolname, n.nspname
            FROM pg_class l CROSS JOIN pg_class c
            JOIN pg_roles o ON o.oid = l.relowner JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE l.oid = ?::bigint::oid AND c.oid = ?::bigint::oid AND c.relowner <> l.relowner
              AND NOT has_schema_privilege(o.oid, n.oid, 'CREATE') AND NOT o.rolbypassrls
            """,
            row -> new Owner(row.getString(1), row.getString(2)),
            legacy.oid(),
            canonical.oid());
    stranger.ifPresent(
        owner -> {
          throw unsupported(
              owner.role()
                  + " owns "
                  + legacy.name()
                  + " and may not own "
                  + canonical.name()
                  + ": the policies there would hide rows from it",
              "GRANT CREATE ON SCHEMA "
                  + Identifiers.quote(owner.schema())
                  + " TO "
                  + Identifiers.quote(owner.role()));
        });
  }

  /** A view reads with its owner's rights, unless it says otherwise, which PostgreSQL 14 cannot. */
  public void refuseView(String relation, long oid) {
    if (on(oid) && Integer.parseInt(session.value("SHOW server_version_num")) < INVOKER_VIEWS) {
      throw unsupported(
          relation
              + " has row security, which a view in its place would pass by on PostgreSQL 14:"
              + " legacy-name: view",
          "legacy-name: keep or hide; PostgreSQL 15 knows views with the rights of their reader");
    }
  }

  /** What a view over this relation says behind its name. */
  public String viewOptions(long relation) {
    return on(relation) ? " WITH (security_invoker = true)" : "";
  }

  /**
   * Default privileges that a view would be born with; a relation's own grants are all it is to
   * have.
   */
  public List<String> withoutDefaults(String view, String schema) {
    return session.query(
        """
        SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', ?::text,
                               coalesce(quote_ident(r.rolname), 'PUBLIC'))
        FROM pg_default_acl d CROSS JOIN aclexplode(d.defaclacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
          AND d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole
          AND d.defaclnamespace IN (0, (SELECT oid FROM pg_namespace WHERE nspname = ?))
        ORDER BY 1
        """,
        row -> row.getString(1), view, schema);
  }
}
