package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.cutover.Cutover;
import dev.rubicon.cutover.Stamps;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.RelaxedConstraints;
import dev.rubicon.installed.TargetState;
import dev.rubicon.locks.ConstraintBuild;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.Step;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Dependent;
import dev.rubicon.table.LegacyRelations;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The transitions of a trial: the very steps that the phases take, on a copy without rows, from
 * dual write to contract. What fails there would fail on the target.
 */
final class TransitionTrial {
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
    var refused = new HashSet<RelationName>();
    for (Runbook.Transition wanted : runbook.transitions()) {
      try {
        compiled.add(Transition.compile(session, runbook, wanted));
      } catch (RubiconException e) {
        rethrowLost(e);
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
        if (LegacyRelations.action(runbook, transition.relation())
            == Runbook.LegacyColumn.Action.DROP) {
          dependents.add(dependent);
        }
        findings.add(
            Trial.hazard(
                "shadow-" + dependent.kind() + ":" + transition.relation() + ":" + dependent.name(),
                dependent.kind() + " " + dependent.name() + " " + dependent.what(),
                dependent.name()));
      }
    }
    attempt(Phase.DUAL_WRITE, transitions.stream().flatMap(t -> t.prepare().stream()).toList());
    for (Transition transition : transitions) {
      inTransaction(
          LockLadder.DDL,
          Phase.DUAL_WRITE,
          () -> {
            report(each(Phase.DUAL_WRITE, transition.install(session, runbook, transitions)));
            report(each(Phase.DUAL_WRITE, transition.grants(session)));
          });
      TargetState.installed(session, transition.stored(session));
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
            constraint.add().map(add -> attempt(Phase.VERIFY, List.of(add))).orElse(true);
        if (added) {
          constraint.validate().forEach(step -> attempt(Phase.VERIFY, List.of(step)));
        }
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
    LockLadder ladder = LockLadder.of(runbook.cutover());
    inTransaction(
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
    takenBack(
        () -> {
          begin(ladder, Phase.ROLLBACK);
          exchange(Phase.ROLLBACK, transitions.reversed(), t -> t.back(session));
          for (TargetState.Relaxed rule : relaxed) {
            for (List<Step> steps : RelaxedConstraints.steps(rule)) {
              begin(LockLadder.DDL, Phase.ROLLBACK);
              report(each(Phase.ROLLBACK, steps));
            }
          }
        });
  }

  private void abort() {
    for (Transition transition : transitions) {
      List<Step> steps = transition.untie(session, transitions);
      if (!steps.isEmpty()) {
        begin(LockLadder.DDL, Phase.ABORT);
        report(each(Phase.ABORT, transition.lock(session, transition.sides(session), 0)));
        report(each(Phase.ABORT, steps));
      }
    }
    for (Transition transition : transitions.reversed()) {
      begin(LockLadder.DDL, Phase.ABORT);
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
    List<RelationName> stamped = Stamps.relations(session, runbook.cutover(), transitions);
    if (phase == Phase.CUTOVER && runbook.cutover().readOnly().isPresent()) {
      Cutover.readOnly(session, transitions, stamped)
          .forEach(step -> planned.add(phase, step.because("both sides are compared under it")));
    }
    for (Transition transition : transitions) {
      report(each(phase, transition.lock(session, transition.lockedAtCutover(session), 0)));
    }
    Stamps.locks(stamped).forEach(step -> planned.add(phase, step));
    for (Transition transition : order) {
      try {
        report(each(phase, next.apply(transition)));
      } catch (RubiconException e) {
        rethrowLost(e);
        // GATE_NOT_OPEN: it asks for a constraint that could not be added, which has been told of.
        if (e.code() != ErrorCode.GATE_NOT_OPEN) {
          findings.add(
              Trial.hazard(
                  "fails:" + phase.word() + ":" + transition.key(),
                  phase.word() + " fails on a copy of the target: " + e.getMessage(),
                  transition.key()));
        }
      }
    }
    for (RelationName table : stamped) {
      planned.add(
          phase,
          "stamp " + table,
          List.of(),
          "UPDATE " + table.sql() + " SET version_num = ? WHERE version_num = ?",
          "the version that the owner's tool sees");
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
      inTransaction(
          LockLadder.DDL,
          Phase.CONTRACT,
          () -> {
            each(Phase.CONTRACT, transition.lock(session, transition.sides(session), 0));
            each(Phase.CONTRACT, transition.retire(session, runbook, transitions))
                .forEach(failed -> findings.add(notYet(failed)));
          });
      TargetState.uninstalled(session, transition.key());
    }
    planned.alone(Phase.CONTRACT, "forget", List.of(), TargetState.FORGET, "");
    session.execute(TargetState.FORGET);
  }

  private record Failed(Step step, String error) {}

  /** In one transaction, as on the target; whether all of it succeeded. */
  private boolean attempt(Phase phase, List<Step> steps) {
    var succeeded = new AtomicBoolean();
    inTransaction(
        LockLadder.DDL,
        phase,
        () -> {
          List<Failed> failed = each(phase, steps);
          report(failed);
          succeeded.set(failed.isEmpty());
        });
    return succeeded.get();
  }

  private void inTransaction(LockLadder ladder, Phase phase, Runnable steps) {
    session.inTransaction(
        () -> {
          begin(ladder, phase);
          steps.run();
          return true;
        });
  }

  /** As the ladder begins each transaction. */
  private void begin(LockLadder ladder, Phase phase) {
    planned.next();
    each(
        phase,
        List.of(Step.of("lock timeout", "SET LOCAL lock_timeout = " + ladder.first().toMillis())));
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

  /** Short, and the same as long as the statement is; object ids are the copy's. */
  private static String what(Step step) {
    String sql =
        step.sql()
            .replaceAll("\\d+::pg_catalog\\.oid", "OID")
            .replaceAll("ARRAY\\[\\d+::", "ARRAY[OID::");
    return Integer.toHexString(sql.hashCode());
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
