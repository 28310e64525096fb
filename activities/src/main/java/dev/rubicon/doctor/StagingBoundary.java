package dev.rubicon.doctor;

import static java.util.stream.Collectors.joining;

import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import java.util.List;
import java.util.Map;

/**
 * What keeps a plan's and a rehearsal's SQL in their own databases on the staging server: that its
 * role may do nothing beyond them, and that production is elsewhere.
 */
final class StagingBoundary {
  /** No copied server has both. */
  private static final String SERVER =
      """
      SELECT concat_ws(' ', (SELECT system_identifier FROM pg_catalog.pg_control_system()),
                       pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC')
      """;

  private static final String BEYOND =
      """
      SELECT unnest(array_remove(ARRAY[
               CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
               CASE WHEN r.rolcreaterole AND NOT r.rolsuper THEN 'CREATEROLE' END,
               CASE WHEN r.rolreplication AND NOT r.rolsuper THEN 'REPLICATION' END], NULL))
      FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
      UNION ALL
      SELECT m.rolname FROM pg_catalog.pg_roles m, pg_catalog.pg_roles r
      WHERE r.rolname = current_user AND NOT r.rolsuper
        AND m.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_signal_backend',
                          'pg_write_server_files', 'pg_checkpoint', 'pg_create_subscription')
        AND pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER')
      """;

  private StagingBoundary() {}

  /** What names a running server. */
  static String server(PgSession session) {
    return session.value(SERVER);
  }

  /**
   * @param targets the server of each target that was reached
   */
  static void examine(
      PgSession staging, String user, Map<String, String> targets, Examination found) {
    List<String> rights = staging.query(BEYOND, row -> row.getString(1));
    if (rights.isEmpty()) {
      found.add(
          Diagnosis.ok("staging: boundary", "'" + user + "' has no rights beyond its databases"));
    } else {
      found.add(
          Diagnosis.warning(
              "staging: boundary",
              "'"
                  + user
                  + "' has "
                  + String.join(", ", rights)
                  + ": SQL of a runbook that is put together while it runs could reach beyond its"
                  + " scratch database",
              "give staging a role with CREATEDB and membership in the owners, and nothing else;"
                  + " "
                  + rights.stream()
                      .map(
                          right ->
                              right.startsWith("pg_")
                                  ? "REVOKE " + right + " FROM " + Identifiers.quote(user)
                                  : "ALTER ROLE " + Identifiers.quote(user) + " NO" + right)
                      .collect(joining("; "))));
    }
    String here = server(staging);
    List<String> same =
        targets.entrySet().stream()
            .filter(target -> target.getValue().equals(here))
            .map(target -> "'" + target.getKey() + "'")
            .toList();
    if (!same.isEmpty()) {
      found.add(
          Diagnosis.warning(
              "staging: server",
              "staging is the server of "
                  + String.join(", ", same)
                  + ": plans and rehearsals take production's processor, disk and connections, and"
                  + " what they do to a whole server they do to production's",
              "give staging a server of its own in rubicon.yaml; to try things out it may be the"
                  + " same"));
    }
  }
}
