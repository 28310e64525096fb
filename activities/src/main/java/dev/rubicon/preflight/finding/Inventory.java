package dev.rubicon.preflight.finding;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is in the target: sizes, rows, samples, its clients. Reads only. */
public final class Inventory {
  /** Bigger relations are estimated: counting them would take longer than a plan may. */
  static final long COUNTED_BYTES = 512L << 20;

  private static final String TABLES =
      """
      SELECT n.nspname, c.relname, pg_total_relation_size(c.oid), pg_table_size(c.oid),
             c.reltuples::bigint
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname = ANY (?::text[])
      ORDER BY n.nspname, c.relname
      """;

  private static final String LONG_TRANSACTIONS =
      """
      SELECT pid, coalesce(application_name, ''), coalesce(state, ''), backend_type,
             extract(epoch FROM clock_timestamp() - xact_start)::float8
      FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start < clock_timestamp() - interval '1 second'
      ORDER BY xact_start, pid LIMIT 20
      """;

  private static final String REPLICAS =
      """
      SELECT coalesce(application_name, ''), coalesce(state, ''), coalesce(sync_state, ''),
             coalesce(extract(epoch FROM replay_lag), 0)::float8
      FROM pg_stat_replication ORDER BY 1, 2
      """;

  private static final String SLOTS =
      """
      SELECT slot_name, slot_type, active,
             coalesce(CASE WHEN NOT pg_is_in_recovery() THEN
               pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) END, 0)::bigint
      FROM pg_replication_slots ORDER BY 1
      """;

  private final PgSession session;
  private final Runbook runbook;

  public Inventory(PgSession session, Runbook runbook) {
    this.session = session;
    this.runbook = runbook;
  }

  /**
   * @param rows of now
   * @param exact false: the planner's estimate, -1 when it has none
   */
  public record Table(String relation, long rows, boolean exact, long bytes) {
    /** Under which name it is recorded. */
    public static final EvidenceName<List<Table>> EVIDENCE =
        EvidenceName.ofList("tables", Table.class);
  }

  public record LongTransaction(
      int pid, String application, String state, String backend, double seconds) {}

  public record Replica(String application, String state, String sync, double lagSeconds) {}

  public record Slot(String name, String type, boolean active, long retainedBytes) {}

  public record Activity(
      boolean inRecovery,
      List<LongTransaction> longTransactions,
      List<Replica> replicas,
      List<Slot> slots) {
    /** Under which name it is recorded. */
    public static final EvidenceName<Activity> EVIDENCE =
        EvidenceName.of("activity", Activity.class);
  }

  public List<Table> tables() {
    record Size(RelationName relation, long bytes, long heap, long estimate) {}
    List<Size> sizes =
        session.query(
            TABLES,
            row ->
                new Size(
                    new RelationName(row.getString(1), row.getString(2)),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)),
            (Object) runbook.schemas().toArray(String[]::new));
    return sizes.stream()
        .map(
            size -> {
              Optional<Long> exact =
                  size.heap() <= COUNTED_BYTES ? count(size.relation()) : Optional.empty();
              return new Table(
                  size.relation().toString(),
                  exact.orElse(size.estimate()),
                  exact.isPresent(),
                  size.bytes());
            })
        .toList();
  }

  /** Empty when it takes too long, or when the role may not read it. */
  private Optional<Long> count(RelationName relation) {
    try {
      return Optional.of(Long.valueOf(session.value("SELECT count(*) FROM " + relation.sql())));
    } catch (RubiconException e) {
      String state = SqlFailure.state(e);
      // Cancelled by statement_timeout, no lock in time, not populated, gone meanwhile.
      if (List.of("57014", "55P03", "55000", "42P01", "42501").contains(state)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * A few rows per relation that the runbook names, their values replaced unless it says not to.
   */
  public Map<String, Object> samples() {
    var samples = new LinkedHashMap<String, Object>();
    for (String name : runbook.preflight().samples()) {
      RelationName relation = RelationName.parse(name);
      try {
        samples.put(
            relation.toString(),
            session.inTransaction(
                () -> {
                  // What a view's functions name is looked up as a client of the owner's has it.
                  session.execute(
                      "SET LOCAL search_path = " + Naming.searchPath(runbook) + ", pg_catalog");
                  return session.query(
                      "SELECT * FROM "
                          + relation.sql()
                          + " LIMIT "
                          + runbook.preflight().sampleRows(),
                      this::sample);
                }));
      } catch (RubiconException e) {
        if (!List.of("42P01", "42501", "57014", "55P03").contains(SqlFailure.state(e))) {
          throw e;
        }
        samples.put(relation.toString(), "not readable: SQLSTATE " + SqlFailure.state(e));
      }
    }
    return samples;
  }

  private Map<String, String> sample(ResultSet row) throws SQLException {
    var columns = new LinkedHashMap<String, String>();
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      String value = row.getString(i);
      String type = row.getMetaData().getColumnTypeName(i);
      columns.put(
          row.getMetaData().getColumnLabel(i),
          value == null
              ? "NULL"
              : runbook.preflight().redact() ? type + "(" + value.length() + ")" : value);
    }
    return columns;
  }

  /** No query text: it may hold values. */
  public Activity activity() {
    return new Activity(
        session.value("SELECT pg_is_in_recovery()").equals("t"),
        session.query(
            LONG_TRANSACTIONS,
            row ->
                new LongTransaction(
                    row.getInt(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getDouble(5))),
        session.query(
            REPLICAS,
            row ->
                new Replica(
                    row.getString(1), row.getString(2), row.getString(3), row.getDouble(4))),
        session.query(
            SLOTS,
            row ->
                new Slot(row.getString(1), row.getString(2), row.getBoolean(3), row.getLong(4))));
  }
}
