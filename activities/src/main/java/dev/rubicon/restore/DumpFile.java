package dev.rubicon.restore;

import dev.rubicon.backup.Manifest;
import dev.rubicon.engine.Progress;
import dev.rubicon.engine.Ticker;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.Digests;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.objectstore.Traffic;
import dev.rubicon.objectstore.TransferNote;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The dump on the worker's disk, complete and checked. It is not piped into pg_restore: a dump is a
 * program that runs with the server's rights, so none of it runs before all of it is known to be
 * what was written. That takes as much temporary disk as the (compressed) dump has bytes; in
 * return, pg_restore can work in parallel.
 */
final class DumpFile implements AutoCloseable {
  private static final String NAME = "rubicon-dump-";

  private final Path path;

  private DumpFile(Path path) {
    this.path = path;
  }

  static DumpFile download(ObjectStore store, Manifest.Dump dump, Progress progress) {
    Path file = null;
    boolean complete = false;
    try {
      removeOfDeadProcesses();
      file = Files.createTempFile(NAME + ProcessHandle.current().pid() + "-", ".pgc");
      String found = copy(store, dump, file, progress);
      if (!found.equals(dump.sha256())) {
        throw new RubiconException(
            ErrorCode.BACKUP_CORRUPT,
            dump.key() + " has SHA-256 " + found + ", its manifest says " + dump.sha256(),
            "restore the object from the bucket's versions, or use another backup");
      }
      complete = true;
      return new DumpFile(file);
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.DISK_FULL,
          "the dump ("
              + dump.bytes()
              + " bytes) cannot be kept in "
              + System.getProperty("java.io.tmpdir")
              + " ("
              + e.getClass().getSimpleName()
              + ")",
          "free space there, or set java.io.tmpdir to a bigger disk");
    } finally {
      if (!complete && file != null) {
        delete(file);
      }
    }
  }

  private static String copy(ObjectStore store, Manifest.Dump dump, Path file, Progress progress)
      throws IOException {
    var digest = Digests.sha256();
    var traffic = new Traffic();
    var note = TransferNote.ofDownload(traffic, "the disk takes");
    var done = new AtomicLong();
    Runnable show =
        () -> progress.update("download " + dump.key(), done.get(), dump.bytes(), note.text());
    note.waitsForStore();
    try (Progress.Handle _ = progress.cancelsWith(traffic::stop);
        var _ = Ticker.every(Duration.ofSeconds(1), "rubicon-download", show);
        InputStream in = store.stream(dump.key(), traffic);
        OutputStream out = Files.newOutputStream(file)) {
      var chunk = new byte[1 << 20];
      for (int got = in.read(chunk); got >= 0; got = in.read(chunk)) {
        note.waitsForOther();
        digest.update(chunk, 0, got);
        out.write(chunk, 0, got);
        note.waitsForStore();
        note.passed(got);
        done.addAndGet(got);
        show.run();
        progress.checkCancelled();
      }
    } catch (RubiconException e) {
      progress.checkCancelled(); // what a stopped call throws looks like a failure
      throw e;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A worker that was killed could not remove its own. */
  private static void removeOfDeadProcesses() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches(NAME + "\\d+-\\d+\\.pgc")) {
          long pid = Long.parseLong(name.substring(NAME.length()).split("-")[0]);
          if (ProcessHandle.of(pid).isEmpty()) {
            delete(file);
          }
        }
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(DumpFile.class).warn("{} stays behind", file);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    delete(path);
  }
}
