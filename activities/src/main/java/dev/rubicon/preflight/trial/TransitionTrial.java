package dev.rubicon.preflight.trial;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.RelaxedConstraints;
import dev.rubicon.installed.StoredTransition;
import dev.rubicon.installed.TargetSchema;
import dev.rubicon.installed.TargetState;
import dev.rubicon.leaving.LeavingEnd;
import dev.rubicon.leaving.LeavingRelation;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.finding.ConversionFindings;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.LegacyColumn;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.stamp.Stamps;
import dev.rubicon.table.Dependent;
import dev.rubicon.table.LegacyRelations;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The transitions of a trial: the very steps that the phases take, on a copy without rows, from
 * dual write to contract. What fails there would fail on the target.
 */
final class TransitionTrial {
  private static final String REPEATED = "sent as often as it takes";

  private final Bundle bundle;
  private final Runbook runbook;
  private final PgSession session;
  private final List<Finding> findings;
  private final List<Dependent> dependents = new ArrayList<>();
  private final PlannedSteps planned;
  private final StepTrial trial;
  private Transitions transitions = new Transitions(List.of());

  /**
   * @param session on the copy; its search path is the runbook's
   */
  TransitionTrial(Bundle bundle, PgSession session, List<Finding> findings, PlannedSteps planned) {
    this.bundle = bundle;
    this.runbook = bundle.runbook();
    this.session = session;
    this.findings = findings;
    this.planned = planned;
    this.trial = new StepTrial(session, findings, planned);
  }

  /** Dual write; columns of the transitions are there then, for indexes that stand on them. */
  void install(CatalogSnapshot before, Optional<CatalogSnapshot> canonical) {
    TargetState.create(session, "trial", "trial", before.fingerprint(), before);
    canonical.ifPresent(snapshot -> TargetState.canonical(session, snapshot));
    var compiled = new ArrayList<Transition>();
    var refused = new HashSet<RelationName>();
    for (Runbook.Transition wanted : runbook.transitions()) {
      findings.addAll(ConversionFindings.of(session, wanted));
      try {
        compiled.add(Transition.compile(session, runbook, wanted));
      } catch (RubiconException e) {
        StepTrial.rethrowLost(e);
        findings.add(Trial.unsupported(wanted, e));
        refused.add(RelationName.parse(wanted.relation()));
        wanted.shadow().ifPresent(shadow -> refused.add(RelationName.parse(shadow.to())));
      }
    }
    // Of a split or a merge, the rest cannot stand without the one that is refused.
    compiled.removeIf(t -> refused.contains(t.relation()) || refused.contains(t.canonical()));
    transitions = Transitions.of(compiled);
    for (Transition transition : transitions) {
      for (Dependent dependent : transition.dependents(session)) {
        if (LegacyRelations.action(runbook, transition.relation()) == LegacyColumn.Action.DROP) {
          dependents.add(dependent);
        }
        findings.add(ChangedMeanwhile.hazard(transition, dependent));
      }
    }
    trial.attempt(
        Phase.DUAL_WRITE, transitions.stream().flatMap(t -> t.prepare().stream()).toList());
    for (Transition transition : transitions) {
      trial.inTransaction(
          LockLadder.DDL,
          Phase.DUAL_WRITE,
          () -> {
            trial.report(
                trial.each(Phase.DUAL_WRITE, transition.install(session, runbook, transitions)));
            trial.report(trial.each(Phase.DUAL_WRITE, transition.grants(session)));
          });
      transition.stored(session).keep(session);
    }
  }

  /** Verification's constraints, canonical opened, the crossing, the way back, and once more. */
  void cross() {
    for (Transition transition : transitions) {
      planned.next();
      for (String sql : transition.filling(session).statements()) {
        planned.add(Phase.BACKFILL, "batch " + transition.key(), List.of(), sql, REPEATED);
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
        boolean added =
            constraint.add().map(add -> trial.attempt(Phase.VERIFY, List.of(add))).orElse(true);
        if (added) {
          constraint.validate().forEach(step -> trial.attempt(Phase.VERIFY, List.of(step)));
        }
      }
    }
    trial.attempt(
        Phase.VERIFY,
        transitions.stream()
            .filter(transition -> !transition.isOpen(session))
            .flatMap(transition -> transition.open(session, transitions).stream())
            .toList());
    trial.takenBack(this::abort);
    var relaxed = new ArrayList<TargetState.Relaxed>();
    LockLadder ladder = LockLadder.of(runbook.cutover());
    trial.inTransaction(
        ladder,
        Phase.CUTOVER,
        () ->
            exchange(
                Phase.CUTOVER,
                transitions.all(),
                transition -> {
                  Transition.Crossing crossing = transition.cross(session, runbook);
                  relaxed.addAll(crossing.relaxed());
                  return crossing.steps();
                }));
    trial.takenBack(
        () -> {
          trial.begin(ladder, Phase.ROLLBACK);
          exchange(Phase.ROLLBACK, transitions.reversed(), t -> t.back(session));
          for (TargetState.Relaxed rule : relaxed) {
            for (List<Step> steps : RelaxedConstraints.steps(rule)) {
              trial.begin(LockLadder.DDL, Phase.ROLLBACK);
              trial.report(trial.each(Phase.ROLLBACK, steps));
            }
          }
        });
  }

  private void abort() {
    for (Transition transition : transitions) {
      List<Step> steps = transition.untie(session, transitions);
      if (!steps.isEmpty()) {
        trial.begin(LockLadder.DDL, Phase.ABORT);
        trial.report(
            trial.each(Phase.ABORT, transition.lock(session, transition.sides(session), 0)));
        trial.report(trial.each(Phase.ABORT, steps));
      }
    }
    for (Transition transition : transitions.reversed()) {
      trial.begin(LockLadder.DDL, Phase.ABORT);
      trial.report(trial.each(Phase.ABORT, transition.lock(session, transition.sides(session), 0)));
      trial.report(trial.each(Phase.ABORT, transition.remove(session, transitions)));
    }
  }

  /** One transaction over all of them: locks first, then what {@code next} says. */
  private void exchange(
      Phase phase, List<Transition> order, Function<Transition, List<Step>> next) {
    List<RelationName> stamped = Stamps.relations(session, runbook.cutover(), transitions);
    if (phase == Phase.CUTOVER && runbook.cutover().readOnly().isPresent()) {
      transitions
          .readOnly(session, stamped)
          .forEach(step -> planned.add(phase, step.because("both sides are compared under it")));
    }
    for (Transition transition : transitions) {
      trial.report(
          trial.each(phase, transition.lock(session, transition.lockedAtCutover(session), 0)));
    }
    Stamps.locks(stamped).forEach(step -> planned.add(phase, step));
    for (Transition transition : order) {
      try {
        trial.report(trial.each(phase, next.apply(transition)));
      } catch (RubiconException e) {
        StepTrial.rethrowLost(e);
        // GATE_NOT_OPEN: a constraint could not be added, which is a finding already.
        if (e.code() != ErrorCode.GATE_NOT_OPEN) {
          findings.add(
              Trial.hazard(
                  "fails:" + phase.word() + ":" + transition.key(),
                  phase.word() + " fails on a copy of the target: " + e.getMessage(),
                  transition.key()));
        }
      }
    }
    (phase == Phase.CUTOVER ? Stamps.writing(bundle) : Stamps.restoring(bundle))
        .forEach(step -> planned.add(phase, step));
  }

  /** Those that are installed already. */
  void takeUp() {
    transitions = Transitions.installed(session);
  }

  /** Contract's relations without successor, behind the owner's own statements. */
  void leave() {
    for (LeavingRelation leaving : LeavingRelation.of(runbook)) {
      if (leaving.oid(session).isPresent()) {
        leaving
            .dependents(session)
            .forEach(
                hanging ->
                    findings.add(
                        Trial.hazard(
                            "legacy-relation:" + leaving.name() + ":" + hanging,
                            hanging
                                + " hangs on "
                                + leaving.name()
                                + ", which goes without a successor: contract stops at it",
                            leaving.name().toString())));
        trial.inTransaction(
            LockLadder.DDL,
            Phase.CONTRACT,
            () ->
                trial
                    .each(Phase.CONTRACT, LeavingEnd.steps(session, leaving))
                    .forEach(failed -> findings.add(StepTrial.notYet(failed))));
      }
    }
  }

  /** Contract: what the owner has to drop or rebuild until then is gone. */
  void retire() {
    // A view that the owner's statements have rebuilt over canonical is in nobody's way.
    Set<String> hanging =
        transitions.stream()
            .flatMap(transition -> transition.dependents(session).stream())
            .map(Dependent::name)
            .collect(Collectors.toSet());
    dependents.removeIf(dependent -> !hanging.contains(dependent.name()));
    for (Dependent dependent : dependents) {
      dependent
          .drop()
          .ifPresent(
              sql ->
                  session.inTransaction(() -> trial.run(Step.of("drop " + dependent.name(), sql))));
    }
    for (Transition transition : transitions.reversed()) {
      for (List<Step> steps : transition.archive(session, runbook)) {
        trial.attempt(Phase.CONTRACT, steps);
      }
    }
    trial.inTransaction(
        LockLadder.DDL,
        Phase.CONTRACT,
        () -> {
          for (Transition transition : transitions) {
            trial.each(Phase.CONTRACT, transition.lock(session, transition.sides(session), 0));
          }
          for (Transition transition : transitions.toRetire()) {
            trial
                .each(Phase.CONTRACT, transition.retire(session, runbook, transitions))
                .forEach(failed -> findings.add(StepTrial.notYet(failed)));
            StoredTransition.uninstalled(session, transition.key());
          }
          trial.each(Phase.CONTRACT, List.of(Step.of("forget", TargetSchema.DROP)));
        });
  }
}
