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
import java.util.function.Supplier;

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

  private Plan plan;
  private Facts.Dossier dossier = new Facts.Dossier("", "", List.of());
  private String expected = "";
  private CancellationScope work;
  private CancellationScope watch;

  @WorkflowInit
  public RolloutWorkflowImpl(RolloutRequest request) {
    this.request = request;
    this.log = new PhaseLog(request);
    this.gates = new Gates(request, log);
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
          run(
              Phase.PREFLIGHT,
              () -> data("look at the target and at canonical").preflight(input(Phase.PREFLIGHT)),
              f -> "findings " + f.findings());
      Facts.Backup backup =
          run(
              Phase.BACKUP,
              () -> data("back up one snapshot").backup(input(Phase.BACKUP)),
              f -> f.bytes() + " bytes, " + f.rows().size() + " relations");
      Facts.Rehearsal rehearsal =
          new Facts.Rehearsal(false, "not rehearsed", "", Map.of(), List.of());
      if (plan.phases().contains(Phase.CLONE)) {
        Facts.Clone clone =
            run(
                Phase.CLONE,
                () -> data("restore the backup").restoreClone(input(Phase.CLONE), backup),
                f -> f.relations() + " relations equal to the backup's snapshot");
        rehearsal =
            run(
                Phase.REHEARSE,
                () -> data("rehearse on a clone").rehearse(input(Phase.REHEARSE), backup, clone),
                f -> f.checks().size() + " checks passed");
      }
      dossier =
          Stubs.control("bind findings, backup and rehearsal in one digest")
              .dossier(input(Phase.EXPAND), preflight, backup, rehearsal, plan.cannotPromise());
      expected = preflight.fingerprint();
      if (gates.pass(plan, Runbook.Gate.EXPAND, dossier.digest()) && unchanged()) {
        run(
            Phase.EXPAND,
            () -> ddl("expand").expand(input(Phase.EXPAND), preflight, backup),
            f -> "migrations " + f.migrations() + ", indexes " + f.indexes());
        return;
      }
      planAgain();
    }
  }

  /** Dual write and backfill, until both sides are true. */
  private void install() {
    if (plan.phases().contains(Phase.DUAL_WRITE)) {
      run(
          Phase.DUAL_WRITE,
          () -> ddl("install the dual write").dualWrite(input(Phase.DUAL_WRITE)),
          f -> f.triggers() + " triggers on " + f.relations());
      run(
          Phase.BACKFILL,
          () -> data("backfill").backfill(input(Phase.BACKFILL)),
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
    run(
        Phase.CUTOVER,
        () -> {
          crossing.begins();
          return detached(() -> ddl("cut over").cutover(input(Phase.CUTOVER)));
        },
        f -> "stamps " + f.stamps());
    crossing.committed();
  }

  /**
   * Behind the crossing: deploy, smoke, watch.
   *
   * @return false when the way leads back
   */
  private boolean observe() {
    if (attempt(() -> call(c -> c.deploy(input(Phase.CUTOVER)), "deploy the new build"))
        .isEmpty()) {
      return false;
    }
    if (plan.phases().contains(Phase.SMOKE) && !smoke()) {
      return false;
    }
    if (plan.phases().contains(Phase.WATCH)) {
      gates.awaitSignOffs(plan, Phase.WATCH);
      Instant started = now();
      while (crossing.wayBack().isEmpty()
          && now().isBefore(started.plus(plan.watch()).plus(steering.extension()))) {
        watchUntil(started.plus(plan.watch()).plus(steering.extension()));
      }
    }
    return crossing.wayBack().isEmpty();
  }

  private boolean smoke() {
    Optional<Facts.Smoke> smoke =
        tryRun(
            Phase.SMOKE,
            () -> data("smoke checks").smoke(input(Phase.SMOKE)),
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
    return hold(failure);
  }

  private void watchUntil(Instant until) {
    watch =
        Workflow.newCancellationScope(
            () ->
                tryRun(
                    Phase.WATCH,
                    () -> data("watch until " + until).watch(input(Phase.WATCH), until),
                    f -> f.alerts().isEmpty() ? "no alert" : "alerts " + f.alerts()));
    try {
      watch.run();
    } catch (CanceledFailure | ActivityFailure e) {
      // A rollback ends the watch by cancelling its scope; anything else is not ours to catch.
      if (crossing.wayBack().isEmpty()) {
        throw e;
      }
      log.ended("ended by a rollback", "");
    }
  }

  /** Back to legacy; the approval that led across is void. */
  private void goBack() {
    run(
        Phase.ROLLBACK,
        () -> detached(() -> ddl("roll back to legacy").rollback(input(Phase.ROLLBACK))),
        f -> "stamps " + f.stamps());
    crossing.returned();
    attempt(() -> call(c -> c.rollbackDeploy(input(Phase.ROLLBACK)), "switch to the old build"));
    gates.voidApprovals("rolled back");
    log.nextRound();
  }

  private RolloutResult cancelled(RuntimeException cause) {
    if (crossing.crossed()) {
      // Nothing to remove: canonical is the authority. A relaunch goes on behind the crossing.
      detached(() -> end(RolloutStatus.State.ABORTED, "cancelled after the cutover"));
      throw asCancelled(cause);
    }
    return detached(
        () -> {
          log.ended("cancelled", "");
          // Without a plan nothing was opened, so nothing can have been installed.
          if (plan != null) {
            run(
                Phase.ABORT,
                () -> ddl("remove everything that was installed").abort(input(Phase.ABORT)),
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
    log.become(state);
    String report =
        Stubs.control("close the rollout and write its report")
            .close(log.here(), state, outcome, crossing.count(), expected);
    return new RolloutResult(
        request.rollout(), outcome, crossing.count(), dossier.digest(), expected, report);
  }

  // How a phase is run.

  private <T> T run(Phase phase, Supplier<T> call, java.util.function.Function<T, String> facts) {
    return tryRun(phase, call, facts)
        .orElseThrow(() -> new IllegalStateException("only what follows the crossing leads back"));
  }

  private <T> Optional<T> tryRun(
      Phase phase, Supplier<T> call, java.util.function.Function<T, String> facts) {
    if (phase != Phase.ABORT && phase != Phase.ROLLBACK) {
      Workflow.await(() -> !steering.paused());
      gates.awaitSignOffs(plan, phase);
    }
    log.started(phase);
    Optional<T> result = attempt(call);
    log.ended(result.isPresent() ? "done" : "failed", result.map(facts).orElse(""));
    return result;
  }

  /** Empty when a human, asked what to do about a failure, chose the way back. */
  private <T> Optional<T> attempt(Supplier<T> call) {
    while (true) {
      try {
        return Optional.of(call.get());
      } catch (ActivityFailure e) {
        boolean installed = log.phase().compareTo(Phase.EXPAND) >= 0;
        if (Failures.cancelled(e) || !installed) {
          throw e;
        }
        if (!hold(Failures.read(e))) {
          return Optional.empty();
        }
      }
    }
  }

  /** Waits for a human; true: try again. */
  private boolean hold(RolloutStatus.Failure failure) {
    crossing.ends();
    steering.hold(failure);
    log.become(RolloutStatus.State.HELD);
    Stubs.control("tell that the rollout is held: " + failure.code())
        .stand(
            log.here(),
            RolloutStatus.State.HELD,
            "",
            failure.code() + ": " + failure.cause() + "; next: " + failure.next());
    Workflow.await(() -> steering.held().isEmpty() || crossing.wayBack().isPresent());
    steering.release();
    log.become(RolloutStatus.State.RUNNING);
    return crossing.wayBack().isEmpty();
  }

  private Facts.Verify verify(String summary) {
    return run(
        Phase.VERIFY,
        () -> data(summary).verify(input(Phase.VERIFY)),
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

  private static <T> T detached(Supplier<T> call) {
    var result = new java.util.concurrent.atomic.AtomicReference<T>();
    Workflow.newDetachedCancellationScope(() -> result.set(call.get())).run();
    return result.get();
  }

  private dev.rubicon.activity.DataPhases data(String summary) {
    return Stubs.data(summary, plan.heartbeatTimeout());
  }

  private dev.rubicon.activity.DdlPhases ddl(String summary) {
    return Stubs.ddl(summary, plan.heartbeatTimeout());
  }

  private PhaseInput input(Phase phase) {
    return log.input(phase);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  // What humans say.

  @Override
  public void validateApprove(Decision.Approval approval) {
    if (approval == null
        || approval.gate() == null
        || approval.principal() == null
        || approval.digest() == null) {
      throw Failures.of(
          ErrorCode.USAGE,
          "an approval names gate, digest and principal",
          "rubicon approve --help");
    }
  }

  @Override
  public RolloutStatus approve(Decision.Approval approval) {
    steering.alone(() -> gates.approve(plan, approval, this::unchanged));
    return status();
  }

  @Override
  public RolloutStatus signOff(Decision.SignOff signOff) {
    Workflow.await(() -> plan != null);
    steering.alone(() -> gates.signOff(plan, signOff));
    return status();
  }

  @Override
  public RolloutStatus pause(Decision.Order order) {
    steering.alone(
        () -> {
          Stubs.control(order.principal() + ": pause").pause(log.here(), order);
          steering.pause(true);
        });
    return status();
  }

  @Override
  public RolloutStatus resume(Decision.Order order) {
    steering.alone(
        () -> {
          Stubs.control(order.principal() + ": resume").resume(log.here(), order);
          steering.pause(false);
          steering.release();
        });
    return status();
  }

  @Override
  public RolloutStatus throttle(Decision.Throttle throttle) {
    steering.alone(
        () -> {
          Stubs.control(
                  throttle.principal() + ": throttle to " + throttle.rowsPerSecond() + " rows/s")
              .throttle(log.here(), throttle);
          steering.limit(throttle.rowsPerSecond());
        });
    return status();
  }

  @Override
  public RolloutStatus abort(Decision.Order order) {
    steering.alone(
        () -> {
          if (crossing.crossed() || crossing.underway()) {
            throw gates.refuse(
                order.principal(),
                "abort",
                "",
                ErrorCode.ABORT_IMPOSSIBLE,
                "the cutover has begun; abort is for before",
                "go back first: rubicon rollback; then: rubicon abort");
          }
          gates.order("abort", order);
          steering.orderAbort();
          work.cancel("abort ordered by " + order.principal());
        });
    return status();
  }

  @Override
  public RolloutStatus rollback(Decision.Order order) {
    steering.alone(
        () -> {
          if (!crossing.crossed()) {
            throw gates.refuse(
                order.principal(),
                "rollback",
                "",
                ErrorCode.ROLLBACK_IMPOSSIBLE,
                "the rollout has not crossed; there is nothing to roll back",
                "to give up before the cutover: rubicon abort");
          }
          gates.order("rollback", order);
          crossing.goBack();
          if (watch != null) {
            watch.cancel("rollback ordered by " + order.principal());
          }
        });
    return status();
  }

  @Override
  public RolloutStatus extendWatch(Decision.Extension extension) {
    steering.alone(
        () -> {
          gates.order(
              "extend the watch by " + extension.by(),
              new Decision.Order(extension.principal(), extension.reason()));
          steering.extend(extension.by());
        });
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
