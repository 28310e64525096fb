package dev.rubicon.phase;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.golden.TemplateCopy;
import dev.rubicon.postgres.Target;
import dev.rubicon.rehearse.CloneCopies;
import dev.rubicon.rollout.Digest;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.CloneSource;

/** A rehearsal's database: a template copy that is dropped afterwards, or the staging target. */
public record GoldenCopies(GoldenClone golden, RubiconConfig config) implements CloneCopies {

  @Override
  public Copy take(PhaseContext context, Facts.Clone clone) {
    String name = "rubicon_clone_" + Digest.of(context.input().rollout()).substring(0, 16);
    Target target = golden.rehearsalTarget(context, clone, name);
    boolean ours = context.runbook().cloneSource() instanceof CloneSource.FromBackup;
    return new Copy() {
      @Override
      public Target target() {
        return target;
      }

      @Override
      public void close() {
        if (ours) {
          new TemplateCopy(config.staging(), context.tag(), Progress.NONE).drop(name);
        }
      }
    };
  }
}
