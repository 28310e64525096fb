package dev.rubicon.leaving;

import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.LegacyRelation;
import dev.rubicon.runbook.Runbook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who still uses a relation without successor. Its writers are noted by a trigger, with their
 * names. Readers leave no name: PostgreSQL counts scans of a table and of its indexes, and contract
 * compares the figure with the one that it remembers.
 */
public final class LeavingUse {
  public static final EvidenceName<List<Reads>> LEAVING_READS =
      EvidenceName.ofList("leaving-reads", Reads.class);

  /**
   * Scans of one relation.
   *
   * @param scans since {@code since}
   * @param now applications that have a lock on it at this moment
   */
  public record Reads(String relation, long scans, String since, List<String> now) {}

  private static final String SCANS =
      """
      SELECT pg_catalog.pg_stat_get_numscans(r.oid) + coalesce(
               (SELECT sum(pg_catalog.pg_stat_get_numscans(i.indexrelid)) FROM pg_catalog.pg_index i
                WHERE i.indrelid = r.oid), 0)::bigint
      FROM (SELECT ?::bigint::oid AS oid) r
      """;

  private static final String OWN_SCANS = SCANS.replace("get_numscans", "get_xact_numscans");

  private LeavingUse() {}

  /** From now on reads count; in the crossing's transaction. */
  public static void remember(PgSession session, Runbook runbook) {
    for (LeavingRelation leaving : LeavingRelation.of(runbook)) {
      leaving.oid(session).ifPresent(oid -> remember(session, leaving, scans(session, SCANS, oid)));
    }
  }

  private static void remember(PgSession session, LeavingRelation leaving, long scans) {
    session.update(
        """
        INSERT INTO rubicon.leaving_read AS r (relation, scans, since)
        VALUES (?, ?, clock_timestamp())
        ON CONFLICT (relation) DO UPDATE SET scans = EXCLUDED.scans, since = EXCLUDED.since
        """,
        leaving.name().toString(),
        scans);
  }

  private static long scans(PgSession session, String sql, long oid) {
    return session.query(sql, row -> row.getLong(1), oid).getFirst();
  }

  /**
   * Refuses contract while somebody reads them.
   *
   * @return whether any of them is still there
   * @throws RubiconException {@code LEGACY_STILL_READ}, or {@code CONTRACT_NOT_DUE} where that is
   *     not known for long enough
   */
  public static boolean require(PhaseContext context, PgSession session) {
    if (!LeavingTriggers.counts(session, context.runbook())) {
      return false;
    }
    var reads = new ArrayList<Reads>();
    var read = new ArrayList<Reads>();
    for (LeavingRelation leaving : LeavingRelation.of(context.runbook())) {
      leaving
          .oid(session)
          .flatMap(oid -> since(session, leaving, oid))
          .ifPresent(
              found -> {
                reads.add(found);
                if (found.scans() > 0 && leaving.entry().reads() == LegacyRelation.Reads.STOP) {
                  read.add(found);
                }
              });
    }
    context.evidence().record(LEAVING_READS, reads);
    Duration quiet = context.runbook().contract().quietPeriod();
    if (!read.isEmpty() && quiet.isPositive()) {
      // Nobody can say when it was: the quiet period begins anew.
      remember(session, context.runbook());
      throw new RubiconException(
          ErrorCode.LEGACY_STILL_READ,
          "relations that go without a successor were read: "
              + read.stream()
                  .map(
                      r ->
                          r.relation()
                              + " ("
                              + r.scans()
                              + " scans since "
                              + r.since()
                              + (r.now().isEmpty() ? "" : ", now by " + r.now())
                              + ")")
                  .toList(),
          "find who reads them (plan and pg_dump count, too), wait for the quiet period of "
              + quiet
              + ", then: rubicon contract");
    }
    refuseYoung(context, session, quiet);
    return true;
  }

  private static Optional<Reads> since(PgSession session, LeavingRelation leaving, long oid) {
    long now = scans(session, SCANS, oid);
    return session.first(
        """
        SELECT greatest(?::bigint - r.scans, 0), r.since::text,
          ARRAY(SELECT DISTINCT a.application_name FROM pg_catalog.pg_locks l
                JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
                WHERE l.relation = ?::bigint::oid AND a.pid <> pg_catalog.pg_backend_pid())
        FROM rubicon.leaving_read r WHERE r.relation = ?
        """,
        row ->
            new Reads(
                leaving.name().toString(),
                row.getLong(1),
                row.getString(2),
                List.of((String[]) row.getArray(3).getArray())),
        now,
        oid,
        leaving.name().toString());
  }

  private static void refuseYoung(PhaseContext context, PgSession session, Duration quiet) {
    List<String> stop =
        LeavingRelation.of(context.runbook()).stream()
            .filter(l -> l.entry().reads() == LegacyRelation.Reads.STOP)
            .map(l -> l.name().toString())
            .toList();
    List<String> young =
        session.query(
            """
            SELECT relation || ' (since ' || since::text || ')' FROM rubicon.leaving_read
            WHERE relation = ANY (?) AND since > clock_timestamp() - make_interval(secs => ?)
            """,
            row -> row.getString(1),
            stop.toArray(String[]::new),
            quiet.toMillis() / 1000.0);
    if (!young.isEmpty()) {
      throw new RubiconException(
          ErrorCode.CONTRACT_NOT_DUE,
          "nobody is known to have read them for less than the quiet period of "
              + quiet
              + ": "
              + young,
          "wait until it is over, then: rubicon contract");
    }
  }

  /** What the session's transaction has read itself is no use by others. */
  public static void discountOwn(PgSession session, Runbook runbook) {
    for (LeavingRelation leaving : LeavingRelation.of(runbook)) {
      leaving
          .oid(session)
          .ifPresent(
              oid ->
                  session.update(
                      "UPDATE rubicon.leaving_read SET scans = scans + ? WHERE relation = ?",
                      scans(session, OWN_SCANS, oid),
                      leaving.name().toString()));
    }
  }
}
