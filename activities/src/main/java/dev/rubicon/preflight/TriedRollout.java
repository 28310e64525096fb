package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.CatalogStructure;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.finding.Finding;
import dev.rubicon.invariant.DataInvariant;
import dev.rubicon.invariant.DerivedInvariants;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.preflight.finding.LostGrants;
import dev.rubicon.preflight.finding.MeasuredFindings;
import dev.rubicon.preflight.finding.SizeLimits;
import dev.rubicon.preflight.scratch.CopiedSchema;
import dev.rubicon.preflight.trial.Effect;
import dev.rubicon.preflight.trial.Effects;
import dev.rubicon.preflight.trial.PlannedStep;
import dev.rubicon.preflight.trial.Standing;
import dev.rubicon.preflight.trial.Trial;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.sql.Side;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole rollout on a copy of the target's schema: which differences it makes go, what it would
 * bring or leave behind, and what its constraints demand of the rows.
 *
 * @param copied on which it is tried
 * @param target that is read for the rows
 * @param planned gets the statements that the rollout would send
 */
record TriedRollout(
    PhaseContext context,
    CopiedSchema copied,
    PgSession target,
    Consumer<List<PlannedStep>> planned) {

  /**
   * @param structure of the copy behind it
   * @param invariants what its constraints demand of the rows
   * @param limits what of its shape the target's rows may be too large for
   */
  record Tried(
      Trial.Result trial,
      CatalogStructure structure,
      List<DataInvariant> invariants,
      List<Finding> limits) {

    /** Canonical where nothing builds it: the target, and what the rollout made other of a copy. */
    Side canonical(CatalogSnapshot target) {
      return new Side(DerivedCanonical.of(target, trial.before(), trial.after()), structure);
    }
  }

  /**
   * @param canonical empty where it is what comes of this
   */
  Tried attempt(Optional<CatalogSnapshot> canonical) {
    context.progress().update("effects", 0, 0, "");
    context.progress().checkCancelled();
    CopiedSchema.Made made = copied.made();
    try (PgSession session = made.scratch().open()) {
      Trial.Result trial = new Trial(context.bundle(), session, canonical).run();
      context.evidence().record(Effects.EVIDENCE, new Effects(trial.effects(), made.left()));
      return new Tried(
          trial,
          CatalogStructure.read(session, context.runbook().schemas()),
          DerivedInvariants.of(context.runbook(), target, session),
          canonical.isPresent() ? List.of() : SizeLimits.of(target, session, context.runbook()));
    }
  }

  /** The differences, each with what the rollout does about it, and what the trial brought up. */
  List<Finding> findings(Tried tried, Repair repair, CatalogSnapshot canonical, boolean settled) {
    List<Finding> differences = repair.findings();
    Trial.Result trial = tried.trial();
    List<Finding> data = Preflight.data(context, target, tried.invariants(), changedRows(trial));
    if (settled && Standing.stoodBefore(trial.effects())) {
      return Stream.concat(differences.stream(), Stream.of(MeasuredFindings.finished())).toList();
    }
    planned.accept(trial.steps());
    var was = ids(CatalogDiff.between(trial.before(), canonical));
    var is = byId(CatalogDiff.between(trial.after(), canonical));
    var known = ids(differences);
    var lost = new LostGrants(trial.before(), trial.after(), context.runbook());
    Stream<Finding> marked =
        differences.stream()
            .map(
                difference ->
                    was.contains(difference.id()) && !is.containsKey(difference.id())
                        ? gone(difference, lost.reason(difference))
                        : difference);
    Stream<Finding> brought =
        is.values().stream()
            .filter(after -> !was.contains(after.id()) && !known.contains(after.id()))
            .map(
                after ->
                    Dispositions.with(
                        after, Finding.Disposition.OPEN, "the rollout itself would bring it"));
    Stream<Finding> behind =
        is.values().stream()
            .filter(after -> was.contains(after.id()))
            .flatMap(
                after ->
                    repair
                        .root(after.id())
                        .filter(root -> !is.containsKey(root))
                        .map(
                            root ->
                                Dispositions.with(
                                    after,
                                    Finding.Disposition.OPEN,
                                    "the rollout does not bring it with " + root))
                        .stream());
    return Stream.of(marked, brought, behind, trial.findings().stream(), data.stream())
        .flatMap(Function.identity())
        .toList();
  }

  private static Set<String> changedRows(Trial.Result trial) {
    return trial.effects().stream()
        .flatMap(effect -> effect.locks().stream())
        .filter(lock -> lock.mode().equals("RowExclusiveLock"))
        .map(Effect.Lock::relation)
        .collect(Collectors.toSet());
  }

  private static Finding gone(Finding difference, Optional<String> lost) {
    return lost.map(why -> Dispositions.with(difference, Finding.Disposition.OPEN, why))
        .orElseGet(
            () ->
                Dispositions.with(
                    difference,
                    Finding.Disposition.FIXED_BY_ROLLOUT,
                    "gone once the rollout is through, as tried on a copy"));
  }

  private static HashSet<String> ids(List<Finding> findings) {
    return findings.stream().map(Finding::id).collect(Collectors.toCollection(HashSet::new));
  }

  private static Map<String, Finding> byId(List<Finding> findings) {
    var map = new LinkedHashMap<String, Finding>();
    findings.forEach(finding -> map.put(finding.id(), finding));
    return map;
  }
}
