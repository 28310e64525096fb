package dev.rubicon.verify;

import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.Dispositions;
import dev.rubicon.runbook.Runbook;
import java.util.List;
import java.util.regex.Pattern;

/** How the target stands against canonical while a rollout is under way. */
final class CanonicalComparison {
  private CanonicalComparison() {}

  /**
   * Evidence. Here it stops nothing: the plan has stopped at what the rollout does not bring, and
   * what the cutover or contract bring may still be missing.
   */
  static void record(PhaseContext context, PgSession session) {
    TargetState.canonical(session)
        .map(
            canonical ->
                CatalogDiff.between(
                    CatalogReader.read(session, context.runbook().schemas()), canonical))
        .ifPresent(
            differences ->
                context
                    .evidence()
                    .record(
                        EvidenceNames.DIFFERS_FROM_CANONICAL,
                        differences.stream().map(Finding::id).toList()));
  }

  /** Ids of what canonical has and the target lacks, unless the runbook accepts it. */
  static List<String> missing(Runbook runbook, PgSession session) {
    return TargetState.canonical(session)
        .map(
            canonical ->
                missing(
                    runbook,
                    CatalogDiff.between(CatalogReader.read(session, runbook.schemas()), canonical)))
        .orElse(List.of());
  }

  private static List<String> missing(Runbook runbook, List<Finding> differences) {
    return new Dispositions(runbook)
        .apply(differences.stream().filter(f -> f.kind() == Finding.Kind.MISSING)).stream()
            .filter(Finding::blocks)
            .map(Finding::id)
            .filter(id -> !comesWithTheCutover(runbook, id))
            .toList();
  }

  /** A relation that has its name only from the cutover on, and what is in it. */
  private static boolean comesWithTheCutover(Runbook runbook, String id) {
    return runbook.transitions().stream()
        .flatMap(t -> t.shadow().stream())
        .filter(s -> s.builtAs().isPresent())
        .map(s -> RelationName.parse(s.to()))
        .anyMatch(to -> id.matches("missing:[a-z]+:" + Pattern.quote(to.toString()) + "(\\..*)?"));
  }
}
