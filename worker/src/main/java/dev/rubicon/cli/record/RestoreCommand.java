package dev.rubicon.cli.record;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.restore.Restore;
import dev.rubicon.rollout.Phase;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon restore}. */
@Command(
    name = "restore",
    description = {
      "The last resort: restores a verified backup into a new database beside the target's.",
      "The target is not touched: the SQL that swaps the names, and what the swap would lose, are"
          + " printed."
    })
public final class RestoreCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--manifest",
      paramLabel = "KEY",
      description = "Key of a backup's manifest.json (default: the target's newest).")
  private String manifest;

  @Option(
      names = "--backup-of",
      paramLabel = "NAME",
      description = "Target that the manifest is of (default: the target; another's is refused).")
  private String backupOf;

  @Option(
      names = "--database",
      required = true,
      paramLabel = "NEW",
      description = "Name of the new database; must not exist.")
  private String database;

  @Override
  public Integer call() {
    var config = root.config();
    var where = config.target(root.target(config, target.named()));
    try (var store = ObjectStore.open(config.objectStore());
        var progress = Foreground.start(root.console())) {
      var restore = new Restore(store, config);
      String of = backupOf == null ? where.name() : backupOf;
      String key = manifest == null ? newest(restore, of) : manifest;
      root.console().progress("restoring " + key);
      Restore.Restored restored =
          restore.run(key, of, where, database, new SessionTag("restore", Phase.BACKUP), progress);
      root.answer(restored, () -> text(restored));
      return ErrorCode.Exit.DONE;
    }
  }

  /** Rollouts' ids begin with the time of their launch, so the last key is the newest backup. */
  private static String newest(Restore restore, String target) {
    List<String> keys = restore.manifests(target);
    if (keys.isEmpty()) {
      throw new RubiconException(
          ErrorCode.OBJECT_MISSING,
          "the bucket holds no complete backup of " + target,
          "a rollout takes one before it changes anything: rubicon list");
    }
    return keys.getLast();
  }

  private String text(Restore.Restored restored) {
    var text = new StringBuilder();
    text.append(restored.url())
        .append("\nas of ")
        .append(restored.snapshotAt())
        .append(": ")
        .append(restored.relations())
        .append(" relations, equal to the manifest\n");
    restored.notes().forEach(note -> text.append("note: ").append(note).append('\n'));
    List<Restore.Since> changed = restored.since().stream().filter(Restore.Since::changed).toList();
    if (changed.isEmpty()) {
      text.append("the target holds the same rows now: a swap would lose none\n");
    } else {
      text.append("a swap would lose what changed since:\n\n").append(lost(changed)).append('\n');
    }
    text.append("\nto swap the names, from another database, as a superuser or the owner:\n");
    restored.swap().forEach(sql -> text.append("  ").append(sql).append(";\n"));
    return text.toString().stripTrailing();
  }

  private String lost(List<Restore.Since> changed) {
    var table = new Table("relation", "rows in backup", "rows now");
    for (Restore.Since since : changed) {
      table.row(
          since.relation(),
          Long.toString(since.rowsInBackup()),
          since.rowsNow() < 0 ? "not there" : Long.toString(since.rowsNow()));
    }
    return table.text(Paint.of(root.console()));
  }
}
