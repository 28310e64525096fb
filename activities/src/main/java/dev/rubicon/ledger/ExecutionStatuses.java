package dev.rubicon.ledger;

import static dev.rubicon.ledger.jooq.Tables.CONTRACT_EXECUTION;
import static dev.rubicon.ledger.jooq.Tables.ROLLOUT;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.audit.AuditTrail;
import dev.rubicon.ledger.audit.LedgerChange;
import dev.rubicon.ledger.connection.Continuity;
import dev.rubicon.ledger.connection.LedgerConnections;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.ledger.entry.StatusEntry;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.rollout.AuditHead;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Record2;
import org.jooq.impl.DSL;

/**
 * Where executions stand and how they ended, as their workflows report it. The whole status is
 * kept, so that a command that cannot ask the workflow shows the same.
 */
public final class ExecutionStatuses {
  /** A newer worker may have written more than this version knows. */
  private static final ObjectReader STATUS =
      LedgerJson.MAPPER
          .readerFor(RolloutStatus.class)
          .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final LedgerConnections connections;

  ExecutionStatuses(LedgerConnections connections) {
    this.connections = connections;
  }

  /**
   * Enters where a live rollout stands; nothing happens to one that has ended.
   *
   * @param note what it waits for, or code and cause of what holds it
   * @return whether state or note are others than before
   */
  public boolean update(String rollout, RolloutStatus status, String note) {
    return connections.transact(
        context -> {
          Continuity.requireKnown(context, rollout);
          Record2<String, String> before =
              context
                  .select(ROLLOUT.STATE, ROLLOUT.NOTE)
                  .from(ROLLOUT)
                  .where(ROLLOUT.ID.eq(rollout))
                  .and(ROLLOUT.STATE.in(Ledger.LIVE))
                  .forUpdate()
                  .fetchOne();
          if (before == null) {
            return false;
          }
          context
              .update(ROLLOUT)
              .set(ROLLOUT.STATE, status.state().word())
              .set(ROLLOUT.PHASE, status.phase().word())
              .set(ROLLOUT.ROUND, status.round())
              .set(ROLLOUT.DIGEST, status.digest().orElse(""))
              .set(ROLLOUT.NOTE, note)
              // A Reset begins another run of the same rollout.
              .set(ROLLOUT.RUN_ID, status.run())
              .set(ROLLOUT.STATUS, LedgerJson.write(status))
              .set(ROLLOUT.STATUS_AT, LedgerConnections.now())
              .where(ROLLOUT.ID.eq(rollout))
              .execute();
          return !before.value1().equals(status.state().word()) || !before.value2().equals(note);
        });
  }

  /**
   * The end; the first one stays.
   *
   * @param seen what its execution last saw of the trail
   */
  public void end(String rollout, LedgerRollout.End end, RolloutStatus status, AuditHead seen) {
    connections.transact(
        context -> {
          Continuity.requireSeen(context, rollout, seen);
          end(context, rollout, end, status, LedgerConnections.now(), false);
          return AuditTrail.append(
              context, new LedgerChange.Ended(rollout, end, status).newEntry());
        });
  }

  /**
   * @param superseded whether it counts for one that a relaunch took for lost, too
   */
  static void end(
      DSLContext context,
      String rollout,
      LedgerRollout.End end,
      RolloutStatus status,
      OffsetDateTime at,
      boolean superseded) {
    context
        .update(ROLLOUT)
        .set(ROLLOUT.STATE, end.state())
        .set(ROLLOUT.OUTCOME, end.outcome())
        .set(ROLLOUT.NOTE, "")
        .set(ROLLOUT.CROSSINGS, end.crossings())
        .set(ROLLOUT.FINGERPRINT, end.fingerprint())
        .set(ROLLOUT.ENDED_AT, at)
        .set(ROLLOUT.STATUS, LedgerJson.write(status))
        .set(ROLLOUT.STATUS_AT, at)
        .where(ROLLOUT.ID.eq(rollout))
        .and(
            superseded
                ? ROLLOUT.STATE.in(Ledger.LIVE).or(ROLLOUT.STATE.eq("superseded"))
                : ROLLOUT.STATE.in(Ledger.LIVE))
        .execute();
  }

  /**
   * The report is written.
   *
   * @param key in the object store
   */
  public void reported(String rollout, String key) {
    connections.transact(
        context ->
            context
                .update(ROLLOUT)
                .set(ROLLOUT.REPORT, key)
                .where(ROLLOUT.ID.eq(rollout))
                .execute());
  }

  /** A contract execution of a completed rollout begins. */
  public void contractStarted(RolloutRequest of, String workflowId, String runId) {
    connections.transact(
        context -> {
          enterContract(context, of.rollout(), workflowId, runId, of.requestedBy());
          return AuditTrail.append(
              context, new LedgerChange.ContractStarted(of, workflowId, runId).newEntry());
        });
  }

  static void enterContract(
      DSLContext context, String rollout, String workflowId, String runId, String requestedBy) {
    context
        .insertInto(CONTRACT_EXECUTION)
        .set(CONTRACT_EXECUTION.ROLLOUT, rollout)
        .set(CONTRACT_EXECUTION.RUN_ID, runId)
        .set(CONTRACT_EXECUTION.WORKFLOW_ID, workflowId)
        .set(CONTRACT_EXECUTION.REQUESTED_BY, requestedBy)
        .onConflictDoNothing()
        .execute();
  }

  /**
   * Enters where a contract execution stands.
   *
   * @param workflowId of the run that reports; a Reset begins another one, which is entered then
   * @return whether state, gate or what holds it are others than before
   */
  public boolean updateContract(String rollout, String workflowId, RolloutStatus status) {
    return connections.transact(
        context -> {
          enterContract(context, rollout, workflowId, status.run(), status.requestedBy());
          Optional<RolloutStatus> before =
              Optional.ofNullable(
                      context
                          .select(CONTRACT_EXECUTION.STATUS)
                          .from(CONTRACT_EXECUTION)
                          .where(CONTRACT_EXECUTION.ROLLOUT.eq(rollout))
                          .and(CONTRACT_EXECUTION.RUN_ID.eq(status.run()))
                          .forUpdate()
                          .fetchSingle()
                          .value1())
                  .map(ExecutionStatuses::read);
          context
              .update(CONTRACT_EXECUTION)
              .set(CONTRACT_EXECUTION.STATUS, LedgerJson.write(status))
              .set(CONTRACT_EXECUTION.STATUS_AT, LedgerConnections.now())
              .where(CONTRACT_EXECUTION.ROLLOUT.eq(rollout))
              .and(CONTRACT_EXECUTION.RUN_ID.eq(status.run()))
              .and(CONTRACT_EXECUTION.STATE.eq("running"))
              .execute();
          return before.filter(b -> same(b, status)).isEmpty();
        });
  }

  private static boolean same(RolloutStatus one, RolloutStatus other) {
    return one.state() == other.state()
        && Objects.equals(one.waitingFor(), other.waitingFor())
        && Objects.equals(one.signOffs(), other.signOffs())
        && Objects.equals(one.held(), other.held());
  }

  /**
   * The end of a contract execution; the first one stays.
   *
   * @param seen what it last saw of the trail
   */
  public void contractEnded(String rollout, RolloutStatus status, AuditHead seen) {
    connections.transact(
        context -> {
          Continuity.requireSeen(context, rollout, seen);
          endContract(context, rollout, status, LedgerConnections.now());
          return AuditTrail.append(
              context, new LedgerChange.ContractEnded(rollout, status).newEntry());
        });
  }

  static void endContract(
      DSLContext context, String rollout, RolloutStatus status, OffsetDateTime at) {
    context
        .update(CONTRACT_EXECUTION)
        .set(CONTRACT_EXECUTION.STATE, status.state().word())
        .set(CONTRACT_EXECUTION.ENDED_AT, at)
        .set(CONTRACT_EXECUTION.STATUS, LedgerJson.write(status))
        .set(CONTRACT_EXECUTION.STATUS_AT, at)
        .where(CONTRACT_EXECUTION.ROLLOUT.eq(rollout))
        .and(CONTRACT_EXECUTION.RUN_ID.eq(status.run()))
        .and(CONTRACT_EXECUTION.STATE.eq("running"))
        .execute();
  }

  /** Whether a contract execution of the rollout has not ended. */
  public boolean contractRuns(String rollout) {
    return connections.transact(
        context ->
            context.fetchExists(
                CONTRACT_EXECUTION,
                CONTRACT_EXECUTION
                    .ROLLOUT
                    .eq(rollout)
                    .and(CONTRACT_EXECUTION.STATE.eq("running"))));
  }

  /** A contract execution of a rollout. */
  public record Contract(String rollout, String workflowId, String runId) {}

  /** All of them, the oldest first. */
  public List<Contract> contracts() {
    return connections.transact(
        context ->
            context
                .selectFrom(CONTRACT_EXECUTION)
                .orderBy(CONTRACT_EXECUTION.STARTED_AT, CONTRACT_EXECUTION.RUN_ID)
                .fetch(row -> new Contract(row.getRollout(), row.getWorkflowId(), row.getRunId())));
  }

  /** What the newest contract execution of a rollout last reported. */
  public Optional<StatusEntry> ofContract(String rollout) {
    return connections.transact(
        context ->
            context
                .selectFrom(CONTRACT_EXECUTION)
                .where(CONTRACT_EXECUTION.ROLLOUT.eq(rollout))
                .orderBy(CONTRACT_EXECUTION.STARTED_AT.desc())
                .limit(DSL.inline(1))
                .fetchOptional()
                .flatMap(row -> entry(row.getStatus(), row.getStatusAt())));
  }

  static Optional<StatusEntry> entry(JSONB status, OffsetDateTime at) {
    return status == null
        ? Optional.empty()
        : Optional.of(new StatusEntry(read(status), at.toInstant()));
  }

  private static RolloutStatus read(JSONB status) {
    try {
      return STATUS.readValue(status.data());
    } catch (JsonProcessingException e) {
      throw new RubiconException(
          ErrorCode.INTERNAL,
          "the ledger holds a status that this version cannot read",
          "use the version that the workers have: rubicon --version",
          e);
    }
  }
}
