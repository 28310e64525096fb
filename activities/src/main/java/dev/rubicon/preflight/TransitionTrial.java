package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.cutover.Stamps;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.RelaxedConstraints;
import dev.rubicon.installed.TargetState;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Dependent;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The transitions of a trial: the very steps that the phases take, on a copy without rows, from
 * dual write to contract. What fails there would fail on the target.
 */
final class TransitionTrial {
  static final String FORGET = "DROP SCHEMA rubicon CASCADE";
  private static final String REPEATED = "sent as often as it takes";

  private final Runbook runbook;
  private final PgSession session;
  private final List<Finding> findings;
  private final List<Dependent> dependents = new ArrayList<>();
  private final PlannedSteps planned;
  private Transitions transitions = new Transitions(List.of());

  /**
   * @param session on the copy; its search path is the runbook's
   */
  TransitionTrial(
      Runbook runbook, PgSession session, List<Finding> findings, PlannedSteps planned) {
    this.runbook = runbook;
    this.session = session;
    this.findings = findings;
    this.planned = planned;
  }

  /** Dual write; columns of the transitions are there then, for indexes that stand on them. */
  void install(CatalogSnapshot before) {
    TargetState.create(session, "trial", "trial", before.fingerprint(), before);
    var compiled = new ArrayList<Transition>();
    for (Runbook.Transition wanted : runbook.transitions()) {
      try {
        compiled.add(Transition.compile(session, runbook, wanted));
      } catch (RubiconException e) {
        rethrowLost(e);
        findings.add(Trial.unsupported(wanted, e));
      }
    }
    transitions = Transitions.of(compiled);
    for (Transition transition : transitions) {
      for (Dependent dependent : transition.dependents(session)) {
        dependents.add(dependent);
        findings.add(
            Trial.hazard(
                "shadow-" + dependent.kind() + ":" + transition.relation() + ":" + dependent.name(),
                dependent.kind() + " " + dependent.name() + " " + dependent.what(),
                dependent.name()));
      }
    }
    attempt(Phase.DUAL_WRITE, transitions.stream().flatMap(t -> t.prepare().stream()).toList());
    for (Transition transition : transitions) {
      attempt(Phase.DUAL_WRITE, transition.install(session, runbook, transitions));
      TargetState.installed(session, transition.stored(session));
    }
  }

  /** Verification's constraints, canonical opened, the crossing, the way back, and once more. */
  void cross() {
    for (Transition transition : transitions) {
      for (String sql : transition.filling(session).statements()) {
        planned.alone(Phase.BACKFILL, "batch " + transition.key(), List.of(), sql, REPEATED);
      }
    }
    for (Transition transition : transitions) {
      planned.alone(
          Phase.VERIFY,
          "compare " + transition.key(),
          List.of(),
          transition.comparing(session).statement(),
          REPEATED);
    }
    for (Transition transition : transitions) {
      for (ConstraintBuild constraint :
          transition.constrain(session, runbook, transitions, false)) {
        constraint.add().ifPresent(add -> attempt(Phase.VERIFY, List.of(add)));
        constraint.validate().forEach(step -> attempt(Phase.VERIFY, List.of(step)));
      }
    }
    attempt(
        Phase.VERIFY,
        transitions.stream()
            .filter(transition -> !transition.isOpen(session))
            .flatMap(transition -> transition.open(session, transitions).stream())
            .toList());
    takenBack(this::abort);
    var relaxed = new ArrayList<TargetState.Relaxed>();
    session.inTransaction(
        () -> {
          exchange(
              Phase.CUTOVER,
              transitions.all(),
              transition -> {
                Transition.Crossing crossing = transition.cross(session, runbook);
                relaxed.addAll(crossing.relaxed());
                return crossing.steps();
              });
          return true;
        });
    takenBack(
        () -> {
          exchange(Phase.ROLLBACK, transitions.reversed(), t -> t.back(session));
          for (TargetState.Relaxed rule : relaxed) {
            for (List<Step> steps : RelaxedConstraints.steps(rule)) {
              planned.next();
              report(each(Phase.ROLLBACK, steps));
            }
          }
        });
  }

  private void abort() {
    for (Transition transition : transitions) {
      List<Step> steps = transition.untie(session, transitions);
      if (!steps.isEmpty()) {
        planned.next();
        report(each(Phase.ABORT, transition.lock(session, transition.sides(session), 0)));
        report(each(Phase.ABORT, steps));
      }
    }
    for (Transition transition : transitions.reversed()) {
      planned.next();
      report(each(Phase.ABORT, transition.lock(session, transition.sides(session), 0)));
      report(each(Phase.ABORT, transition.remove(session, transitions)));
    }
  }

  /** Tries what the rollout may do there, and stays where it is. */
  private void takenBack(Runnable steps) {
    session.inTransaction(
        () -> {
          session.execute("SAVEPOINT rubicon_here");
          steps.run();
          session.execute("ROLLBACK TO SAVEPOINT rubicon_here");
          return true;
        });
  }

  /** One transaction over all of them: locks first, then what {@code next} says. */
  private void exchange(
      Phase phase, List<Transition> order, Function<Transition, List<Step>> next) {
    planned.next();
    for (Transition transition : transitions) {
      report(each(phase, transition.lock(session, transition.lockedAtCutover(session), 0)));
    }
    List<RelationName> stamped = Stamps.relations(runbook.cutover(), transitions);
    Stamps.locks(stamped).forEach(step -> planned.add(phase, step));
    for (Transition transition : order) {
      try {
        report(each(phase, next.apply(transition)));
      } catch (RubiconException e) {
        // It asks for a constraint that could not be added; that one has been told of.
        rethrowLost(e);
      }
    }
  }

  /** Contract: what the owner has to drop or rebuild until then is gone. */
  void retire() {
    for (Dependent dependent : dependents) {
      dependent
          .drop()
          .ifPresent(
              sql -> session.inTransaction(() -> run(Step.of("drop " + dependent.name(), sql))));
    }
    for (Transition transition : transitions.reversed()) {
      for (List<Step> steps : transition.archive(session, runbook)) {
        attempt(Phase.CONTRACT, steps);
      }
    }
    for (Transition transition : transitions.toRetire(session)) {
      session.inTransaction(
          () -> {
            planned.next();
            each(Phase.CONTRACT, transition.lock(session, transition.sides(session), 0));
            each(Phase.CONTRACT, transition.retire(session, runbook, transitions))
                .forEach(failed -> findings.add(notYet(failed)));
            return true;
          });
      TargetState.uninstalled(session, transition.key());
    }
    planned.alone(Phase.CONTRACT, "forget", List.of(), FORGET, "");
    session.execute(FORGET);
  }

  private record Failed(Step step, String error) {}

  /** In one transaction, as on the target. */
  private void attempt(Phase phase, List<Step> steps) {
    planned.next();
    session.inTransaction(
        () -> {
          report(each(phase, steps));
          return true;
        });
  }

  private void report(List<Failed> all) {
    for (Failed failed : all) {
      findings.add(
          Trial.hazard(
              "fails:" + failed.step().id() + ":" + what(failed.step()),
              "fails on a copy of the target: " + failed.error(),
              failed.step().sql()));
    }
  }

  /** In the caller's transaction, which a failure does not end. */
  private List<Failed> each(Phase phase, List<Step> steps) {
    var failed = new ArrayList<Failed>();
    for (Step step : steps) {
      planned.add(phase, step);
      run(step).ifPresent(error -> failed.add(new Failed(step, error)));
    }
    return failed;
  }

  /** The server's message when it fails. */
  private Optional<String> run(Step step) {
    session.execute("SAVEPOINT rubicon_step");
    try {
      step.run(session);
      session.execute("RELEASE SAVEPOINT rubicon_step");
      return Optional.empty();
    } catch (RubiconException e) {
      rethrowLost(e);
      session.execute("ROLLBACK TO SAVEPOINT rubicon_step");
      return Optional.of(e.getMessage());
    }
  }

  /** Short, and the same as long as the statement is. */
  private static String what(Step step) {
    return Integer.toHexString(step.sql().hashCode());
  }

  private static Finding notYet(Failed failed) {
    return new Finding(
        "note:contract:" + failed.step().id() + ":" + what(failed.step()),
        Finding.Kind.NOTE,
        "contract could not do this as things stand: " + failed.error(),
        Optional.of(failed.step().sql()),
        Optional.empty(),
        Optional.empty(),
        Finding.Disposition.OPEN,
        "");
  }

  private static void rethrowLost(RubiconException e) {
    if (e.code() == ErrorCode.CONNECTION_LOST || e.code() == ErrorCode.DISK_FULL) {
      throw e;
    }
  }
}
