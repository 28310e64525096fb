package dev.rubicon.backup;

import dev.rubicon.engine.Progress;
import dev.rubicon.engine.Ticker;
import dev.rubicon.objectstore.TransferNote;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Shows how a backup goes, also while all of its threads sit in something long, and sees to the
 * snapshot's limit.
 */
final class BackupWatch implements AutoCloseable {
  private final Progress progress;
  private final SnapshotHolder holder;
  private final TransferNote transfer;
  private final Runnable tooOld;
  private final Ticker ticker;
  private volatile Shown shown = new Shown("pg_dump", 0, 0);

  private record Shown(String what, long done, long total) {}

  /**
   * @param tooOld ends the backup; called again as long as it has not
   */
  BackupWatch(Progress progress, SnapshotHolder holder, TransferNote transfer, Runnable tooOld) {
    this.progress = progress;
    this.holder = holder;
    this.transfer = transfer;
    this.tooOld = tooOld;
    long period = Math.clamp(holder.limit().toMillis() / 10, 50, 1000);
    ticker = Ticker.every(Duration.ofMillis(period), "rubicon-backup-watch", this::look);
  }

  Progress progress() {
    return progress;
  }

  void show(String what, long done, long total) {
    shown = new Shown(what, done, total);
    say(shown);
  }

  private void look() {
    say(shown);
    if (holder.tooOld()) {
      tooOld.run();
    }
  }

  private void say(Shown now) {
    String note =
        Stream.of(transfer.text(), holder.note())
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; "));
    progress.update(now.what(), now.done(), now.total(), note);
  }

  @Override
  public void close() {
    ticker.close();
  }
}
