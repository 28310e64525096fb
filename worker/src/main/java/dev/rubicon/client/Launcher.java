package dev.rubicon.client;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.ledger.entry.LedgerRollout;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.rollout.Tool;
import dev.rubicon.signing.Signer;
import dev.rubicon.temporal.TemporalConnection;
import dev.rubicon.temporal.TemporalFailures;
import dev.rubicon.workflow.Attributes;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import dev.rubicon.workflow.SummaryText;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowOptions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** Starts executions, with everything that the Temporal UI shows of them by itself. */
final class Launcher {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final RubiconConfig config;
  private final TemporalConnection temporal;

  Launcher(RubiconConfig config, TemporalConnection temporal) {
    this.config = config;
    this.temporal = temporal;
  }

  Launch rollout(Bundle bundle, String target, Principal principal) {
    String id = RolloutWorkflow.workflowId(target);
    RolloutRequest request =
        signer().sign(id, request(bundle, target, principal), principal.knownBy());
    return start(request, id, "Rollout", request.runbook() + " on " + target, bundle);
  }

  /** Belongs to the rollout that it ends: evidence and audit trail stay together. */
  Launch contract(LedgerRollout of, Bundle bundle, Principal principal) {
    String target = of.target();
    String id = ContractWorkflow.workflowId(target);
    var request =
        signer()
            .sign(
                id,
                new RolloutRequest(of.id(), target, of.bundle(), of.runbook(), principal.name()),
                principal.knownBy());
    return start(
        request, id, "Contract", "contract " + request.runbook() + " on " + target, bundle);
  }

  private Signer signer() {
    return Signer.of(config.signing());
  }

  private Launch start(
      RolloutRequest request, String id, String type, String summary, Bundle bundle) {
    var options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(id)
            .setTaskQueue(RolloutWorkflow.CONTROL_QUEUE)
            .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
            .setTypedSearchAttributes(Attributes.atLaunch(request))
            .setMemo(
                Map.of(
                    "rollout", request.rollout(),
                    "runbook", request.runbook(),
                    "target", request.target(),
                    "bundle", request.bundle(),
                    "requestedBy", request.requestedBy(),
                    "version", Tool.VERSION))
            .setStaticSummary(SummaryText.of(summary))
            .setStaticDetails(details(request, bundle))
            .build();
    try {
      WorkflowExecution execution =
          temporal.client().newUntypedWorkflowStub(type, options).start(request);
      return new Launch(
          request.rollout(),
          request.target(),
          request.runbook(),
          request.bundle(),
          request.requestedBy(),
          id,
          execution.getRunId(),
          ui(id, execution.getRunId()));
    } catch (RuntimeException e) {
      throw TemporalFailures.ofServer(e, "a rollout of " + request.target());
    }
  }

  private static RolloutRequest request(Bundle bundle, String target, Principal principal) {
    byte[] salt = new byte[2];
    new SecureRandom().nextBytes(salt);
    String rollout =
        target + "-" + STAMP.format(Instant.now()) + "-" + HexFormat.of().formatHex(salt);
    return new RolloutRequest(
        rollout, target, bundle.digest(), bundle.runbook().name(), principal.name());
  }

  /** Markdown: what an auditor reads first, and what needs no worker to be shown. */
  private static String details(RolloutRequest request, Bundle bundle) {
    return """
    **%s**

    | | |
    |---|---|
    | runbook | `%s` |
    | target | `%s` |
    | rollout | `%s` |
    | bundle | `%s` |
    | requested by | `%s` |
    | launched by Rubicon | `%s` |
    """
        .formatted(
            bundle.runbook().title(),
            request.runbook(),
            request.target(),
            request.rollout(),
            request.bundle(),
            request.requestedBy(),
            Tool.VERSION);
  }

  private Optional<String> ui(String workflowId, String runId) {
    return config
        .temporal()
        .uiUrl()
        .map(
            url ->
                url.replaceAll("/+$", "")
                    + "/namespaces/"
                    + config.temporal().namespace()
                    + "/workflows/"
                    + workflowId.replace("/", "%2F")
                    + "/"
                    + runId
                    + "/history");
  }
}
