package dev.rubicon.workflow;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.Plan;
import dev.rubicon.runbook.Runbook;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where a rollout waits for humans: approvals that bind a digest, and manual items signed off. */
final class Gates {
  private final RolloutRequest request;
  private final PhaseLog log;
  private final Set<Runbook.Gate> approved = EnumSet.noneOf(Runbook.Gate.class);
  private final Set<String> signedOff = new LinkedHashSet<>();
  private Optional<Runbook.Gate> open = Optional.empty();
  private List<String> due = List.of();
  private String digest = "";
  private boolean targetChanged;

  Gates(RolloutRequest request, PhaseLog log) {
    this.request = request;
    this.log = log;
  }

  /**
   * Waits until the gate is approved.
   *
   * @return false when the target changed underneath: what was approved or shown is void
   */
  boolean pass(Plan plan, Runbook.Gate gate, String digest) {
    this.digest = digest;
    targetChanged = false;
    String name = gate.name().toLowerCase(java.util.Locale.ROOT);
    Stubs.control("anchor the audit trail at gate " + name).anchor(log.here(), name, digest);
    if (!plan.gates().contains(gate)) {
      return true;
    }
    open = Optional.of(gate);
    stand("gate " + name, "gate " + name + " waits for an approval of " + digest);
    Workflow.await(() -> approved.contains(gate) || targetChanged);
    open = Optional.empty();
    log.become(RolloutStatus.State.RUNNING);
    return !targetChanged;
  }

  /** Waits until every manual item that blocks the phase is signed off. */
  void awaitSignOffs(Plan plan, Phase phase) {
    due = missing(plan, phase);
    if (due.isEmpty()) {
      return;
    }
    stand("sign-offs", "to be signed off: " + String.join(", ", due));
    Workflow.await(() -> (due = missing(plan, phase)).isEmpty());
    log.become(RolloutStatus.State.RUNNING);
  }

  private void stand(String what, String note) {
    log.become(RolloutStatus.State.WAITING);
    Stubs.control("tell that the rollout waits for " + what)
        .stand(log.here(), RolloutStatus.State.WAITING, digest, note);
  }

  private List<String> missing(Plan plan, Phase phase) {
    var missing = new ArrayList<String>();
    for (Runbook.ManualItem item : plan.manual()) {
      if (item.blocks() == phase && !signedOff.contains(item.id())) {
        missing.add(item.id());
      }
    }
    return List.copyOf(missing);
  }

  /** Decides on an approval; what policy refuses is recorded, then fails the update. */
  void approve(Plan plan, Decision.Approval approval, Check unchanged) {
    String action = "approve " + approval.gate().name().toLowerCase(java.util.Locale.ROOT);
    if (!open.equals(Optional.of(approval.gate()))) {
      throw refuse(
          approval.principal(),
          action,
          approval.digest(),
          ErrorCode.GATE_NOT_OPEN,
          "the rollout does not wait at this gate",
          "rubicon status");
    }
    if (!plan.selfApproval() && approval.principal().equals(request.requestedBy())) {
      throw refuse(
          approval.principal(),
          action,
          approval.digest(),
          ErrorCode.APPROVER_IS_REQUESTER,
          approval.principal() + " launched this rollout and may not approve it",
          "let somebody else run: rubicon approve");
    }
    if (!digest.equals(approval.digest())) {
      throw refuse(
          approval.principal(),
          action,
          approval.digest(),
          ErrorCode.DIGEST_MISMATCH,
          "the approval names another digest than the one that waits",
          "read what has changed: rubicon status; then approve its digest");
    }
    if (!unchanged.holds()) {
      targetChanged = true;
      throw refuse(
          approval.principal(),
          action,
          approval.digest(),
          ErrorCode.TARGET_CHANGED,
          "the target's schema is no longer the one that was planned for; approvals are void",
          "wait for the new plan: rubicon status --watch");
    }
    // The gate may have closed while the target was looked at.
    if (!open.equals(Optional.of(approval.gate()))) {
      throw refuse(
          approval.principal(),
          action,
          approval.digest(),
          ErrorCode.GATE_NOT_OPEN,
          "the gate closed meanwhile",
          "rubicon status");
    }
    Stubs.control(approval.principal() + ": " + action).recordApproval(log.here(), approval);
    approved.add(approval.gate());
  }

  void signOff(Plan plan, Decision.SignOff signOff) {
    boolean known = plan.manual().stream().anyMatch(item -> item.id().equals(signOff.item()));
    if (!known) {
      throw refuse(
          signOff.principal(),
          "sign off " + signOff.item(),
          "",
          ErrorCode.SIGN_OFF_UNKNOWN,
          "the runbook has no manual item '" + signOff.item() + "'",
          "rubicon status lists the items that are due");
    }
    Stubs.control(signOff.principal() + ": signs off " + signOff.item())
        .recordSignOff(log.here(), signOff);
    signedOff.add(signOff.item());
  }

  /** After a rollback, and when the target changed: nobody has approved what comes next. */
  void voidApprovals(String reason) {
    var gates = List.of(Runbook.Gate.EXPAND, Runbook.Gate.CUTOVER);
    Stubs.control("approvals are void: " + reason).voidApprovals(log.here(), gates, reason);
    gates.forEach(approved::remove);
  }

  /** Records an order that was accepted. */
  void order(String action, Decision.Order order) {
    Stubs.control(order.principal() + ": " + action).recordOrder(log.here(), action, order);
  }

  /** Records a refusal and gives the failure to throw: it stands in history and audit trail. */
  ApplicationFailure refuse(
      String principal, String what, String named, ErrorCode code, String cause, String next) {
    var refusal = new RolloutStatus.Failure(code.name(), cause, next);
    Stubs.control(principal + ": " + what + " refused: " + code)
        .recordRefusal(log.here(), what, named, principal, "", refusal);
    return Failures.of(refusal);
  }

  Optional<Runbook.Gate> open() {
    return open;
  }

  List<String> due() {
    return due;
  }

  String digest() {
    return digest;
  }

  /** A look at the target. */
  @FunctionalInterface
  interface Check {
    boolean holds();
  }
}
