package dev.rubicon.workflow;

import dev.rubicon.activity.ControlActivities.Opening;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.rollout.Plan;
import dev.rubicon.runbook.Runbook;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The story of a rollout: prepare, ask, install, ask, cross, watch; and the ways back. A failure
 * before anything is installed ends the workflow; a later one holds it until a human says resume,
 * abort or rollback.
 */
public final class RolloutWorkflowImpl implements RolloutWorkflow {
  private final RolloutRequest request;
  private final PhaseLog log;
  private final Gates gates;
  private final Crossing crossing = new Crossing();
  private final Steering steering = new Steering();
  private final PhaseCalls phases;
  private final Orders orders;

  private Plan plan;
  private Facts.Dossier dossier = new Facts.Dossier("", "", List.of());
  private String expected = "";
  private String rehearsed = "";
  private String change = "";
  private CancellationScope work;
  private Optional<CancellationScope> watch = Optional.empty();

  @WorkflowInit
  public RolloutWorkflowImpl(RolloutRequest request) {
    this.request = request;
    this.log = new PhaseLog(request);
    this.gates = new Gates(request, log);
    this.phases = new PhaseCalls(log, gates, steering, crossing);
    this.orders = new Orders(log, gates, steering, crossing);
  }

  @Override
  public RolloutResult run(RolloutRequest ignoredSameAsInit) {
    try {
      work = Workflow.newCancellationScope(this::story);
      work.run();
      return end(RolloutStatus.State.COMPLETED, "completed");
    } catch (CanceledFailure e) {
      return cancelled(e);
    } catch (ActivityFailure e) {
      if (Failures.cancelled(e)) {
        return cancelled(e);
      }
      throw failed(Failures.read(e));
    }
  }

  private void story() {
    Opening opening =
        Stubs.control("open " + request.runbook() + " on " + request.target())
            .open(request, Workflow.getInfo().getWorkflowId(), Workflow.getInfo().getRunId());
    plan = opening.plan();
    phases.follow(plan);
    if (opening.crossed()) {
      crossing.committed();
      expected = fingerprint();
    } else {
      prepare();
      install();
    }
    while (true) {
      if (!crossing.crossed()) {
        cross();
      }
      if (observe()) {
        return;
      }
      goBack();
    }
  }

  /** Preflight to rehearsal, and the approval to touch the target. */
  private void prepare() {
    while (true) {
      Facts.Preflight preflight =
          phases.run(
              Phase.PREFLIGHT,
              () ->
                  phases
                      .data("look at the target and at canonical")
                      .preflight(input(Phase.PREFLIGHT)),
              f -> "findings " + f.findings());
      Facts.Backup backup =
          phases.run(
              Phase.BACKUP,
              () -> phases.data("back up one snapshot").backup(input(Phase.BACKUP)),
              f -> f.bytes() + " bytes, " + f.rows().size() + " relations");
      Facts.Rehearsal rehearsal =
          new Facts.Rehearsal(false, "not rehearsed", "", Map.of(), List.of());
      if (plan.phases().contains(Phase.CLONE)) {
        Facts.Clone clone =
            phases.run(
                Phase.CLONE,
                () -> phases.data("restore the backup").restoreClone(input(Phase.CLONE), backup),
                f -> f.relations() + " relations equal to the backup's snapshot");
        rehearsal =
            phases.run(
                Phase.REHEARSE,
                () ->
                    phases
                        .data("rehearse on a clone")
                        .rehearse(input(Phase.REHEARSE), backup, clone),
                f -> f.checks().size() + " checks passed");
      }
      dossier =
          Stubs.control("bind findings, backup and rehearsal in one digest")
              .dossier(input(Phase.EXPAND), preflight, backup, rehearsal, plan.cannotPromise());
      expected = preflight.fingerprint();
      rehearsed = rehearsal.change();
      if (gates.pass(plan, Runbook.Gate.EXPAND, dossier.digest()) && unchanged()) {
        phases.run(
            Phase.EXPAND,
            () -> phases.ddl("expand").expand(input(Phase.EXPAND), preflight, backup),
            f -> "migrations " + f.migrations() + ", indexes " + f.indexes());
        return;
      }
      planAgain();
    }
  }

  /** Dual write and backfill, until both sides are true. */
  private void install() {
    if (plan.phases().contains(Phase.DUAL_WRITE)) {
      phases.run(
          Phase.DUAL_WRITE,
          () -> phases.ddl("install the dual write").dualWrite(input(Phase.DUAL_WRITE)),
          f -> f.triggers() + " triggers on " + f.relations());
      phases.run(
          Phase.BACKFILL,
          () -> phases.data("backfill").backfill(input(Phase.BACKFILL)),
          f -> "rows " + f.rows());
    }
  }

  /** The cutover gate, and the crossing itself. */
  private void cross() {
    while (true) {
      Facts.Verify verified = verify("verify both sides in one snapshot");
      expected = verified.fingerprint();
      String digest = Digest.of(dossier.digest(), verified.fingerprint(), "round " + log.round());
      if (gates.pass(plan, Runbook.Gate.CUTOVER, digest) && awaitWindow() && unchanged()) {
        break;
      }
      planAgain();
    }
    gates.awaitSignOffs(plan, Phase.CUTOVER);
    verify("verify once more, right before the crossing");
    Facts.Cutover crossed =
        phases.run(
            Phase.CUTOVER,
            () -> {
              crossing.begins();
              return PhaseCalls.detached(
                  () -> phases.ddl("cut over").cutover(input(Phase.CUTOVER)));
            },
            f -> "stamps " + f.stamps());
    crossing.committed();
    expected = crossed.fingerprint();
    change = crossed.change();
  }

  /**
   * Behind the crossing: deploy, smoke, watch.
   *
   * @return false when the way leads back
   */
  private boolean observe() {
    if (phases
        .attempt(() -> call(c -> c.deploy(input(Phase.CUTOVER)), "deploy the new build"))
        .isEmpty()) {
      return false;
    }
    if (!asRehearsed()) {
      return false;
    }
    if (plan.phases().contains(Phase.SMOKE) && !smoke()) {
      return false;
    }
    if (plan.phases().contains(Phase.WATCH)) {
      gates.awaitSignOffs(plan, Phase.WATCH);
      Instant started = now();
      while (!crossing.wayBack()
          && now().isBefore(started.plus(plan.watch()).plus(steering.extension()))) {
        watchUntil(started.plus(plan.watch()).plus(steering.extension()));
      }
    }
    return !crossing.wayBack();
  }

  /** Production must have changed exactly as the rehearsal did. */
  private boolean asRehearsed() {
    if (rehearsed.isEmpty() || change.isEmpty() || rehearsed.equals(change)) {
      return true;
    }
    return phases.hold(
        new RolloutStatus.Failure(
            ErrorCode.FINGERPRINT_MISMATCH.name(),
            "the cutover changed the target's schema in another way than it changed the clone's",
            "see the snapshots in the evidence; go back: rubicon rollback; or accept: rubicon"
                + " resume"));
  }

  private boolean smoke() {
    Optional<Facts.Smoke> smoke =
        phases.tryRun(
            Phase.SMOKE,
            () -> phases.data("smoke checks").smoke(input(Phase.SMOKE)),
            f -> f.passed().size() + " passed, failed " + f.failed());
    if (smoke.isEmpty()) {
      return false;
    }
    if (smoke.get().failed().isEmpty()) {
      return true;
    }
    var failure =
        new RolloutStatus.Failure(
            ErrorCode.SMOKE_CHECK_FAILED.name(),
            "smoke checks failed: " + String.join(", ", smoke.get().failed()),
            "go back: rubicon rollback; or accept and go on: rubicon resume");
    if (plan.onSmokeFailure() == Runbook.OnSmokeFailure.ROLLBACK) {
      gates.order("rollback", new Decision.Order("rubicon", failure.cause()));
      crossing.goBack();
      return false;
    }
    return phases.hold(failure);
  }

  private void watchUntil(Instant until) {
    var scope =
        Workflow.newCancellationScope(
            () ->
                phases.tryRun(
                    Phase.WATCH,
                    () -> phases.data("watch until " + until).watch(input(Phase.WATCH), until),
                    f -> f.alerts().isEmpty() ? "no alert" : "alerts " + f.alerts()));
    watch = Optional.of(scope);
    try {
      scope.run();
    } catch (CanceledFailure | ActivityFailure e) {
      // A rollback ends the watch by cancelling its scope; anything else is not ours to catch.
      if (!crossing.wayBack()) {
        throw e;
      }
      log.ended("ended by a rollback", "");
    }
  }

  /** Back to legacy; the approval that led across is void. */
  private void goBack() {
    phases.run(
        Phase.ROLLBACK,
        () ->
            PhaseCalls.detached(
                () -> phases.ddl("roll back to legacy").rollback(input(Phase.ROLLBACK))),
        f -> "stamps " + f.stamps());
    crossing.returned();
    phases.attempt(
        () -> call(c -> c.rollbackDeploy(input(Phase.ROLLBACK)), "switch to the old build"));
    gates.voidApprovals("rolled back");
    log.nextRound();
  }

  private RolloutResult cancelled(RuntimeException cause) {
    if (crossing.crossed()) {
      // Nothing to remove: canonical is the authority. A relaunch goes on behind the crossing.
      PhaseCalls.detached(() -> end(RolloutStatus.State.ABORTED, "cancelled after the cutover"));
      throw asCancelled(cause);
    }
    return PhaseCalls.detached(
        () -> {
          log.ended("cancelled", "");
          // Without a plan nothing was opened, so nothing can have been installed.
          if (plan != null) {
            phases.run(
                Phase.ABORT,
                () -> phases.ddl("remove everything that was installed").abort(input(Phase.ABORT)),
                f -> "fingerprint " + f.fingerprint());
          }
          var result = end(RolloutStatus.State.ABORTED, "aborted");
          if (!steering.abortOrdered()) {
            throw asCancelled(cause);
          }
          return result;
        });
  }

  /** The server shows a workflow as Cancelled only when it ends with this failure. */
  private static CanceledFailure asCancelled(RuntimeException cause) {
    return switch (cause) {
      case CanceledFailure cancelled -> cancelled;
      case ActivityFailure activity when activity.getCause() instanceof CanceledFailure cancelled ->
          cancelled;
      default -> throw cause;
    };
  }

  private ApplicationFailure failed(RolloutStatus.Failure failure) {
    log.ended("failed", failure.code());
    end(RolloutStatus.State.FAILED, "failed: " + failure.code() + ": " + failure.cause());
    return Failures.of(failure);
  }

  private RolloutResult end(RolloutStatus.State state, String outcome) {
    Workflow.await(Workflow::isEveryHandlerFinished);
    String report =
        Stubs.control("close the rollout and write its report")
            .close(log.here(), state, outcome, crossing.count(), expected);
    // Only now: whoever sees it completed may go on with what the ledger says, e.g. contract.
    log.become(state);
    return new RolloutResult(
        request.rollout(), outcome, crossing.count(), dossier.digest(), expected, report);
  }

  private Facts.Verify verify(String summary) {
    return phases.run(
        Phase.VERIFY,
        () -> phases.data(summary).verify(input(Phase.VERIFY)),
        f -> f.mismatches() + " mismatches in " + f.rows());
  }

  private void planAgain() {
    gates.voidApprovals("the target changed underneath");
    log.nextRound();
  }

  private boolean unchanged() {
    return Stubs.control("is the target still the one that was planned for?")
        .unchanged(input(log.phase()), expected);
  }

  private String fingerprint() {
    return Stubs.control("fingerprint the target").fingerprint(input(Phase.CUTOVER));
  }

  private boolean awaitWindow() {
    if (plan.window().isPresent()) {
      Instant opens = Windows.nextOpening(plan.window().get(), now());
      if (opens.isAfter(now())) {
        steering.windowOpens(Optional.of(opens));
        log.become(RolloutStatus.State.WAITING);
        Workflow.sleep(Duration.between(now(), opens));
        steering.windowOpens(Optional.empty());
        log.become(RolloutStatus.State.RUNNING);
      }
    }
    return true;
  }

  private Boolean call(
      java.util.function.Consumer<dev.rubicon.activity.ControlActivities> what, String summary) {
    what.accept(Stubs.control(summary));
    return true;
  }

  private PhaseInput input(Phase phase) {
    return log.input(phase);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  // What humans say: decided in Orders.

  @Override
  public void validateApprove(Decision.Approval approval) {
    Orders.requireWellFormed(approval);
  }

  @Override
  public RolloutStatus approve(Decision.Approval approval) {
    orders.approve(plan, approval, this::unchanged);
    return status();
  }

  @Override
  public RolloutStatus signOff(Decision.SignOff signOff) {
    Workflow.await(() -> plan != null);
    orders.signOff(plan, signOff);
    return status();
  }

  @Override
  public RolloutStatus pause(Decision.Order order) {
    orders.pause(order);
    return status();
  }

  @Override
  public RolloutStatus resume(Decision.Order order) {
    orders.resume(order);
    return status();
  }

  @Override
  public RolloutStatus throttle(Decision.Throttle throttle) {
    orders.throttle(throttle);
    return status();
  }

  @Override
  public RolloutStatus abort(Decision.Order order) {
    orders.abort(order, work);
    return status();
  }

  @Override
  public RolloutStatus rollback(Decision.Order order) {
    orders.rollback(order, watch);
    return status();
  }

  @Override
  public RolloutStatus extendWatch(Decision.Extension extension) {
    orders.extendWatch(extension);
    return status();
  }

  @Override
  public RolloutStatus status() {
    return new RolloutStatus(
        request.rollout(),
        request.target(),
        request.runbook(),
        request.requestedBy(),
        log.phase(),
        log.state(),
        log.round(),
        gates.open().isPresent() ? gates.digest() : "",
        gates.open(),
        gates.due(),
        steering.windowOpens(),
        steering.held(),
        steering.paused(),
        steering.rowsPerSecond(),
        log.runs());
  }
}
