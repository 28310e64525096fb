package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.PHASE_RUN;
import static dev.rubicon.ledger.jooq.Tables.PROGRESS;
import static dev.rubicon.ledger.jooq.Tables.ROLLOUT;

import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.EvidenceRows;
import dev.rubicon.ledger.connection.Continuity;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.ledger.entry.PhaseEntry;
import dev.rubicon.ledger.entry.ProgressEntry;
import dev.rubicon.rollout.PhaseInput;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** What each phase did, and how far a long one is. */
public final class Phases {
  private final LedgerConnections connections;

  Phases(LedgerConnections connections) {
    this.connections = connections;
  }

  /** The phase runs from now on; a retry while it runs is no new attempt. */
  public void started(PhaseInput input) {
    connections.transact(
        context -> {
          if (input.seen().sequence() > 0) {
            // What the phase does was decided in the part that a restored ledger has lost.
            Continuity.requireSeen(context, input.rollout(), input.seen());
          }
          context
              .insertInto(PHASE_RUN)
              .set(PHASE_RUN.ROLLOUT, input.rollout())
              .set(PHASE_RUN.PHASE, input.phase().word())
              .set(PHASE_RUN.ROUND, input.round())
              .onConflict(PHASE_RUN.ROLLOUT, PHASE_RUN.PHASE, PHASE_RUN.ROUND)
              .doUpdate()
              .set(PHASE_RUN.ATTEMPT, PHASE_RUN.ATTEMPT.plus(1))
              .set(PHASE_RUN.OUTCOME, "running")
              .set(PHASE_RUN.STARTED_AT, LedgerConnections.now())
              .setNull(PHASE_RUN.ENDED_AT)
              .set(PHASE_RUN.SUMMARY, "")
              .where(PHASE_RUN.OUTCOME.ne("running"))
              .execute();
          context
              .update(ROLLOUT)
              .set(ROLLOUT.PHASE, input.phase().word())
              .set(ROLLOUT.ROUND, input.round())
              .where(ROLLOUT.ID.eq(input.rollout()))
              .execute();
          int attempt = attempt(context, input);
          return AuditTrail.append(
              context,
              key(input, attempt) + "/started",
              input.rollout(),
              "rubicon",
              "phase-started",
              Map.of("phase", input.phase().word(), "round", input.round(), "attempt", attempt));
        });
  }

  /**
   * The phase's end; the first one of an attempt stays.
   *
   * @param outcome done, failed or skipped
   * @param summary one line for people
   * @param facts what Jackson can write; an empty map when there are none
   */
  public void ended(PhaseInput input, String outcome, String summary, Object facts) {
    connections.transact(
        context -> {
          context
              .insertInto(PHASE_RUN)
              .set(PHASE_RUN.ROLLOUT, input.rollout())
              .set(PHASE_RUN.PHASE, input.phase().word())
              .set(PHASE_RUN.ROUND, input.round())
              .set(PHASE_RUN.OUTCOME, outcome)
              .set(PHASE_RUN.ENDED_AT, LedgerConnections.now())
              .set(PHASE_RUN.SUMMARY, summary)
              .set(PHASE_RUN.FACTS, LedgerJson.write(facts))
              .onConflict(PHASE_RUN.ROLLOUT, PHASE_RUN.PHASE, PHASE_RUN.ROUND)
              .doUpdate()
              .set(PHASE_RUN.OUTCOME, DSL.excluded(PHASE_RUN.OUTCOME))
              .set(PHASE_RUN.ENDED_AT, DSL.excluded(PHASE_RUN.ENDED_AT))
              .set(PHASE_RUN.SUMMARY, DSL.excluded(PHASE_RUN.SUMMARY))
              .set(PHASE_RUN.FACTS, DSL.excluded(PHASE_RUN.FACTS))
              .where(PHASE_RUN.OUTCOME.eq("running"))
              .execute();
          int attempt = attempt(context, input);
          return AuditTrail.append(
              context,
              key(input, attempt) + "/ended",
              input.rollout(),
              "rubicon",
              "phase-" + outcome,
              Map.of(
                  "phase",
                  input.phase().word(),
                  "round",
                  input.round(),
                  "attempt",
                  attempt,
                  "summary",
                  summary,
                  "evidence",
                  EvidenceRows.digests(context, input)));
        });
  }

  private static int attempt(DSLContext context, PhaseInput input) {
    return context
        .select(PHASE_RUN.ATTEMPT)
        .from(PHASE_RUN)
        .where(PHASE_RUN.ROLLOUT.eq(input.rollout()))
        .and(PHASE_RUN.PHASE.eq(input.phase().word()))
        .and(PHASE_RUN.ROUND.eq(input.round()))
        .fetchSingle(PHASE_RUN.ATTEMPT);
  }

  private static String key(PhaseInput input, int attempt) {
    return "phase/" + input.phase().word() + "/" + input.round() + "/" + attempt;
  }

  /** In order of their (latest) start. */
  public List<PhaseEntry> of(String rollout) {
    return connections.transact(
        context ->
            context
                .selectFrom(PHASE_RUN)
                .where(PHASE_RUN.ROLLOUT.eq(rollout))
                .orderBy(PHASE_RUN.STARTED_AT, PHASE_RUN.ROUND, PHASE_RUN.PHASE)
                .fetch(
                    row ->
                        new PhaseEntry(
                            row.getPhase(),
                            row.getRound(),
                            row.getAttempt(),
                            row.getOutcome(),
                            row.getStartedAt().toInstant(),
                            Optional.ofNullable(row.getEndedAt()).map(OffsetDateTime::toInstant),
                            row.getSummary(),
                            LedgerJson.read(row.getFacts()))));
  }

  private static final String PROGRESS_SQL =
      """
      INSERT INTO rubicon_ledger.progress AS p (rollout, phase, what, done, total, note)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (rollout, phase) DO UPDATE
      SET what = excluded.what, done = excluded.done, total = excluded.total, note = excluded.note,
          updated_at = excluded.updated_at,
          rate = CASE
              WHEN p.what <> excluded.what OR excluded.done < p.done THEN 0
              ELSE (CASE WHEN p.rate > 0 THEN 0.6 * p.rate ELSE 0 END)
                   + (CASE WHEN p.rate > 0 THEN 0.4 ELSE 1 END) * (excluded.done - p.done)
                   / greatest(extract(epoch FROM excluded.updated_at - p.updated_at), 0.001)
          END
      -- One row written at most each second, however many ranges report; the last word always counts.
      WHERE excluded.updated_at >= p.updated_at + interval '1 second'
         OR excluded.note <> p.note
         OR (excluded.total > 0 AND excluded.done >= excluded.total)
      """;

  /** Where a long phase stands; may be called as often as one likes. */
  public void progress(PhaseInput input, String what, long done, long total, String note) {
    connections.transact(
        context ->
            context.execute(
                PROGRESS_SQL, input.rollout(), input.phase().word(), what, done, total, note));
  }

  /** Per phase, the latest first. */
  public List<ProgressEntry> progressOf(String rollout) {
    return connections.transact(
        context ->
            context
                .selectFrom(PROGRESS)
                .where(PROGRESS.ROLLOUT.eq(rollout))
                .orderBy(PROGRESS.UPDATED_AT.desc())
                .fetch(
                    row ->
                        new ProgressEntry(
                            row.getPhase(),
                            row.getWhat(),
                            row.getDone(),
                            row.getTotal(),
                            row.getNote(),
                            row.getRate(),
                            row.getUpdatedAt().toInstant())));
  }
}
