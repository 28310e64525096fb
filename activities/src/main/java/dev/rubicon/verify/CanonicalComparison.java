package dev.rubicon.verify;

import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.catalog.ObjectKind;
import dev.rubicon.catalog.definition.SequenceDefinition;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.evidence.EvidenceNames;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.transition.Transitions;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How the target stands against canonical while a rollout is under way. */
final class CanonicalComparison {
  private CanonicalComparison() {}

  /**
   * Evidence. Here it stops nothing: the plan has stopped at what the rollout does not bring, and
   * what the cutover or contract bring may still be missing.
   */
  static void record(PhaseContext context, PgSession session, CatalogSnapshot now) {
    TargetState.canonical(session)
        .map(canonical -> CatalogDiff.between(now, canonical))
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
                    session,
                    canonical,
                    CatalogDiff.between(CatalogReader.read(session, runbook.schemas()), canonical)))
        .orElse(List.of());
  }

  private static List<String> missing(
      Runbook runbook, PgSession session, CatalogSnapshot canonical, List<Finding> differences) {
    Set<String> comesWithContract = comesWithContract(session, canonical);
    return new Dispositions(runbook)
        .apply(differences.stream().filter(f -> f.kind() == Finding.Kind.MISSING)).stream()
            .filter(Finding::blocks)
            .map(Finding::id)
            .filter(id -> !comesWithTheCutover(runbook, id))
            .filter(id -> !comesWithContract.contains(id))
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

  /** The sequence of an identity column that draws from legacy's until contract. */
  private static Set<String> comesWithContract(PgSession session, CatalogSnapshot canonical) {
    Set<String> columns =
        Transitions.installed(session).stream()
            .flatMap(t -> t.identityColumns().stream())
            .map(column -> ObjectKind.COLUMN.word() + ":" + column)
            .collect(Collectors.toSet());
    return canonical.of(ObjectKind.SEQUENCE).stream()
        .filter(sequence -> SequenceDefinition.of(sequence).identity())
        .filter(sequence -> columns.contains(sequence.of()))
        .map(sequence -> "missing:" + sequence.name())
        .collect(Collectors.toSet());
  }
}
