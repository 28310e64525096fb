package dev.rubicon.preflight;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.config.Commands;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.finding.Dispositions;
import dev.rubicon.preflight.finding.Judgement;
import dev.rubicon.preflight.scratch.CanonicalBuild;
import dev.rubicon.preflight.scratch.SchemaCopy;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.repair.Repair;
import dev.rubicon.repair.sql.Side;
import dev.rubicon.runbook.Runbook;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** How a target on which no rollout is under way differs from canonical, without a trial of one. */
public final class CanonicalDifferences {
  private final Target staging;
  private final Optional<Path> pgBin;
  private final SessionTag tag;
  private final Commands commands;
  private final Progress progress;

  /**
   * @param commands whether canonical may come of a program
   */
  public CanonicalDifferences(
      Target staging, Optional<Path> pgBin, Commands commands, SessionTag tag, Progress progress) {
    this.commands = commands;
    this.staging = staging;
    this.pgBin = pgBin;
    this.tag = tag;
    this.progress = progress;
  }

  /**
   * @param canonical its fingerprint
   * @param findings with SQL, and with what the runbook says of each
   */
  public record Compared(String canonical, List<Finding> findings) {}

  /**
   * @param last what the last rollout led to, for a runbook whose canonical is derived
   * @param crossed whether a rollout was cut over there, and not contracted
   * @throws RubiconException CANONICAL_DERIVED where no rollout has led there yet
   */
  public Compared of(
      Target target,
      PgSession session,
      Bundle bundle,
      Side now,
      Supplier<Optional<CatalogSnapshot>> last,
      boolean crossed) {
    Runbook runbook = bundle.runbook();
    progress.update("canonical", 0, 0, "");
    var dispositions = new Dispositions(runbook);
    CatalogSnapshot canonical;
    Repair repair;
    if (runbook.canonical().derived()) {
      canonical =
          (crossed ? TargetState.canonical(session) : last.get())
              .orElseThrow(() -> derived(target.name()));
      repair = Repair.named(now.snapshot(), canonical);
    } else {
      try (var scratch = ScratchDatabase.create(staging, tag, progress);
          var built = scratch.open()) {
        new CanonicalBuild(commands, progress).into(scratch, bundle);
        Side side = Side.read(built, runbook.schemas());
        canonical = side.snapshot();
        repair = Repair.between(now, side, dispositions::drops);
      }
    }
    List<Finding> findings =
        crossed
            ? new CrossedTarget(bundle, target, staging, new SchemaCopy(pgBin), tag, progress)
                .differences(session, repair, canonical)
            : repair.findings();
    return new Compared(
        canonical.fingerprint(),
        findings.stream()
            .map(finding -> Judgement.kept(runbook, finding))
            .map(dispositions::apply)
            .toList());
  }

  private static RubiconException derived(String target) {
    return new RubiconException(
        ErrorCode.CANONICAL_DERIVED,
        "this runbook's canonical is what a rollout makes of the target, and none has come to its"
            + " end on "
            + target
            + " yet",
        "rubicon plan, which derives it; or compare with a file: rubicon drift --save FILE, and"
            + " later --against FILE");
  }
}
