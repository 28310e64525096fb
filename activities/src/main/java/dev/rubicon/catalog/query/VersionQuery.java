package dev.rubicon.catalog.query;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/**
 * One text that stands for all that a reading of the catalogs depends on. Two sessions that get the
 * same text would read the same.
 *
 * <p>A row of a catalog is the version of its row that a transaction ({@code xmin}) put in a place
 * ({@code ctid}): no later version has both, nor has another database of the cluster, unless it was
 * copied file by file. What VACUUM changes in place ({@code relpages} and the like) is read by
 * nobody. After a crash, transactions that were lost may be numbered again: the server's start and
 * its recovery count, too.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-system-columns.html">PostgreSQL
 *     documentation, 5.6 System Columns</a>
 */
public final class VersionQuery {
  /** Of one database; those that hold values (statistics, large objects) are left out. */
  private static final List<String> CATALOGS =
      List.of(
          "pg_aggregate",
          "pg_am",
          "pg_amop",
          "pg_amproc",
          "pg_attrdef",
          "pg_attribute",
          "pg_cast",
          "pg_class",
          "pg_collation",
          "pg_constraint",
          "pg_conversion",
          "pg_default_acl",
          "pg_depend",
          "pg_description",
          "pg_enum",
          "pg_event_trigger",
          "pg_extension",
          "pg_foreign_data_wrapper",
          "pg_foreign_server",
          "pg_foreign_table",
          "pg_index",
          "pg_inherits",
          "pg_init_privs",
          "pg_language",
          "pg_namespace",
          "pg_opclass",
          "pg_operator",
          "pg_opfamily",
          "pg_partitioned_table",
          "pg_policy",
          "pg_proc",
          "pg_publication",
          "pg_publication_rel",
          "pg_range",
          "pg_rewrite",
          "pg_seclabel",
          "pg_sequence",
          "pg_statistic_ext",
          "pg_transform",
          "pg_trigger",
          "pg_ts_config",
          "pg_ts_config_map",
          "pg_ts_dict",
          "pg_ts_parser",
          "pg_ts_template",
          "pg_type");

  /** Settings that printing depends on, the role aside; those that a reading pins are not here. */
  private static final List<String> SETTINGS =
      List.of("standard_conforming_strings", "lc_monetary", "server_version_num");

  private VersionQuery() {}

  /** The catalogs of which every row version counts. */
  public static List<String> catalogs(int serverMajor) {
    return serverMajor < 15
        ? CATALOGS
        : Stream.concat(CATALOGS.stream(), Stream.of("pg_publication_namespace")).toList();
  }

  /** A query of one row and column, without arguments. */
  public static String of(int serverMajor) {
    return """
    SELECT concat_ws('|', pg_postmaster_start_time(), %s, current_user, %s,
      (SELECT concat_ws(' ', encoding, datcollate, datctype) FROM pg_database
       WHERE datname = current_database()),
      (SELECT bit_xor(hashtextextended(concat_ws(' ', oid, rolname), 0)) FROM pg_roles),
      (SELECT bit_xor(hashtextextended(concat_ws(' ', srvname, usename), 0)) FROM pg_user_mappings),
      (SELECT string_agg(concat_ws(' ', subname, subenabled, subpublications, subslotname,
                subsynccommit, subbinary, substream), ',' ORDER BY subname)
       FROM pg_subscription
       WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())),
      (SELECT string_agg(concat_ws(':', rows, versions), ',' ORDER BY catalog COLLATE "C")
       FROM (%s) c))
    """
        .formatted(
            recovery(serverMajor),
            SETTINGS.stream().map("current_setting('%s')"::formatted).collect(joining(", ")),
            catalogs(serverMajor).stream()
                .map(
                    """
                    SELECT '%1$s' AS catalog, count(*) AS rows,
                           bit_xor(hashtidextended(ctid, xmin::text::int8)) AS versions
                    FROM %1$s
                    """
                        ::formatted)
                .collect(joining("UNION ALL\n")));
  }

  /**
   * What recovery from a crash changes. PostgreSQL 15 and later forget their counters then; on 14
   * they lie in a file that takes long to read, but recovery ends with a checkpoint.
   */
  private static String recovery(int serverMajor) {
    return serverMajor >= 15
        ? "pg_stat_get_bgwriter_stat_reset_time()"
        : "(SELECT checkpoint_lsn FROM pg_control_checkpoint())";
  }
}
