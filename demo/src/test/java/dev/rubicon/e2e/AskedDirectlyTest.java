package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.bundle.RunbookReader;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.message.Decision;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus;
import dev.rubicon.message.SignedText;
import dev.rubicon.rollout.AuditHead;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.ReturnTerms;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.worker.WorkerProcess;
import dev.rubicon.workflow.RolloutWorkflow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A writer of the namespace asks workers for their activities, without any rollout around them, and
 * sends a signed launch once more: nothing is done that nobody decided.
 */
@Timeout(300)
@Tag("rollout")
final class AskedDirectlyTest {
  private static final String EVERYTHING =
      "SELECT md5(string_agg(c.oid::text || c.relname || c.relkind::text, ',' ORDER BY c.oid)) FROM"
          + " pg_class c";

  private static final AuditHead NONE = AuditHead.NONE;
  private static final String CONTROL = RolloutWorkflow.CONTROL_QUEUE;

  private static CaseSite site;
  private static WorkerProcess worker;
  private static NamespaceWriter mallory;

  @BeforeAll
  static void start() {
    site = CaseSite.start(List.of("direct", "live", "ended", "again"), (_, text) -> text);
    worker = WorkerProcess.start(site.config, true);
    mallory = new NamespaceWriter(site.rollouts.temporal().client());
  }

  @AfterAll
  static void end() {
    mallory.close();
    worker.close();
    site.close();
  }

  private static int tried(Case subject) {
    return subject.audited("actor = 'unknown' AND action = 'step-refused'");
  }

  @Test
  void whatTouchesTheTargetWantsWhatSomebodySigned() {
    Case subject = site.open("direct", "small", Map.of());
    subject.launch();
    RolloutStatus asks = subject.awaitGate(Runbook.Gate.EXPAND);
    String bundle = RunbookReader.read(subject.runbook).digest();
    String before = subject.ask(EVERYTHING);
    String ddl = RolloutWorkflow.DDL_QUEUE;
    String data = RolloutWorkflow.DATA_QUEUE;
    var input = new PhaseInput(asks.rollout(), "direct", bundle, "alice", Phase.EXPAND, 1);
    String unsigned = "no approval that counts is signed";
    mallory.refused(ErrorCode.APPROVAL_VOID, unsigned, "Expand", ddl, input);
    mallory.refused(
        ErrorCode.APPROVAL_VOID, unsigned, "DualWrite", ddl, input.of(Phase.DUAL_WRITE));
    mallory.refused(ErrorCode.APPROVAL_VOID, unsigned, "Backfill", data, input.of(Phase.BACKFILL));
    mallory.refused(ErrorCode.APPROVAL_VOID, unsigned, "Contract", ddl, input.of(Phase.CONTRACT));
    mallory.refused(
        ErrorCode.DECISION_FORGED,
        "nobody has signed a rollback that may lose rows of [public.users]",
        "Rollback",
        ddl,
        input.of(Phase.ROLLBACK),
        new ReturnTerms(List.of("public.users")));

    // What the ledger would believe afterwards.
    var by = new Decision.By("bob", "trust me", asks.run(), Instant.now().plusSeconds(60));
    var approval = new Decision.Approve(Runbook.Gate.EXPAND, asks.digest().orElseThrow(), by);
    String forged = "what is to be entered is not signed";
    mallory.refused(
        ErrorCode.DECISION_FORGED, forged, "RecordApproval", CONTROL, input, approval, NONE);
    mallory.refused(
        ErrorCode.DECISION_FORGED,
        forged,
        "RecordOrder",
        CONTROL,
        input,
        "rollback",
        by,
        NONE,
        List.of("public.users"));
    var refusal = new RolloutStatus.Failure("APPROVAL_REFUSED", "I changed my mind", "wait");
    mallory.refused(
        ErrorCode.DECISION_FORGED,
        forged,
        "RecordRefusal",
        CONTROL,
        input,
        "approve expand",
        asks.digest().orElseThrow(),
        by,
        refusal,
        NONE,
        SignedText.of(RolloutWorkflow.workflowId("direct"), asks.rollout(), approval));
    assertThat(subject.audited("actor = 'bob'")).isZero();

    var elsewhere = new PhaseInput("nobody-1", "direct", bundle, "alice", Phase.ABORT, 1);
    mallory.refused(ErrorCode.LEDGER_BEHIND, "nobody launched it", "Abort", ddl, elsewhere);
    var other = new PhaseInput(asks.rollout(), "ended", bundle, "alice", Phase.ABORT, 1);
    mallory.refused(ErrorCode.DECISION_FORGED, "this is not what", "Abort", ddl, other);
    assertThat(subject.ask(EVERYTHING)).isEqualTo(before);
    assertThat(tried(subject)).isEqualTo(9);

    subject.approve(Runbook.Gate.EXPAND);
    subject.awaitGate(Runbook.Gate.CUTOVER);
    subject.abort();
    subject.awaitEnd(RolloutStatus.State.ABORTED);
  }

  /** What the rollout that is under way could do by itself does nobody else, nor end it. */
  @Test
  void onlyTheExecutionThatWasLaunchedIsServed() {
    Case subject = site.open("live", "small", Map.of());
    subject.launch();
    RolloutStatus asks = subject.awaitGate(Runbook.Gate.EXPAND);
    subject.approve(Runbook.Gate.EXPAND);
    subject.awaitGate(Runbook.Gate.CUTOVER);
    String before = subject.ask(EVERYTHING);
    String bundle = RunbookReader.read(subject.runbook).digest();
    var input = new PhaseInput(asks.rollout(), "live", bundle, "alice", Phase.ABORT, 1);
    String not = "this is not the execution that was launched as " + asks.rollout();
    String ddl = RolloutWorkflow.DDL_QUEUE;
    ErrorCode code = ErrorCode.DECISION_FORGED;
    mallory.refused(code, not, "Abort", ddl, input);
    mallory.refused(code, not, "DualWrite", ddl, input.of(Phase.DUAL_WRITE));
    mallory.refused(code, not, "Rollback", ddl, input.of(Phase.ROLLBACK), ReturnTerms.NOTHING_LOST);
    mallory.refused(code, not, "Backup", RolloutWorkflow.DATA_QUEUE, input.of(Phase.BACKUP));
    RolloutStatus said = subject.status();
    mallory.refused(code, not, "CloseRollout", CONTROL, input, said, "done", 1, "", NONE);
    mallory.refused(code, not, "CloseContract", CONTROL, input, said, "done", NONE);
    mallory.refused(code, not, "Stand", CONTROL, input, said);
    mallory.refused(code, not, "AnchorAudit", CONTROL, input, "cutover", "d1", NONE);
    mallory.refused(
        code, not, "VoidApprovals", CONTROL, input, List.of(Runbook.Gate.EXPAND), "so", NONE);
    var rubicon = new Decision.By("rubicon", "so", asks.run(), Instant.now().plusSeconds(60));
    mallory.refused(code, not, "Pause", CONTROL, input, rubicon, NONE);
    mallory.refused(code, not, "RecordOrder", CONTROL, input, "abort", rubicon, NONE, List.of());
    var nobody = new Decision.By("unknown", "so", asks.run(), Instant.now().plusSeconds(60));
    var refusal = new RolloutStatus.Failure("DECISION_FORGED", "so", "so");
    mallory.refused(
        code, not, "RecordRefusal", CONTROL, input, "abort", "", nobody, refusal, NONE, "");
    assertThat(tried(subject)).isEqualTo(12);
    assertThat(subject.ask(EVERYTHING)).isEqualTo(before);
    assertThat(
            site.ask(
                "rubicon_ledger",
                "SELECT state FROM rubicon_ledger.rollout WHERE id = '" + asks.rollout() + "'"))
        .isEqualTo("waiting");
    assertThat(site.verification().unverified()).isEmpty();
    assertThat(site.verification().breaks()).isEmpty();

    subject.abort();
    subject.awaitEnd(RolloutStatus.State.ABORTED);
    assertThat(site.verification().breaks()).isEmpty();
  }

  @Test
  void afterItsEndNothingIsDoneForARollout() {
    Case subject = site.open("ended", "small", Map.of());
    subject.launch();
    RolloutStatus asks = subject.awaitGate(Runbook.Gate.EXPAND);
    subject.approve(Runbook.Gate.EXPAND);
    subject.awaitGate(Runbook.Gate.CUTOVER);
    subject.abort();
    subject.awaitEnd(RolloutStatus.State.ABORTED);
    String before = subject.ask(EVERYTHING);
    String bundle = RunbookReader.read(subject.runbook).digest();
    var input = new PhaseInput(asks.rollout(), "ended", bundle, "alice", Phase.EXPAND, 1);
    for (Phase phase : List.of(Phase.DUAL_WRITE, Phase.ROLLBACK, Phase.ABORT)) {
      String activity =
          switch (phase) {
            case DUAL_WRITE -> "DualWrite";
            case ROLLBACK -> "Rollback";
            default -> "Abort";
          };
      Object[] arguments =
          phase == Phase.ROLLBACK
              ? new Object[] {input.of(phase), ReturnTerms.NOTHING_LOST}
              : new Object[] {input.of(phase)};
      mallory.refused(
          ErrorCode.DECISION_FORGED, "has ended", activity, RolloutWorkflow.DDL_QUEUE, arguments);
    }
    mallory.refused(
        ErrorCode.DECISION_FORGED,
        "has ended",
        "Backup",
        RolloutWorkflow.DATA_QUEUE,
        input.of(Phase.BACKUP));
    assertThat(subject.ask(EVERYTHING)).isEqualTo(before);
    assertThat(tried(subject)).isEqualTo(4);
  }

  @Test
  void aSignedLaunchStartsOnce() {
    Case subject = site.open("again", "small", Map.of());
    String rollout = subject.launch();
    subject.awaitGate(Runbook.Gate.EXPAND);
    // As everybody can read it who may read the namespace.
    var client = site.rollouts.temporal().client();
    var started =
        subject
            .history(RolloutWorkflow.workflowId("again"))
            .getFirst()
            .getWorkflowExecutionStartedEventAttributes();
    RolloutRequest request =
        client
            .getOptions()
            .getDataConverter()
            .fromPayloads(
                0, Optional.of(started.getInput()), RolloutRequest.class, RolloutRequest.class);
    assertThat(request.proof().signature()).isNotEmpty();
    subject.abort();
    subject.awaitEnd(RolloutStatus.State.ABORTED);

    mallory.launchRefused("again", request, "the launch's signature was used before");
    assertThat(
            site.ask(
                "rubicon_ledger",
                "SELECT string_agg(actor || ' ' || action, ', ' ORDER BY seq) FROM"
                    + " rubicon_ledger.audit_entry WHERE action LIKE 'launch-%' AND rollout = '"
                    + rollout
                    + "'"))
        .isEqualTo("alice launch-signed, unknown launch-forged");
    assertThat(
            site.ask(
                "rubicon_ledger",
                "SELECT state FROM rubicon_ledger.rollout WHERE id = '" + rollout + "'"))
        .isEqualTo("aborted");
  }
}
