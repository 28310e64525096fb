package dev.rubicon.expand;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.installed.OthersChanges;
import dev.rubicon.installed.TargetState;
import dev.rubicon.leaving.LeavingTriggers;
import dev.rubicon.locks.LockLadder;
import dev.rubicon.locks.TargetLock;
import dev.rubicon.partition.PartitionScript;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.TargetStage;
import dev.rubicon.sequence.SequenceRepair;
import dev.rubicon.transition.Transitions;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Additive changes: the target's memory first, then Flyway's migrations with short locks, then the
 * indexes that are built concurrently.
 */
public final class Expand {
  private final Function<PhaseContext, Optional<CatalogSnapshot>> canonical;

  public Expand() {
    this(context -> Optional.empty());
  }

  /**
   * @param canonical canonical's snapshot, if it was built; verification then compares the target
   *     with it
   */
  public Expand(Function<PhaseContext, Optional<CatalogSnapshot>> canonical) {
    this.canonical = canonical;
  }

  public Facts.Expand run(PhaseContext context) {
    try (TargetLock lock = TargetLock.acquire(context);
        PgSession session = context.open(SessionLimits.SHORT)) {
      remember(context, session);
      if (TargetState.find(session).orElseThrow().stage() == TargetStage.EXPANDING) {
        OthersChanges.begin(session, context.runbook().schemas(), Phase.EXPAND);
      }
      lock.check();
      List<String> migrations = new Migrations(context).apply(session);
      if (!context.runbook().partitions().isEmpty()) {
        context
            .evidence()
            .record(
                EvidenceNames.PARTITION_FUNCTIONS,
                PartitionScript.of(context.runbook(), context.input().bundle()));
      }
      // What is not installed yet is compiled before indexes are built, which may take hours.
      Transitions.installed(session).missing(session, context.runbook());
      lock.check();
      List<String> indexes =
          new ConcurrentIndexes(context).build(ConcurrentIndexes.Group.BEFORE_TRANSITIONS);
      LeavingTriggers.install(context, session);
      if (SequenceRepair.wanted(context.runbook())) {
        // Behind the migrations, which may change what a sequence feeds.
        SequenceRepair.run(context, session, LockLadder.DDL);
      }
      List<SequenceRepair.Repaired> set = SequenceRepair.done(session);
      if (!set.isEmpty()) {
        context.evidence().record(SequenceRepair.Repaired.EVIDENCE, set);
      }
      if (OthersChanges.under(session, Phase.EXPAND)) {
        OthersChanges.settle(session, context.runbook().schemas());
      }
      TargetState.atLeast(session, TargetStage.EXPANDED);
      return new Facts.Expand(
          migrations, indexes, set.stream().map(SequenceRepair.Repaired::toString).toList());
    }
  }

  /** Creates the memory, once; what stands in it is what abort must come back to. */
  private void remember(PhaseContext context, PgSession session) {
    Optional<TargetState.Row> found = TargetState.find(session);
    if (found.isPresent()) {
      TargetState.refuseForeign(found.get(), context.input().bundle());
      return;
    }
    // What dual write would refuse is refused before anything is touched; where there are
    // migrations, behind them, as in the plan's trial: expressions may call what they create.
    if (context.bundle().migrations().isEmpty()) {
      Transitions.of(List.of()).missing(session, context.runbook());
    }
    CatalogSnapshot baseline = CatalogReader.read(session, context.runbook().schemas());
    TargetState.create(
        session,
        context.input().bundle(),
        context.input().rollout(),
        baseline.fingerprint(),
        baseline);
    canonical.apply(context).ifPresent(snapshot -> TargetState.canonical(session, snapshot));
  }
}
