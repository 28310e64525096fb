package dev.rubicon.preflight;

import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.config.Commands;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.finding.Finding;
import dev.rubicon.installed.TargetState;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.Target;
import dev.rubicon.preflight.finding.MeasuredFindings;
import dev.rubicon.preflight.finding.SizeLimits;
import dev.rubicon.preflight.scratch.CanonicalBuild;
import dev.rubicon.preflight.scratch.ScratchDatabase;
import dev.rubicon.repair.sql.Side;
import java.util.List;

/** Where canonical comes from: built on staging, or remembered by the target. */
record CanonicalSource(PhaseContext context, Target staging, Commands commands) {

  /** Of the runbook's files, or by its program. */
  Side built(PgSession target, int major, List<Finding> found) {
    context.progress().update("canonical", 0, 0, "");
    try (var scratch = ScratchDatabase.create(staging, context.tag(), context.progress());
        var session = scratch.open()) {
      int stagingMajor = major(session);
      if (stagingMajor != major) {
        found.add(
            MeasuredFindings.note(
                "staging-version",
                "canonical was built by PostgreSQL "
                    + stagingMajor
                    + ", the target runs "
                    + major
                    + ": definitions may be printed differently"));
      }
      new CanonicalBuild(commands, context.progress()).into(scratch, context.bundle());
      found.addAll(SizeLimits.of(target, session, context.runbook()));
      return Side.read(session, context.runbook().schemas());
    }
  }

  /** Where nothing builds it, it is what the rollout that is under way was launched for. */
  CatalogSnapshot remembered(PgSession session) {
    return TargetState.canonical(session)
        .orElseThrow(
            () ->
                new RubiconException(
                    ErrorCode.TARGET_CHANGED,
                    "the target holds an unfinished rollout of this bundle, and has forgotten what"
                        + " it leads to",
                    "take it back: rubicon abort --target " + context.target().name()));
  }

  private static int major(PgSession session) {
    return Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
  }
}
