package dev.rubicon.preflight.scratch;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.postgres.Target;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What all databases of a server have in common, as far as staging's role may see it: roles and
 * their memberships and settings, tablespaces, databases' properties, the server's settings from
 * files. Compared before and after something was tried there: the last net behind what refuses such
 * statements. Databases that others create or drop meanwhile are not compared, nor those that
 * Rubicon made: another rollout may be at work in its own.
 */
public final class SharedState {
  /** What the databases that Rubicon makes are called by: scratch, golden, clones. */
  private static final String OURS = "rubicon_";

  private static final String READ =
      """
      SELECT 'role ' || rolname,
             concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
                       rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil)
      FROM pg_catalog.pg_roles
      UNION ALL
      SELECT 'membership of ' || pg_catalog.pg_get_userbyid(member) || ' in '
               || pg_catalog.pg_get_userbyid(roleid),
             pg_catalog.string_agg(admin_option::text, ' ' ORDER BY admin_option)
      FROM pg_catalog.pg_auth_members GROUP BY member, roleid
      UNION ALL
      SELECT 'settings of ' || coalesce(r.rolname, 'every role') || ' in '
               || coalesce(d.datname, 'every database'),
             pg_catalog.array_to_string(s.setconfig, ', ')
      FROM pg_catalog.pg_db_role_setting s
      LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
      LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
      UNION ALL
      SELECT 'tablespace ' || spcname,
             concat_ws(' ', spcowner, pg_catalog.array_to_string(spcacl, ','),
                       pg_catalog.array_to_string(spcoptions, ','))
      FROM pg_catalog.pg_tablespace
      UNION ALL
      SELECT 'database ' || datname,
             concat_ws(' ', datdba, datallowconn, datconnlimit, datistemplate, dattablespace,
                       pg_catalog.array_to_string(datacl, ','))
      FROM pg_catalog.pg_database
      """;

  /** Readable for a superuser and for members of pg_read_all_settings. */
  private static final String FILES =
      """
      SELECT 'setting ' || name, pg_catalog.string_agg(setting, ' ' ORDER BY seqno)
      FROM pg_catalog.pg_file_settings GROUP BY name
      """;

  private static final String PASSWORDS =
      "SELECT 'password of ' || rolname, pg_catalog.md5(rolpassword) FROM pg_catalog.pg_authid"
          + " WHERE rolpassword IS NOT NULL";

  private final Map<String, String> found;

  private SharedState(Map<String, String> found) {
    this.found = found;
  }

  /**
   * Does the work and compares, whatever came of it.
   *
   * @param server any database of it
   * @param tried what the work is, for the message
   * @throws RubiconException STAGING_CHANGED, with what differs
   */
  public static <T> T kept(Target server, SessionTag tag, String tried, Supplier<T> work) {
    SharedState before = read(server, tag);
    T result;
    try {
      result = work.get();
    } catch (RubiconException e) {
      Optional<RubiconException> changed = before.changed(read(server, tag), tried);
      if (changed.isPresent()) {
        changed.get().addSuppressed(e);
        throw changed.get();
      }
      throw e;
    }
    before
        .changed(read(server, tag), tried)
        .ifPresent(
            changed -> {
              throw changed;
            });
    return result;
  }

  static SharedState read(Target server, SessionTag tag) {
    try (PgSession session = ScratchDatabase.openStaging(server, tag)) {
      var found = new TreeMap<String, String>();
      read(session, READ, found);
      for (String more : new String[] {FILES, PASSWORDS}) {
        try {
          read(session, more, found);
        } catch (RubiconException e) {
          if (!SqlFailure.state(e).equals("42501")) {
            throw e;
          }
          // Who may not read it may not change it either.
        }
      }
      return new SharedState(found);
    }
  }

  private static void read(PgSession session, String query, Map<String, String> into) {
    session.query(
        query, row -> into.put(row.getString(1), row.getString(2) == null ? "" : row.getString(2)));
  }

  private Optional<RubiconException> changed(SharedState now, String tried) {
    var names = new TreeSet<>(found.keySet());
    names.addAll(now.found.keySet());
    var different = new ArrayList<String>();
    for (String name : names) {
      if (name.startsWith("database " + OURS) || name.contains(" in " + OURS)) {
        continue;
      }
      boolean both = found.containsKey(name) && now.found.containsKey(name);
      if (both ? !found.get(name).equals(now.found.get(name)) : !name.startsWith("database ")) {
        different.add(name);
      }
    }
    if (different.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new RubiconException(
            ErrorCode.STAGING_CHANGED,
            "while "
                + tried
                + ", the staging server was changed for all its databases: "
                + String.join(", ", different),
            "put it back; if the runbook's SQL did it, take it out there, and give staging's role"
                + " no right to it; if somebody else did, try again"));
  }
}
