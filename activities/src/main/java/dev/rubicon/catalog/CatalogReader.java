package dev.rubicon.catalog;

import static java.util.stream.Collectors.joining;

import dev.rubicon.blocked.UnreadableRelation;
import dev.rubicon.catalog.query.CatalogQueries;
import dev.rubicon.catalog.query.RelationQueries;
import dev.rubicon.catalog.query.SequenceQueries;
import dev.rubicon.catalog.query.VersionQuery;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.postgres.server.ServerEncoding;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.postgresql.PGConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;

/**
 * Reads {@code pg_catalog} with queries of its own. What belongs to an extension is left out and
 * the extension itself recorded; what the queries do not know becomes {@link
 * ObjectKind#UNSUPPORTED}.
 *
 * <p>Owners and tablespaces are left out: canonical is built elsewhere, by another role.
 */
public final class CatalogReader {
  private static final int ATTEMPTS = 3;
  private static final int ATTEMPTS_AT_LOCKS = 40;

  /**
   * The printed form of expressions depends on these; literals of dates, intervals, floats and
   * bytea stand in defaults and partition bounds.
   */
  private static final String PIN =
      """
      SELECT set_config('search_path', 'pg_catalog', true),
             set_config('TimeZone', 'UTC', true),
             set_config('DateStyle', 'ISO, YMD', true),
             set_config('IntervalStyle', 'postgres', true),
             set_config('extra_float_digits', '1', true),
             set_config('bytea_output', 'hex', true),
             set_config('quote_all_identifiers', 'off', true)
      """;

  /** What they were, and {@link #PIN} with it. */
  private static final String PINNED =
      """
      WITH was AS MATERIALIZED (
        SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone,
               current_setting('DateStyle') AS dates, current_setting('IntervalStyle') AS intervals,
               current_setting('extra_float_digits') AS digits,
               current_setting('bytea_output') AS bytea,
               current_setting('quote_all_identifiers') AS quoted,
               current_setting('plan_cache_mode') AS plans)
      SELECT was.*,
             set_config('search_path', 'pg_catalog', true),
             set_config('TimeZone', 'UTC', true),
             set_config('DateStyle', 'ISO, YMD', true),
             set_config('IntervalStyle', 'postgres', true),
             set_config('extra_float_digits', '1', true),
             set_config('bytea_output', 'hex', true),
             set_config('quote_all_identifiers', 'off', true),
             set_config('plan_cache_mode', coalesce(nullif(?, ''), was.plans), true)
      FROM was
      """;

  private static final String UNPIN =
      """
      SELECT set_config('search_path', ?, true), set_config('TimeZone', ?, true),
             set_config('DateStyle', ?, true), set_config('IntervalStyle', ?, true),
             set_config('extra_float_digits', ?, true), set_config('bytea_output', ?, true),
             set_config('quote_all_identifiers', ?, true), set_config('plan_cache_mode', ?, true)
      """;

  /** How many settings they are. */
  private static final int SETTINGS = 8;

  private CatalogReader() {}

  /**
   * Reads the schemas in one read-only snapshot of its own, or in the session's open transaction,
   * whose uncommitted changes it then sees.
   */
  public static CatalogSnapshot read(PgSession session, List<String> schemas) {
    return pinned(
        session,
        () ->
            known(
                session,
                CatalogSnapshot.class,
                schemas,
                () -> all(session, schemas),
                snapshot -> snapshot.entries().size()));
  }

  /**
   * What this process has read before of the same catalogs, else what it reads now. Inside {@link
   * #pinned}.
   *
   * @param size how many entries it has, about
   */
  static <T> T known(
      PgSession session,
      Class<T> kind,
      List<String> schemas,
      Supplier<T> reading,
      ToLongFunction<T> size) {
    var key =
        new RecentReadings.Key(kind, schemas, session.value(VersionQuery.of(serverMajor(session))));
    Optional<Object> before = RecentReadings.OF_PROCESS.find(key);
    if (before.isPresent()) {
      return kind.cast(before.get());
    }
    T now = reading.get();
    RecentReadings.OF_PROCESS.keep(key, now, size.applyAsLong(now));
    return now;
  }

  /** The same for other questions to the catalog, with the settings that printing depends on. */
  static <T> T pinned(PgSession session, Supplier<T> reading) {
    if (inTransaction(session)) {
      return asPinned(session, Optional.empty(), reading);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return session.inTransaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            () -> {
              // pg_get_viewdef() locks what a view reads until this transaction ends: in a deadlock
              // this session, not the client, must give up first.
              session.execute("SET LOCAL lock_timeout = 250");
              session.query(PIN, row -> "");
              return reading.get();
            });
      } catch (RubiconException e) {
        if (SqlFailure.gaveWay(e) && attempt < ATTEMPTS_AT_LOCKS) {
          continue;
        }
        if (SqlFailure.gaveWay(e)) {
          throw UnreadableRelation.named(session, e);
        }
        // pg_get_…def() look past the snapshot: an object that someone drops meanwhile is an error
        // there (XX000 "cache lookup failed", 42P01), and gone at the next look.
        String state = SqlFailure.state(e);
        if (attempt >= ATTEMPTS || !(state.equals("XX000") || state.equals("42P01"))) {
          throw e;
        }
      }
    }
  }

  /**
   * Asks the same questions again and again, in the session's open transaction or one of its own,
   * with the settings that printing depends on: planning one of them takes longer than answering it
   * for a few relations, so that the server keeps the plan. Not for a whole schema: that plan would
   * be made without looking at what is asked for.
   */
  public static <T> T repeated(PgSession session, Supplier<T> reading) {
    Supplier<T> planned = () -> asPinned(session, Optional.of("force_generic_plan"), reading);
    return inTransaction(session) ? planned.get() : session.inTransaction(planned::get);
  }

  /**
   * What describes these relations, as they are in the session's open transaction: what {@link
   * #read} has of them, but grants, comments and publications. Inside {@link #repeated}.
   *
   * @param tables OIDs of relations of any kind but sequences; one that is gone has no entries
   * @param sequences OIDs
   */
  public static Map<Long, List<CatalogEntry>> readRelations(
      PgSession session,
      List<String> schemas,
      Collection<Long> tables,
      Collection<Long> sequences) {
    var found = new HashMap<Long, List<CatalogEntry>>();
    if (!tables.isEmpty()) {
      only(session, RelationQueries.ofTables(), schemas, tables, found);
    }
    if (!sequences.isEmpty()) {
      only(session, List.of(SequenceQueries.SEQUENCES), schemas, sequences, found);
    }
    return found;
  }

  /** In one round trip: a plan asks this of every statement. */
  private static void only(
      PgSession session,
      List<String> queries,
      List<String> schemas,
      Collection<Long> relations,
      Map<Long, List<CatalogEntry>> found) {
    var arguments = new ArrayList<Object>();
    for (int i = 0; i < queries.size(); i++) {
      arguments.add(schemas.toArray(String[]::new));
      arguments.add(relations.stream().map(String::valueOf).collect(joining(",", "{", "}")));
    }
    session.query(
        queries.stream().map(RelationQueries::only).collect(joining("\nUNION ALL\n")),
        row ->
            found.computeIfAbsent(row.getLong("relation"), _ -> new ArrayList<>()).add(entry(row)),
        arguments.toArray());
  }

  /**
   * @param plans for {@code plan_cache_mode}, else that stays as it is
   */
  private static <T> T asPinned(PgSession session, Optional<String> plans, Supplier<T> work) {
    List<Object[]> before =
        session.query(
            PINNED,
            row -> {
              var values = new Object[SETTINGS];
              for (int i = 0; i < values.length; i++) {
                values[i] = row.getString(i + 1);
              }
              return values;
            },
            plans.orElse(""));
    T result = work.get();
    session.query(UNPIN, row -> "", before.getFirst());
    return result;
  }

  private static CatalogSnapshot all(PgSession session, List<String> schemas) {
    ServerEncoding.require(session);
    String[] names = schemas.toArray(String[]::new);
    var entries = new ArrayList<CatalogEntry>();
    for (String query : CatalogQueries.of(serverMajor(session))) {
      entries.addAll(session.query(query, CatalogReader::entry, (Object) names));
    }
    return new CatalogSnapshot(entries);
  }

  private static CatalogEntry entry(ResultSet row) throws SQLException {
    return new CatalogEntry(
        ObjectKind.of(row.getString("kind")),
        text(row, "schema"),
        text(row, "object"),
        text(row, "part"),
        text(row, "definition"),
        row.getBoolean("valid"),
        text(row, "of"));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  static int serverMajor(PgSession session) {
    try {
      return session.connection().getMetaData().getDatabaseMajorVersion();
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  private static boolean inTransaction(PgSession session) {
    try {
      // The driver knows from the server's last answer, however the transaction was begun.
      return session.connection().unwrap(PGConnection.class) instanceof PgConnection connection
          && connection.getTransactionState() != TransactionState.IDLE;
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }
}
