package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Constraining;
import dev.rubicon.transition.Dependent;
import dev.rubicon.transition.Step;
import dev.rubicon.transition.TargetState;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transitions of a trial: the very steps that the phases take, on a copy without rows, from
 * dual write to contract. What fails there would fail on the target.
 */
final class TransitionTrial {
  private final Runbook runbook;
  private final PgSession session;
  private final List<Finding> findings;
  private final List<Dependent> dependents = new ArrayList<>();
  private Transitions transitions = new Transitions(List.of());

  /**
   * @param session on the copy; its search path is the runbook's
   */
  TransitionTrial(Runbook runbook, PgSession session, List<Finding> findings) {
    this.runbook = runbook;
    this.session = session;
    this.findings = findings;
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
    transitions.forEach(transition -> attempt(transition.prepare()));
    for (Transition transition : transitions) {
      attempt(transition.install(session, runbook, transitions));
      TargetState.installed(session, transition);
    }
  }

  /** Verification's constraints, canonical opened, and the crossing. */
  void cross() {
    for (Transition transition : transitions) {
      for (Constraining constraint :
          transition.constrain(session, runbook, transitions, false)) {
        constraint.add().ifPresent(add -> attempt(List.of(add)));
        constraint.validate().forEach(step -> attempt(List.of(step)));
      }
    }
    for (Transition transition : transitions) {
      if (!transition.isOpen(session)) {
        attempt(transition.open(session, transitions));
      }
    }
    for (Transition transition : transitions) {
      try {
        attempt(transition.cross(session, runbook).steps());
      } catch (RubiconException e) {
        // A check that could not be added has been told of.
        rethrowLost(e);
      }
    }
  }

  /** Contract: what the owner has to drop or rebuild until then is gone. */
  void retire() {
    for (Dependent dependent : dependents) {
      dependent.drop().ifPresent(sql -> each(List.of(Step.of("drop " + dependent.name(), sql))));
    }
    for (Transition transition : transitions.toRetire(session)) {
      var steps = new ArrayList<>(transition.lock(session, transition.sides(session), 0));
      steps.addAll(transition.retire(session, runbook, transitions));
      each(steps).forEach(failed -> findings.add(notYet(failed)));
      TargetState.uninstalled(session, transition);
    }
    session.execute("DROP SCHEMA rubicon CASCADE");
  }

  private record Failed(Step step, String error) {}

  private void attempt(List<Step> steps) {
    for (Failed failed : each(steps)) {
      findings.add(
          Trial.hazard(
              "fails:" + failed.step().id() + ":" + what(failed.step()),
              "fails on a copy of the target: " + failed.error(),
              failed.step().sql()));
    }
  }

  /** In one transaction, as on the target, but what fails does not end it. */
  private List<Failed> each(List<Step> steps) {
    return session.inTransaction(
        () -> {
          var failed = new ArrayList<Failed>();
          for (Step step : steps) {
            run(step).ifPresent(error -> failed.add(new Failed(step, error)));
          }
          return failed;
        });
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
