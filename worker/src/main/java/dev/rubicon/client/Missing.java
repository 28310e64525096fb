package dev.rubicon.client;

import dev.rubicon.activity.DataPhases;
import dev.rubicon.activity.DdlPhases;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.temporal.Executions;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.temporal.TemporalFailures;
import io.temporal.activity.ActivityMethod;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an execution misses that does not answer a decision: ledger, object store, target. */
final class Missing {
  /** What these miss has nothing to do with a decision: they run beside it. */
  private static final Set<String> PHASES =
      Stream.of(DataPhases.class, DdlPhases.class)
          .flatMap(phases -> Arrays.stream(phases.getMethods()))
          .map(method -> method.getAnnotation(ActivityMethod.class).name())
          .collect(Collectors.toUnmodifiableSet());

  /** What being away looks like; other failures of a step are no reason for a decision's wait. */
  private static final Set<ErrorCode> AWAY =
      EnumSet.of(
          ErrorCode.LEDGER_UNREACHABLE,
          ErrorCode.OBJECT_STORE_UNREACHABLE,
          ErrorCode.TARGET_UNREACHABLE,
          ErrorCode.CONNECTION_LOST,
          ErrorCode.LOCK_NOT_ACQUIRED);

  private final TemporalConnection temporal;
  private final Ledger ledger;
  private final String workflowId;
  private final String runId;

  Missing(TemporalConnection temporal, Ledger ledger, String workflowId, String runId) {
    this.temporal = temporal;
    this.ledger = ledger;
    this.workflowId = workflowId;
    this.runId = runId;
  }

  /** Empty where nothing is known to be away. */
  Optional<RubiconException> find() {
    Optional<RubiconException> said = pending();
    if (said.isPresent()) {
      return said;
    }
    try {
      ledger.answer();
      return Optional.empty();
    } catch (RubiconException e) {
      return Optional.of(e);
    }
  }

  private Optional<RubiconException> pending() {
    var converter = temporal.client().getOptions().getDataConverter();
    try {
      return new Executions(temporal)
          .find(workflowId).stream()
              .filter(execution -> execution.runId().equals(runId))
              .flatMap(execution -> execution.pending().stream())
              .filter(activity -> !PHASES.contains(activity.getActivityType().getName()))
              .filter(PendingActivityInfo::hasLastFailure)
              .map(PendingActivityInfo::getLastFailure)
              .filter(failure -> failure.hasApplicationFailureInfo())
              .map(failure -> TemporalFailures.coded(converter.failureToException(failure), ""))
              .filter(e -> AWAY.contains(e.code()))
              .findFirst();
    } catch (RubiconException away) {
      return Optional.of(away);
    }
  }
}
