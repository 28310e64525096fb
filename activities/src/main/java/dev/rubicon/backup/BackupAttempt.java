package dev.rubicon.backup;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.MultipartUpload;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.rollout.Facts;
import dev.rubicon.target.PgSession;
import dev.rubicon.target.RelationName;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One attempt with one snapshot: pg_dump streams into the store while the session that exported the
 * snapshot counts and hashes the same rows. Either everything is of that snapshot, or there is no
 * manifest.
 */
final class BackupAttempt {
  private final ObjectStore store;
  private final RubiconConfig config;
  private final PhaseContext context;
  private final BackupKeys keys;
  private volatile boolean givenUp;

  BackupAttempt(ObjectStore store, RubiconConfig config, PhaseContext context, BackupKeys keys) {
    this.store = store;
    this.config = config;
    this.context = context;
    this.keys = keys;
  }

  private record Tables(List<Manifest.Relation> relations, Manifest.LargeObjects largeObjects) {}

  Facts.Backup run() {
    try (var holder = SnapshotHolder.open(context);
        Progress.Handle _ = context.progress().cancelsWith(holder.session())) {
      if (store.exists(keys.manifest())) {
        return TakeBackup.facts(store, keys.manifest()); // completed while we waited for the lock
      }
      removeLeftovers();
      PgSession session = holder.session();
      String serverVersion = session.value("SHOW server_version");
      int major = Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
      PgTools tools = PgTools.forServer(config.pgBin(), major);
      var before = DatabaseReader.positions(session);
      var properties = DatabaseReader.properties(session);
      var roles = DatabaseReader.roles(session);
      String catalog = CatalogReader.read(session, context.runbook().schemas()).fingerprint();
      List<RelationName> names = TableFingerprints.tables(session);

      String attempt = UUID.randomUUID().toString().substring(0, 8);
      MultipartUpload.Uploaded dump;
      Tables tables;
      try (var upload = store.upload(keys.dump(attempt));
          var child = ChildTool.start(command(tools, holder), context.target(), context.tag());
          Progress.Handle _ = context.progress().cancelsWith(child::stop)) {
        CompletableFuture<Tables> hashing = hash(session, names, child);
        dump = pump(child, upload, hashing, session);
        tables = await(hashing);
      } catch (IOException e) {
        throw new RubiconException(
            ErrorCode.BACKUP_FAILED, "pg_dump could not be started", "rubicon doctor", e);
      }
      var sequences = sequences(before, DatabaseReader.positions(session));
      holder.assertAlive();
      context.progress().checkCancelled();
      return publish(
          new Manifest(
              Manifest.FORMAT,
              context.input().target(),
              context.input().rollout(),
              context.input().bundle(),
              holder.takenAt(),
              serverVersion,
              tools.version(),
              properties,
              new Manifest.Dump(dump.key(), dump.bytes(), dump.sha256()),
              tables.relations(),
              sequences,
              tables.largeObjects(),
              context.runbook().schemas(),
              catalog,
              roles));
    }
  }

  /** Safe under the advisory lock: whoever began these is gone. */
  private void removeLeftovers() {
    store.abortOrphans(keys.prefix());
    store.keys(keys.prefix()).forEach(store::delete);
  }

  private static List<String> command(PgTools tools, SnapshotHolder holder) {
    return List.of(
        tools.pgDump().toString(),
        "--format=custom",
        "--no-password",
        "--snapshot=" + holder.snapshot(),
        "--lock-wait-timeout=60s",
        // The rollback checkpoint is the whole database, without our own bookkeeping.
        "--exclude-schema=rubicon");
  }

  private CompletableFuture<Tables> hash(
      PgSession session, List<RelationName> names, ChildTool child) {
    var result = new CompletableFuture<Tables>();
    Thread.ofPlatform()
        .daemon()
        .name("fingerprints")
        .start(
            () -> {
              try {
                var relations = new ArrayList<Manifest.Relation>();
                for (RelationName name : names) {
                  context.progress().checkCancelled();
                  if (givenUp) {
                    throw new Progress.PhaseCancelled("the dump failed");
                  }
                  context
                      .progress()
                      .update("fingerprint " + name, relations.size(), names.size(), "");
                  relations.add(TableFingerprints.of(session, name));
                }
                result.complete(new Tables(relations, TableFingerprints.largeObjects(session)));
              } catch (RuntimeException e) {
                result.completeExceptionally(e);
                child.stop(); // the dump is worth nothing without them
              }
            });
    return result;
  }

  private MultipartUpload.Uploaded pump(
      ChildTool child,
      MultipartUpload upload,
      CompletableFuture<Tables> hashing,
      PgSession session) {
    boolean done = false;
    try {
      var chunk = new byte[1 << 16];
      InputStream output = child.output();
      long reported = 0;
      for (int got = output.read(chunk); got >= 0; got = output.read(chunk)) {
        upload.write(chunk, 0, got);
        if (upload.bytes() - reported > 1 << 20) {
          reported = upload.bytes();
          context.progress().update("pg_dump", reported, 0, "");
          context.progress().checkCancelled();
        }
      }
      int code = child.join();
      context.progress().checkCancelled();
      if (code != 0) {
        if (hashing.isCompletedExceptionally()) {
          await(hashing);
        }
        throw failed(code, child.complaint());
      }
      var uploaded = upload.finish();
      done = true;
      return uploaded;
    } catch (IOException e) {
      throw failed(child.join(), child.complaint());
    } finally {
      if (!done) {
        stopHashing(hashing, session);
      }
    }
  }

  /**
   * The session is not to be used, nor closed, while a statement of the other thread runs in it.
   */
  private void stopHashing(CompletableFuture<Tables> hashing, PgSession session) {
    givenUp = true;
    while (!hashing.isDone()) {
      try {
        session.cancelRunning();
      } catch (RubiconException e) {
        // The connection is gone; the other thread learns it by itself.
        org.slf4j.LoggerFactory.getLogger(BackupAttempt.class)
            .debug("nothing to cancel: {}", e.getMessage());
      }
      try {
        hashing.get(200, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        continue;
      } catch (ExecutionException e) {
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static RubiconException failed(int code, String complaint) {
    // A backend that is gone takes its snapshot with it: begin again rather than fail.
    boolean lost =
        complaint.contains("server closed the connection")
            || complaint.contains("terminating connection")
            || complaint.contains("invalid snapshot identifier")
            || complaint.contains("could not receive data");
    return new RubiconException(
        lost ? ErrorCode.CONNECTION_LOST : ErrorCode.BACKUP_FAILED,
        "pg_dump ended with " + code + ": " + complaint,
        "it is retried; what pg_dump needs: rubicon doctor");
  }

  private static Tables await(CompletableFuture<Tables> hashing) {
    try {
      return hashing.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException r) {
        throw r;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Progress.PhaseCancelled("interrupted");
    }
  }

  private static List<Manifest.Sequence> sequences(
      List<DatabaseReader.Position> before, List<DatabaseReader.Position> after) {
    var sequences = new ArrayList<Manifest.Sequence>();
    for (DatabaseReader.Position b : before) {
      after.stream()
          .filter(a -> a.schema().equals(b.schema()) && a.name().equals(b.name()))
          .forEach(
              a ->
                  sequences.add(
                      new Manifest.Sequence(
                          b.schema(), b.name(), b.increment(), b.cycles(), b.next(), a.next())));
    }
    return sequences;
  }

  private Facts.Backup publish(Manifest manifest) {
    store.put(keys.script(), RestoreScript.of(manifest), "text/x-shellscript");
    if (!store.putIfAbsent(keys.manifest(), manifest.toJson(), "application/json")) {
      // Somebody else's attempt is the backup; ours leaves no trace.
      store.delete(manifest.dump().key());
    }
    return TakeBackup.facts(store, keys.manifest());
  }
}
