package dev.rubicon.cutover;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.OtherChanges;
import dev.rubicon.document.schema.Relations;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.installed.ClientsBlocked;
import dev.rubicon.installed.Durability;
import dev.rubicon.installed.OthersChanges;
import dev.rubicon.installed.TargetState;
import dev.rubicon.installed.sync.SyncFingerprint;
import dev.rubicon.leaving.LeavingUse;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.OldSnapshots;
import dev.rubicon.locks.SharedWait;
import dev.rubicon.locks.Step;
import dev.rubicon.locks.StepRunner;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.CrossingTerms;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.sequence.SequenceReader;
import dev.rubicon.sequence.SequenceRepair;
import dev.rubicon.sequence.SequenceState;
import dev.rubicon.stamp.Stamps;
import dev.rubicon.table.Naming;
import dev.rubicon.transition.Transition;
import dev.rubicon.transition.Transitions;
import dev.rubicon.verify.Invariants;
import dev.rubicon.verify.Verify;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The crossing: one transaction from whose commit on canonical is the authority. It gives way as
 * long as clients hold locks, and tries again until the runbook's budget is spent.
 */
public final class Cutover {
  private final Optional<String> run;
  private final Supplier<Optional<CatalogSnapshot>> rehearsed;

  /** One that no workflow asked for: on a clone. */
  public Cutover() {
    this.run = Optional.empty();
    this.rehearsed = Optional::empty;
  }

  /**
   * @param run the Temporal run that asks for it
   * @param rehearsed what the rehearsal's crossing has changed
   */
  public Cutover(String run, Supplier<Optional<CatalogSnapshot>> rehearsed) {
    this.run = Optional.of(run);
    this.rehearsed = rehearsed;
  }

  /**
   * @param terms what must hold besides at the moment of the crossing; no longer looked at once it
   *     has happened
   */
  public Facts.Cutover run(PhaseContext context, CrossingTerms terms) {
    Runbook.Cutover wanted = context.runbook().cutover();
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT)) {
      TargetState.Row state = TargetState.require(session, context.input().bundle());
      if (state.stage() != TargetStage.CUT_OVER) {
        if (state.stage() != TargetStage.VERIFIED && state.stage() != TargetStage.ROLLED_BACK) {
          throw new RubiconException(
              ErrorCode.GATE_NOT_OPEN,
              "the target is at stage " + state.stage() + ", not verified",
              "let the rollout verify first: rubicon status");
        }
        leave(terms);
        Conditions.verified(session);
        // Before partitions are followed: on a target that changed nothing more is done.
        var first = new Conditions(context, session, terms, List.of());
        first.window();
        first.fingerprint();
        Transitions.follow(context, LockLadder.of(wanted));
        lock.check();
        OthersChanges.begin(session, context.runbook().schemas(), Phase.CUTOVER);
        if (SequenceRepair.wanted(context.runbook())) {
          // While no client waits; under the lock only what drifts from now on.
          SequenceRepair.run(context, session, LockLadder.of(wanted));
        }
        cross(context, session, terms);
      }
      if (OthersChanges.under(session, Phase.CUTOVER)) {
        // What others had changed was named at the gate.
        OthersChanges.settle(session, context.runbook().schemas());
        OthersChanges.forgetNoted(session);
      }
      CatalogSnapshot after = CatalogReader.read(session, context.runbook().schemas());
      context.evidence().record(EvidenceNames.SNAPSHOT, after);
      context
          .evidence()
          .record(Relations.EVIDENCE, Relations.read(session, context.runbook().schemas()));
      CatalogSnapshot changes =
          OthersChanges.ownChanges(session, TargetState.baseline(session), after);
      context.evidence().record(EvidenceNames.CHANGES, changes);
      List<SequenceState> sequences = SequenceReader.read(session, context.runbook().schemas());
      context.evidence().record(SequenceState.EVIDENCE, sequences);
      List<SequenceRepair.Repaired> set = SequenceRepair.done(session);
      if (!set.isEmpty()) {
        context.evidence().record(SequenceRepair.Repaired.EVIDENCE, set);
      }
      return new Facts.Cutover(
          after.fingerprint(),
          changes.fingerprint(),
          ClientsBlocked.read(session, ClientsBlocked.Way.CUTOVER),
          wanted.stamps().stream().map(s -> s.table() + "=" + s.version()).toList(),
          wanted.postConditions().stream().map(Runbook.Invariant::name).toList(),
          TargetState.require(session, context.input().bundle()).turns(),
          Durability.of(session),
          rehearsed.get().map(clone -> OtherChanges.between(changes, clone)).orElse(List.of()),
          set.stream().map(SequenceRepair.Repaired::toString).toList(),
          sequences.stream().filter(SequenceState::behind).map(SequenceState::sequence).toList());
    }
  }

  /**
   * After a Reset another run would perform a cutover that was approved in an earlier run: refused.
   */
  private void leave(CrossingTerms terms) {
    if (terms.run().isPresent() && !terms.run().equals(run)) {
      throw new RubiconException(
          ErrorCode.APPROVAL_VOID,
          "leave to cross was given in another run of this rollout, before a Reset",
          "the rollout asks anew: rubicon status");
    }
  }

  private void cross(PhaseContext context, PgSession session, CrossingTerms terms) {
    Runbook.Cutover wanted = context.runbook().cutover();
    Transitions transitions = Transitions.installed(session);
    List<RelationName> stamped = Stamps.relations(session, wanted, transitions);
    Naming.resolve(session, context.runbook());
    List<RelationName> all =
        Stream.concat(
                transitions.stream().flatMap(t -> t.lockedAtCutover(session).stream()),
                stamped.stream())
            .toList();
    var conditions = new Conditions(context, session, terms, all);
    OldSnapshots.Waited older =
        transitions.stream().anyMatch(Transition::takesLegacysName)
            ? OldSnapshots.await(
                session,
                context.progress(),
                conditions.within(wanted.budget()),
                conditions::window,
                wanted.terminateBlockersAfter())
            : OldSnapshots.NOBODY;
    // A session's first look at these catalogs costs more than what follows: not under the lock.
    transitions.forEach(transition -> transition.lookAhead(session, context.runbook()));
    var blocked = new ClientsBlocked(session, ClientsBlocked.Way.CUTOVER, older);
    Durability.bound(session);
    var ahead = new AtomicReference<SequenceRepair.Ahead>();
    var crossed =
        LockLadder.of(wanted)
            .run(
                session,
                context.progress(),
                all,
                () -> {
                  if (SequenceRepair.wanted(context.runbook())) {
                    ahead.set(SequenceRepair.Ahead.of(session, context.runbook().schemas(), all));
                  }
                  conditions.beforeAttempt();
                  Durability.requireAttached(session);
                },
                attempt -> {
                  Durability.ask(session);
                  Optional<ReadOnlyWindow> window =
                      lock(context, session, transitions, stamped, attempt.number());
                  blocked.locked(attempt);
                  SyncFingerprint untouched = conditions.underLock();
                  if (SequenceRepair.wanted(context.runbook())) {
                    ahead.get().underLock(session, Phase.CUTOVER);
                  }
                  List<String> relaxed = swap(context, session, transitions, window);
                  untouched.with(SyncFingerprint.installed(session)).keep(session);
                  blocked.beforeCommit(attempt);
                  conditions.beforeCommit();
                  return relaxed;
                });
    Durability.committed(session);
    blocked.committed(crossed.attempts());
    context
        .evidence()
        .record(
            Crossed.EVIDENCE,
            new Crossed(
                Optional.of(older).filter(waited -> !waited.equals(OldSnapshots.NOBODY)),
                crossed.attempts(),
                LockLadder.Attempt.longest(crossed.attempts()),
                crossed.value(),
                all.stream().map(r -> r + " AccessExclusiveLock").toList()));
  }

  private static Optional<ReadOnlyWindow> lock(
      PhaseContext context,
      PgSession session,
      Transitions transitions,
      List<RelationName> stamped,
      int attempt) {
    Optional<ReadOnlyWindow> window =
        context
            .runbook()
            .cutover()
            .readOnly()
            .map(atMost -> quiet(context, session, transitions, stamped, atMost));
    var locks =
        new ArrayList<>(
            transitions.locks(t -> t.lock(session, t.lockedAtCutover(session), attempt)));
    locks.add(() -> Stamps.locks(stamped));
    SharedWait.take(session, locks);
    return window;
  }

  private static List<String> swap(
      PhaseContext context,
      PgSession session,
      Transitions transitions,
      Optional<ReadOnlyWindow> window) {
    Runbook runbook = context.runbook();
    var relaxed = new ArrayList<TargetState.Relaxed>(TargetState.relaxed(session));
    for (Transition transition : transitions) {
      transition.remember(session);
      Transition.Crossing crossing = transition.cross(session, runbook);
      StepRunner.run(session, crossing.steps());
      relaxed.addAll(crossing.relaxed());
    }
    TargetState.relaxed(session, relaxed);
    Stamps.write(session, context.bundle());
    session.execute("DELETE FROM rubicon.legacy_write");
    LeavingUse.remember(session, runbook);
    TargetState.cutOver(session);
    for (Runbook.Invariant condition : runbook.cutover().postConditions()) {
      var found = new AtomicLong();
      Runnable ask = () -> found.set(Invariants.violations(session, condition));
      window.ifPresentOrElse(open -> open.within(ask), ask);
      long rows = found.get();
      if (rows > 0) {
        throw new RubiconException(
            ErrorCode.POST_CONDITION_FAILED,
            "post-condition '"
                + condition.name()
                + "' returns "
                + rows
                + " rows: nothing was committed",
            "mend what it tells of, then approve the cutover again");
      }
    }
    return relaxed.stream().map(r -> r.relation() + ": " + r.what()).toList();
  }

  /**
   * The read-only window: writers wait (they do not fail) while both sides are compared once more,
   * without traffic. It is a lock of this very transaction, so it ends with it, also when the
   * worker dies: a database-wide {@code default_transaction_read_only} would outlive a crash, and
   * would not reach sessions that are already open.
   */
  private static ReadOnlyWindow quiet(
      PhaseContext context,
      PgSession session,
      Transitions transitions,
      List<RelationName> stamped,
      Duration atMost) {
    SharedWait.take(
        session,
        transitions.readOnly(session, stamped).stream()
            .<Supplier<List<Step>>>map(step -> () -> List.of(step))
            .toList());
    ReadOnlyWindow window = ReadOnlyWindow.open(session, atMost);
    window.within(() -> Verify.inQuiet(context, session, transitions, window::limit));
    window.limit();
    return window;
  }
}
