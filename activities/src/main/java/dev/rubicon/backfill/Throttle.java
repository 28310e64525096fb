package dev.rubicon.backfill;

import dev.rubicon.doctor.Privileges;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Collects readings, at most twice a second, and keeps every change of verdict. */
public final class Throttle {
  /** Under which name it is recorded. */
  public static final EvidenceName<List<Change>> EVIDENCE =
      EvidenceName.ofList("throttle", Change.class);

  private static final long INTERVAL = 500_000_000L;
  private static final int KEPT = 200;

  private final PhaseContext context;
  private final PgSession session;
  private final RelationName relation;
  private final ThrottleDecision decision;
  private final List<Change> changes;
  private final HeldTimes held;
  private long last = System.nanoTime() - INTERVAL;

  /** One change of verdict. */
  public record Change(String at, String relation, boolean go, String reason) {}

  Throttle(PhaseContext context, PgSession session, RelationName relation, List<Change> changes) {
    this.context = context;
    this.session = session;
    this.relation = relation;
    this.decision = new ThrottleDecision(context.runbook().backfill().throttle());
    this.changes = changes;
    this.held = new HeldTimes(session);
    tellIfBlind();
  }

  private void tellIfBlind() {
    boolean lag = !context.runbook().backfill().throttle().maxReplicationLag().isZero();
    if (lag
        && !Privileges.seesOthers(session)
        && session.value("SELECT EXISTS (SELECT FROM pg_stat_replication)").equals("t")) {
      context
          .evidence()
          .record(
              EvidenceNames.THROTTLE_BLIND,
              "there are replicas, and this role is not shown how far they lag: it lacks"
                  + " pg_read_all_stats");
    }
  }

  /** Waits as long as the verdict is to wait. */
  void await(long done, long total) throws InterruptedException {
    while (true) {
      context.progress().checkCancelled();
      ThrottleDecision.Verdict verdict = look();
      if (verdict.go()) {
        return;
      }
      context.progress().update(relation.toString(), done, total, verdict.reason());
      Thread.sleep(200);
    }
  }

  /** One worker at a time: they share the session and the verdict. */
  private synchronized ThrottleDecision.Verdict look() {
    boolean paused = context.progress().control().paused();
    boolean settled = decision.verdict().go() != paused;
    if (settled && System.nanoTime() - last < INTERVAL) {
      return decision.verdict();
    }
    last = System.nanoTime();
    ThrottleDecision.Verdict before = decision.verdict();
    ThrottleDecision.Verdict now = decision.next(readings());
    count(before, now);
    if (!now.equals(before)) {
      if (changes.size() < KEPT) {
        changes.add(
            new Change(Instant.now().toString(), relation.toString(), now.go(), now.reason()));
      }
      context.evidence().record(EVIDENCE, List.copyOf(changes));
    }
    return now;
  }

  private void count(ThrottleDecision.Verdict before, ThrottleDecision.Verdict now) {
    if (now.equals(before)) {
      if (!now.go()) {
        held.goesOn(now.reason());
      }
      return;
    }
    if (!before.go()) {
      held.ended(before.reason());
    }
    if (!now.go()) {
      held.began(now.reason());
    }
  }

  private ThrottleDecision.Readings readings() {
    Optional<String> query = context.runbook().backfill().throttle().query();
    boolean userSays =
        query
            .map(sql -> session.written(sql, row -> row.getBoolean(1)).stream().anyMatch(b -> b))
            .orElse(false);
    return session
        .first(
            """
            SELECT
              coalesce((SELECT max(extract(epoch FROM replay_lag)) FROM pg_stat_replication), 0),
              (SELECT count(*) FROM pg_stat_activity
               WHERE state = 'active' AND backend_type = 'client backend'
                 AND application_name NOT LIKE 'rubicon/%'
                 AND datname = current_database()),
              (SELECT count(*) FROM pg_locks w JOIN pg_stat_activity c ON c.pid = w.pid
               WHERE NOT w.granted AND c.application_name NOT LIKE 'rubicon/%'
                 AND EXISTS (SELECT FROM pg_stat_activity a
                             WHERE a.pid = ANY (pg_blocking_pids(w.pid))
                               AND a.application_name LIKE 'rubicon/backfill/%')),
              EXISTS (SELECT FROM pg_stat_progress_vacuum v
                      JOIN pg_class c ON c.oid = v.relid JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE n.nspname = ? AND c.relname = ?)
            """,
            row ->
                new ThrottleDecision.Readings(
                    row.getDouble(1),
                    row.getInt(2),
                    row.getInt(3),
                    row.getBoolean(4),
                    userSays,
                    context.progress().control()),
            relation.schema(),
            relation.name())
        .orElseThrow();
  }
}
