package dev.rubicon.preflight;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogDiff;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.engine.Progress;
import dev.rubicon.finding.Finding;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.preflight.finding.MeasuredFindings;
import dev.rubicon.preflight.scratch.MemoryCopy;
import dev.rubicon.preflight.scratch.SchemaCopy;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.preflight.trial.Trial;
import dev.rubicon.repair.Repair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A target that was cut over and not contracted. Legacy, and what keeps both sides in step, are no
 * differences there, because contract takes them: which those are is tried on a copy of the schema,
 * the target's memory in it.
 */
record CrossedTarget(
    Bundle bundle,
    Target target,
    Target staging,
    SchemaCopy copy,
    SessionTag tag,
    Progress progress) {

  /**
   * @param repair of the target as it is now
   */
  List<Finding> differences(PgSession session, Repair repair, CatalogSnapshot canonical) {
    progress.checkCancelled();
    String dump = copy.dumpWithMemory(target, tag, progress);
    Trial.Result trial;
    try (var scratch = ScratchDatabase.create(staging, tag, progress)) {
      copy.restore(dump, scratch);
      try (PgSession there = scratch.open()) {
        MemoryCopy.take(session, there);
        trial = new Trial(bundle, there, Optional.of(canonical)).contract();
      }
    }
    // What a copy cannot have, such as a grant to a role that staging lacks, is compared on the
    // target: the copy only says what goes and what comes.
    Map<String, Finding> was = byId(trial.before(), canonical);
    Map<String, Finding> is = byId(trial.after(), canonical);
    return Stream.of(
            repair.findings().stream()
                .map(
                    difference ->
                        was.containsKey(difference.id()) && !is.containsKey(difference.id())
                            ? Dispositions.with(
                                difference,
                                Finding.Disposition.IGNORED,
                                "contract takes it, as tried on a copy")
                            : difference),
            is.values().stream()
                .filter(after -> !was.containsKey(after.id()))
                .map(
                    after ->
                        Dispositions.with(
                            after, Finding.Disposition.OPEN, "contract itself would bring it")),
            trial.findings().stream()
                .filter(finding -> finding.kind() == Finding.Kind.HAZARD)
                .map(MeasuredFindings::inContractsWay))
        .flatMap(Function.identity())
        .toList();
  }

  private static Map<String, Finding> byId(CatalogSnapshot there, CatalogSnapshot canonical) {
    return CatalogDiff.between(there, canonical).stream()
        .collect(Collectors.toMap(Finding::id, Function.identity(), (first, _) -> first));
  }
}
