package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.EVIDENCE;
import static dev.rubicon.ledger.jooq.Tables.ROLLOUT;

import dev.rubicon.engine.Evidence;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.EvidenceRows;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.ledger.connection.LedgerSchema;
import dev.rubicon.ledger.entry.EvidenceEntry;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.jooq.tables.records.RolloutRecord;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/**
 * The control database: rollouts and their evidence; {@link #phases}, {@link #statuses}, {@link
 * #decisions} and {@link #audit} hold the rest. Thread-safe; every write may be repeated by a
 * retried activity without a second effect, and without a second audit entry.
 */
public final class Ledger implements AutoCloseable {
  static final List<String> LIVE = List.of("running", "waiting", "held");

  private final Target target;
  private final LedgerConnections connections;
  private final Phases phases;
  private final Decisions decisions;
  private final ExecutionStatuses statuses;
  private final AuditTrail audit;

  private Ledger(Target target) {
    this.target = target;
    this.connections = new LedgerConnections(target);
    this.phases = new Phases(connections);
    this.decisions = new Decisions(connections);
    this.statuses = new ExecutionStatuses(connections);
    this.audit = new AuditTrail(connections);
  }

  /** Connects when first used. */
  public static Ledger open(Target ledger) {
    return new Ledger(ledger);
  }

  /** Brings the schema up to date as the ledger's own user, which then owns it. */
  public Ledger migrate() {
    LedgerSchema.migrate(target, target.user());
    return this;
  }

  /** The same, run by an owner that the workers are not: the audit trail is then beyond them. */
  public Ledger migrateAs(Target owner) {
    LedgerSchema.migrate(owner, target.user());
    return this;
  }

  /** Fails, naming the next command, when the schema is older than this version needs. */
  public Ledger requireCurrent() {
    LedgerSchema.requireCurrent(target);
    return this;
  }

  /** Whether the user owns the trail, so that only the trigger protects it from this process. */
  public boolean ownsAuditTrail() {
    return connections.transact(
        context ->
            context.fetchValue(
                    "SELECT pg_has_role(c.relowner, 'MEMBER') FROM pg_class c"
                        + " WHERE c.oid = 'rubicon_ledger.audit_entry'::regclass")
                == Boolean.TRUE);
  }

  /** Fails with {@link ErrorCode#LEDGER_UNREACHABLE} unless the ledger answers. */
  public void answer() {
    connections.transact(context -> context.selectOne().fetch());
  }

  public Phases phases() {
    return phases;
  }

  public Decisions decisions() {
    return decisions;
  }

  public SignedDecisions signed() {
    return new SignedDecisions(connections);
  }

  public ExecutionStatuses statuses() {
    return statuses;
  }

  public AuditTrail audit() {
    return audit;
  }

  public Reconciliation reconciliation() {
    return new Reconciliation(connections);
  }

  /**
   * Enters the rollout.
   *
   * @return ids of those that it supersedes
   */
  public List<String> launch(LedgerRollout.Launch launch) {
    return connections.transact(context -> Launches.enter(context, launch));
  }

  /**
   * Whether the execution of that run is ending by itself: its end is entered, or an abort was
   * ordered and nothing holds it.
   */
  public boolean ending(String runId) {
    return connections.transact(
        context ->
            context.fetchValue(
                    """
                    SELECT EXISTS (
                        SELECT FROM rubicon_ledger.rollout r
                         WHERE r.run_id = ?
                           AND (r.state NOT IN ('running', 'waiting', 'held')
                                OR r.state <> 'held'
                                   AND (EXISTS (SELECT FROM rubicon_ledger.audit_entry a
                                                 WHERE a.rollout = r.id AND a.action = 'abort')
                                        OR EXISTS (SELECT FROM rubicon_ledger.phase_run p
                                                    WHERE p.rollout = r.id AND p.phase = 'abort'))))
                        OR EXISTS (
                        SELECT FROM rubicon_ledger.contract_execution c
                         WHERE c.run_id = ? AND c.state <> 'running')
                    """,
                    runId,
                    runId)
                == Boolean.TRUE);
  }

  /** Newest first. */
  public List<LedgerRollout> rollouts() {
    return fetch(DSL.noCondition());
  }

  public Optional<LedgerRollout> find(String id) {
    return fetch(ROLLOUT.ID.eq(id)).stream().findFirst();
  }

  public LedgerRollout rollout(String id) {
    return find(id)
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.ROLLOUT_UNKNOWN,
                    "the ledger has no rollout " + id,
                    "name one of: rubicon list"));
  }

  /** The newest of a target, live or not. */
  public Optional<LedgerRollout> latestFor(String target) {
    return fetch(ROLLOUT.TARGET.eq(target)).stream().findFirst();
  }

  private List<LedgerRollout> fetch(Condition which) {
    return connections.transact(
        context ->
            context
                .selectFrom(ROLLOUT)
                .where(which)
                .orderBy(ROLLOUT.LAUNCHED_AT.desc(), ROLLOUT.ID)
                .fetch(Ledger::rollout));
  }

  private static LedgerRollout rollout(RolloutRecord row) {
    return new LedgerRollout(
        row.getId(),
        row.getTarget(),
        row.getBundle(),
        row.getRunbook(),
        row.getTitle(),
        row.getRequestedBy(),
        row.getState(),
        row.getPhase(),
        row.getRound(),
        row.getNote(),
        row.getDigest(),
        row.getWorkflowId(),
        row.getRunId(),
        row.getLaunchedAt().toInstant(),
        Optional.ofNullable(row.getEndedAt()).map(OffsetDateTime::toInstant),
        row.getOutcome(),
        row.getCrossings(),
        row.getFingerprint(),
        row.getReport(),
        Optional.ofNullable(row.getSupersededBy()),
        ExecutionStatuses.entry(row.getStatus(), row.getStatusAt()));
  }

  /** Where the phase puts what it measured. */
  public Evidence evidence(PhaseInput input) {
    return piece ->
        connections.transact(
            context -> EvidenceRows.record(context, input, piece.name().stored(), piece.value()));
  }

  /** In order of recording. */
  public List<EvidenceEntry> evidenceOf(String rollout) {
    return connections.transact(
        context ->
            context
                .selectFrom(EVIDENCE)
                .where(EVIDENCE.ROLLOUT.eq(rollout))
                .orderBy(EVIDENCE.RECORDED_AT, EVIDENCE.PHASE, EVIDENCE.NAME)
                .fetch(
                    row ->
                        new EvidenceEntry(
                            row.getPhase(),
                            row.getRound(),
                            row.getName(),
                            row.getRecordedAt().toInstant(),
                            LedgerJson.read(row.getValue()))));
  }

  /** The latest of that phase and name, whatever the round. */
  public <T> Optional<T> evidenceOf(String rollout, Phase phase, EvidenceName<T> name) {
    return evidenceOf(rollout).stream()
        .filter(entry -> entry.phase().equals(phase.word()) && entry.is(name))
        .reduce((earlier, later) -> later.round() >= earlier.round() ? later : earlier)
        .map(entry -> entry.as(name));
  }

  /** What that phase recorded in that round. */
  public <T> Optional<T> evidenceOf(PhaseInput input, EvidenceName<T> name) {
    return evidenceOf(input.rollout()).stream()
        .filter(entry -> entry.phase().equals(input.phase().word()))
        .filter(entry -> entry.round() == input.round() && entry.is(name))
        .findFirst()
        .map(entry -> entry.as(name));
  }

  @Override
  public void close() {
    connections.close();
  }
}
