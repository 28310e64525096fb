package dev.rubicon.client.history;

import dev.rubicon.ledger.ExecutionStatuses;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.audit.AuditBooks;
import dev.rubicon.ledger.audit.AuditVerifier.Unseen;
import dev.rubicon.ledger.audit.Histories;
import dev.rubicon.ledger.audit.HistoryEvent;
import dev.rubicon.ledger.audit.HistoryStatus;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.temporal.Execution;
import dev.rubicon.temporal.Executions;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.temporal.TemporalFailures;
import dev.rubicon.workflow.Attributes;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowExecutionMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads Temporal's histories of rollouts and contracts: those that the ledger names, and those that
 * Temporal has of the same targets, because a restored ledger may lack them. A Reset's run leads to
 * the run before it.
 */
public final class HistoryReader {
  private final TemporalConnection temporal;
  private final Set<String> targets = new HashSet<>();
  private final Deque<Run> due = new ArrayDeque<>();
  private final Set<String> asked = new HashSet<>();
  private final Set<String> read = new HashSet<>();

  /** Runs, and why their histories could not be read. */
  private final Map<String, String> failed = new HashMap<>();

  /** Rollouts whose first run's history was read. */
  private final Set<String> firsts = new HashSet<>();

  private final List<HistoryEvent> events = new ArrayList<>();
  private final Map<String, HistoryStatus> statuses = new LinkedHashMap<>();
  private final List<Unseen> unseen = new ArrayList<>();

  /**
   * @param rollout that the ledger knows it by; empty where Temporal alone has named it
   */
  private record Run(String rollout, String workflowId, String runId) {}

  private HistoryReader(TemporalConnection temporal) {
    this.temporal = temporal;
  }

  /**
   * @param targets of {@code rubicon.yaml}
   */
  public static Histories read(
      TemporalConnection temporal, Ledger ledger, AuditBooks books, Set<String> targets) {
    var reader = new HistoryReader(temporal);
    reader.targets.addAll(targets);
    List<LedgerRollout> rollouts = ledger.rollouts();
    rollouts.forEach(rollout -> reader.targets.add(rollout.target()));
    reader.ofLedger(rollouts, ledger.statuses().contracts());
    reader.ofTemporal();
    reader.readAll();
    reader.ofTrail(rollouts, books);
    reader.readAll();
    Set<String> whole = new HashSet<>();
    rollouts.forEach(rollout -> whole.add(rollout.id()));
    reader.unseen.forEach(lost -> whole.remove(lost.rollout()));
    return new Histories(
        reader.events, reader.read, whole, List.copyOf(reader.statuses.values()), reader.unseen);
  }

  private void ofLedger(List<LedgerRollout> rollouts, List<ExecutionStatuses.Contract> contracts) {
    for (LedgerRollout rollout : rollouts) {
      due.add(new Run(rollout.id(), rollout.workflowId(), rollout.runId()));
    }
    for (ExecutionStatuses.Contract contract : contracts) {
      due.add(new Run(contract.rollout(), contract.workflowId(), contract.runId()));
    }
  }

  /** Runs that only the trail knows: a Reset has put others in their place. */
  private void ofTrail(List<LedgerRollout> rollouts, AuditBooks books) {
    Map<String, String> targetOf = new HashMap<>();
    rollouts.forEach(rollout -> targetOf.put(rollout.id(), rollout.target()));
    Map<String, String> runs = books.runs();
    runs.forEach(
        (run, rollout) -> {
          String target = targetOf.get(rollout);
          if (target != null && asked.add(run)) {
            ofTrail(rollout, target, run);
          }
        });
    read.addAll(neverWere(runs, read, failed, firsts));
  }

  /**
   * Runs stand in the trail in their order, and Temporal forgets the oldest first: of one that it
   * does not know though it knows an older one, or the first, there was none.
   *
   * @param runs with their rollouts, in the trail's order
   * @param read runs whose histories were read
   * @param failed why others were not
   * @param firsts rollouts whose first run was read
   */
  static Set<String> neverWere(
      Map<String, String> runs, Set<String> read, Map<String, String> failed, Set<String> firsts) {
    Set<String> since = new HashSet<>(firsts);
    Set<String> none = new HashSet<>();
    runs.forEach(
        (run, rollout) -> {
          if (read.contains(run)) {
            since.add(rollout);
          } else if (UNKNOWN.equals(failed.get(run)) && since.contains(rollout)) {
            none.add(run);
          }
        });
    return none;
  }

  private void ofTrail(String rollout, String target, String run) {
    Optional<String> why = read(new Run(rollout, RolloutWorkflow.workflowId(target), run));
    if (why.filter(UNKNOWN::equals).isPresent()) {
      why = read(new Run(rollout, ContractWorkflow.workflowId(target), run));
    }
    why.ifPresent(
        cause -> {
          failed.put(run, cause);
          unseen.add(new Unseen(rollout, "run " + run, cause));
        });
  }

  private void ofTemporal() {
    for (String target : targets) {
      for (String id :
          List.of(RolloutWorkflow.workflowId(target), ContractWorkflow.workflowId(target))) {
        latest(id).ifPresent(run -> due.add(new Run("", id, run)));
      }
    }
    try (Stream<WorkflowExecutionMetadata> all =
        temporal.client().listExecutions(Attributes.TARGET.getName() + " IS NOT NULL")) {
      all.map(WorkflowExecutionMetadata::getExecution)
          .filter(execution -> ours(execution.getWorkflowId()))
          .forEach(
              execution -> due.add(new Run("", execution.getWorkflowId(), execution.getRunId())));
    } catch (RuntimeException e) {
      // A server in this process cannot list, and one without the search attributes has nothing to
      // list.
      if (!is(e, Status.Code.UNIMPLEMENTED, Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND)) {
        throw TemporalFailures.ofServer(e, "Temporal's list of rollouts");
      }
    }
  }

  private Optional<String> latest(String workflowId) {
    try {
      return new Executions(temporal).find(workflowId).map(Execution::runId);
    } catch (dev.rubicon.error.RubiconException e) {
      // Without its namespace the server knows none.
      if (is(e, Status.Code.NOT_FOUND)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Another installation may keep its rollouts in the same namespace. */
  private boolean ours(String workflowId) {
    return targets.stream()
        .anyMatch(
            target ->
                workflowId.equals(RolloutWorkflow.workflowId(target))
                    || workflowId.equals(ContractWorkflow.workflowId(target)));
  }

  private void readAll() {
    for (Run run = due.poll(); run != null; run = due.poll()) {
      if (asked.add(run.runId())) {
        Run of = run;
        read(run)
            .ifPresent(
                why -> {
                  failed.put(of.runId(), why);
                  unseen.add(
                      new Unseen(of.rollout(), of.workflowId() + ", run " + of.runId(), why));
                });
      }
    }
  }

  static final String UNKNOWN = "Temporal does not know its history any more";

  /** Why it cannot be read; empty where it was. */
  private Optional<String> read(Run run) {
    List<io.temporal.api.history.v1.HistoryEvent> history;
    try {
      history = temporal.client().fetchHistory(run.workflowId(), run.runId()).getEvents();
    } catch (RuntimeException e) {
      // A run id that the server takes for malformed is none of its own.
      if (is(e, Status.Code.NOT_FOUND, Status.Code.INVALID_ARGUMENT)) {
        return Optional.of(UNKNOWN);
      }
      throw TemporalFailures.ofServer(e, run.workflowId());
    }
    try {
      boolean contract =
          targets.stream().map(ContractWorkflow::workflowId).anyMatch(run.workflowId()::equals);
      add(
          run,
          HistoryContent.read(
              temporal.client().getOptions().getDataConverter(),
              run.workflowId(),
              run.runId(),
              contract,
              history),
          contract);
      return Optional.empty();
    } catch (HistoryContent.UnreadableException e) {
      return Optional.of(e.getMessage());
    }
  }

  private void add(Run run, HistoryContent content, boolean contract) {
    read.add(run.runId());
    events.addAll(content.events());
    for (HistoryStatus now : content.statuses()) {
      statuses.merge(
          now.rollout() + "/" + now.contract() + "/" + now.status().run(),
          now,
          (one, other) -> one.at().isAfter(other.at()) ? one : other);
    }
    String rollout =
        run.rollout().isEmpty()
            ? content.events().stream()
                .map(event -> event.change().newEntry().rollout())
                .findFirst()
                .orElse("")
            : run.rollout();
    for (String base : content.bases()) {
      due.add(new Run(rollout, run.workflowId(), base));
    }
    if (!contract && content.bases().isEmpty()) {
      firsts.add(rollout);
    }
  }

  private static boolean is(Throwable thrown, Status.Code... codes) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof StatusRuntimeException rpc) {
        return List.of(codes).contains(rpc.getStatus().getCode());
      }
    }
    return false;
  }
}
