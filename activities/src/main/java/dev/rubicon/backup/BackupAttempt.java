package dev.rubicon.backup;

import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.MultipartUpload;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.objectstore.TransferNote;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Facts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

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
  private final AtomicReference<RuntimeException> givenUp = new AtomicReference<>();

  BackupAttempt(ObjectStore store, RubiconConfig config, PhaseContext context, BackupKeys keys) {
    this.store = store;
    this.config = config;
    this.context = context;
    this.keys = keys;
  }

  Facts.Backup run() {
    try (var holder = SnapshotHolder.lock(context, config.snapshotLimit());
        Progress.Handle _ = context.progress().cancelsWith(holder.session())) {
      if (store.exists(keys.manifest())) {
        return TakeBackup.facts(
            store, keys.manifest()); // completed while this attempt waited for the lock
      }
      removeLeftovers();
      PgSession session = holder.session();
      int major = Integer.parseInt(session.value("SHOW server_version_num")) / 10_000;
      PgTools tools = PgTools.forServer(config.pgBin(), major);
      Manifest manifest = dump(holder, tools);
      context.progress().checkCancelled();
      return publish(manifest);
    }
  }

  /** Safe under the advisory lock: the attempt that began these has ended. */
  private void removeLeftovers() {
    store.abortOrphans(keys.prefix());
    store.keys(keys.prefix()).forEach(store::delete);
  }

  /** The snapshot is open in here, and only in here. */
  private Manifest dump(SnapshotHolder holder, PgTools tools) {
    String attempt = UUID.randomUUID().toString().substring(0, 8);
    try (var upload = store.upload(keys.dump(attempt))) {
      boolean complete = false;
      try {
        holder.begin();
        Manifest manifest = dump(holder, tools, upload, attempt);
        context.evidence().record(SnapshotHolder.EVIDENCE, holder.end());
        complete = true;
        return manifest;
      } catch (IOException e) {
        throw new RubiconException(
            ErrorCode.BACKUP_FAILED, "pg_dump could not be started", "rubicon doctor", e);
      } finally {
        if (!complete) {
          holder.close(); // before the upload is aborted, which may have to wait for the store
        }
      }
    }
  }

  private Manifest dump(
      SnapshotHolder holder, PgTools tools, MultipartUpload upload, String attempt)
      throws IOException {
    PgSession session = holder.session();
    String serverVersion = session.value("SHOW server_version");
    var before = DatabaseReader.positions(session);
    var properties = DatabaseReader.properties(session);
    var roles = DatabaseReader.roles(session);
    String catalog = CatalogReader.read(session, context.runbook().schemas()).fingerprint();
    List<RelationName> names = TableFingerprints.tables(session);

    var note = TransferNote.ofUpload(upload.traffic(), "pg_dump gives");
    MultipartUpload.Uploaded dump;
    Fingerprints.Tables tables;
    List<Manifest.Export> exports;
    try (var child = ChildTool.start(command(tools, holder), context.target(), context.tag());
        Progress.Handle _ = context.progress().cancelsWith(child::stop);
        Progress.Handle _ = context.progress().cancelsWith(upload.traffic()::stop);
        var watch =
            new BackupWatch(
                context.progress(), holder, note, () -> endTooOld(holder, child, upload))) {
      var fingerprints =
          Fingerprints.start(session, names, watch, reason -> giveUp(reason, child, upload));
      boolean done = false;
      try {
        dump = DumpStream.into(upload, child, note, watch, "pg_dump");
        exports = new BackupExports(store, context, keys, tools).write(holder, attempt, watch);
        tables = fingerprints.finish();
        done = true;
      } catch (RubiconException e) {
        // Checked first: a cancelled call fails with an error of its own.
        context.progress().checkCancelled();
        RuntimeException reason = givenUp.get();
        throw reason == null ? e : reason;
      } finally {
        if (!done) {
          fingerprints.stop();
        }
      }
    }
    var sequences = sequences(before, DatabaseReader.positions(session));
    return new Manifest(
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
        roles,
        exports);
  }

  private static List<String> command(PgTools tools, SnapshotHolder holder) {
    return List.of(
        tools.pgDump().toString(),
        "--format=custom",
        "--no-password",
        "--snapshot=" + holder.snapshot(),
        "--lock-wait-timeout=60s",
        // The rollback checkpoint is the whole database without schema rubicon.
        "--exclude-schema=rubicon");
  }

  /** The dump is worthless; called from any thread, and the first reason is reported. */
  private void giveUp(RuntimeException reason, ChildTool child, MultipartUpload upload) {
    givenUp.compareAndSet(null, reason);
    child.stop();
    upload.traffic().stop();
  }

  private void endTooOld(SnapshotHolder holder, ChildTool child, MultipartUpload upload) {
    var reason =
        new RubiconException(
            ErrorCode.SNAPSHOT_TOO_OLD,
            "the backup had its snapshot open for "
                + holder.openFor()
                + " and kept the target's vacuum back; its sessions were ended",
            "see in the backup's progress what was slow; raise snapshot-limit: in rubicon.yaml, or"
                + " use backup: {external: …}; then: rubicon launch");
    giveUp(reason, child, upload);
    holder.terminate();
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
      // Another attempt's backup is complete; this one leaves no trace.
      store.delete(manifest.dump().key());
      manifest.exports().forEach(export -> store.delete(export.key()));
    }
    return TakeBackup.facts(store, keys.manifest());
  }
}
