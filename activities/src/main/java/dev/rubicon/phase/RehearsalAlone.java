package dev.rubicon.phase;

import dev.rubicon.backup.BackupKeys;
import dev.rubicon.backup.TakeBackup;
import dev.rubicon.catalog.CatalogSnapshot;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.preflight.Preflight;
import dev.rubicon.rehearse.Rehearse;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import dev.rubicon.runbook.CloneSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The rehearsal without a rollout: preflight, backup, clone and rehearse by the code that the
 * workers run, in the caller's process. The target is read only; what was made for it (the backup's
 * objects, the golden database, its copy) is removed again.
 */
public final class RehearsalAlone {
  private final RubiconConfig config;
  private final ObjectStore store;

  public RehearsalAlone(RubiconConfig config, ObjectStore store) {
    this.config = config;
    this.store = store;
  }

  /**
   * @param context of phase preflight, with an id of its own where a rollout's would be
   * @param canonical what preflight has recorded of canonical
   */
  public Facts.Rehearsal run(PhaseContext context, Supplier<Optional<CatalogSnapshot>> canonical) {
    if (context.runbook().cloneSource() instanceof CloneSource.None(String reason)) {
      throw new RubiconException(
          ErrorCode.REHEARSAL_FAILED,
          "the runbook has no clone to rehearse on: " + reason,
          "set clone: backup or clone: {staging: TARGET} in runbook.yaml");
    }
    context.progress().update("preflight", 0, 0, "");
    new Preflight(config.staging(), config.pgBin(), config.commands()).run(context);
    var golden = new GoldenClone(store, config);
    try {
      context.progress().update("backup", 0, 0, "");
      Facts.Backup backup = new TakeBackup(store, config).run(context.in(Phase.BACKUP));
      try {
        context.progress().update("clone", 0, 0, "");
        Facts.Clone clone = golden.run(context.in(Phase.CLONE), backup);
        context.progress().update("rehearse", 0, 0, "");
        return new Rehearse(
                new GoldenCopies(golden, config), config.staging(), _ -> canonical.get())
            .run(context.in(Phase.REHEARSE), clone);
      } finally {
        golden.drop(context.tag(), backup);
      }
    } finally {
      String prefix = BackupKeys.of(context.input().target(), context.input().rollout()).prefix();
      store.abortOrphans(prefix);
      store.keys(prefix).forEach(store::delete);
    }
  }
}
