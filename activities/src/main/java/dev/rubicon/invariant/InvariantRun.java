package dev.rubicon.invariant;

import dev.rubicon.engine.Progress;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks invariants in one read-only snapshot, and within limits: a snapshot holds vacuum back, and
 * whoever wants a strong lock on what was read waits for its end, and clients behind him.
 */
public final class InvariantRun {
  private static final Duration EACH = Duration.ofSeconds(10);
  private static final Duration ALL = Duration.ofSeconds(60);

  /** More are "at least so many". */
  static final int COUNTED = 100_000;

  private static final int LISTED = 20;

  private final PgSession session;
  private final Runbook runbook;
  private final Progress progress;
  private final Duration each;

  public InvariantRun(PgSession session, Runbook runbook, Progress progress) {
    this(session, runbook, progress, EACH);
  }

  /**
   * @param each how long one may take
   */
  InvariantRun(PgSession session, Runbook runbook, Progress progress, Duration each) {
    this.session = session;
    this.runbook = runbook;
    this.progress = progress;
    this.each = each;
  }

  public List<AskedInvariant> ask(List<DataInvariant> invariants) {
    if (invariants.isEmpty()) {
      return List.of();
    }
    long end = System.nanoTime() + ALL.toNanos();
    return session.inTransaction(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        () -> {
          session.execute("SET LOCAL search_path = " + Naming.searchPath(runbook) + ", pg_catalog");
          // Rows that a policy hides would be offenders all the same.
          session.execute("SET LOCAL row_security = off");
          var asked = new ArrayList<AskedInvariant>();
          for (DataInvariant invariant : invariants) {
            progress.checkCancelled();
            progress.update("data", asked.size(), invariants.size(), invariant.id());
            long left = Math.min(each.toMillis(), (end - System.nanoTime()) / 1_000_000);
            asked.add(
                left < 1
                    ? unasked(invariant, "no time was left: " + ALL.toSeconds() + " s for all")
                    : within(invariant, left));
          }
          return List.copyOf(asked);
        });
  }

  private AskedInvariant within(DataInvariant invariant, long milliseconds) {
    session.execute("SAVEPOINT invariant");
    try {
      session.execute("SET LOCAL statement_timeout = " + milliseconds);
      long count =
          Long.parseLong(
              session.value(
                  "SELECT count(*) FROM (SELECT FROM ("
                      + invariant.query()
                      + "\n) AS offender LIMIT "
                      + (COUNTED + 1)
                      + ") AS counted"));
      List<Map<String, String>> keys =
          count == 0
              ? List.of()
              : session.query(
                  "SELECT * FROM (" + invariant.query() + "\n) AS offender LIMIT " + LISTED,
                  this::key);
      session.execute("RELEASE SAVEPOINT invariant");
      return new AskedInvariant(
          invariant, Math.min(count, COUNTED), count <= COUNTED, keys, "", false);
    } catch (RubiconException e) {
      progress.checkCancelled();
      if (SqlFailure.lost(e)) {
        throw e;
      }
      session.execute("ROLLBACK TO SAVEPOINT invariant");
      return SqlFailure.state(e).equals("57014")
          ? unasked(invariant, "it took longer than " + milliseconds + " ms")
          : new AskedInvariant(invariant, 0, false, List.of(), e.getMessage(), true);
    }
  }

  private static AskedInvariant unasked(DataInvariant invariant, String why) {
    return new AskedInvariant(invariant, 0, false, List.of(), why, false);
  }

  private Map<String, String> key(ResultSet row) throws SQLException {
    var key = new LinkedHashMap<String, String>();
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      String value = row.getString(i);
      key.put(
          row.getMetaData().getColumnLabel(i),
          value == null
              ? "NULL"
              : runbook.preflight().redact() && !row.getMetaData().getColumnLabel(i).equals("rows")
                  ? row.getMetaData().getColumnTypeName(i) + "(" + value.length() + ")"
                  : value);
    }
    return key;
  }
}
