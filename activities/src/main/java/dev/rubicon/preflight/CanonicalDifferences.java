package dev.rubicon.preflight;

import dev.rubicon.bundle.Bundle;
import dev.rubicon.config.Commands;
import dev.rubicon.engine.Progress;
import dev.rubicon.finding.Finding;
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
   * @param crossed whether a rollout was cut over there, and not contracted
   */
  public Compared of(Target target, PgSession session, Bundle bundle, Side now, boolean crossed) {
    Runbook runbook = bundle.runbook();
    progress.update("canonical", 0, 0, "");
    Side canonical;
    try (var scratch = ScratchDatabase.create(staging, tag, progress);
        var built = scratch.open()) {
      new CanonicalBuild(commands, progress).into(scratch, bundle);
      canonical = Side.read(built, runbook.schemas());
    }
    var dispositions = new Dispositions(runbook);
    Repair repair = Repair.between(now, canonical, dispositions::drops);
    List<Finding> findings =
        crossed
            ? new CrossedTarget(bundle, target, staging, new SchemaCopy(pgBin), tag, progress)
                .differences(session, repair, canonical.snapshot())
            : repair.findings();
    return new Compared(
        canonical.snapshot().fingerprint(),
        findings.stream()
            .map(finding -> Judgement.kept(runbook, finding))
            .map(dispositions::apply)
            .toList());
  }
}
