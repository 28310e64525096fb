package dev.rubicon.backup;

import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.Digests;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.Backup;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The backup phase. It ends with a manifest or with nothing: what an earlier attempt left is
 * removed, and an attempt that loses its snapshot begins again with a new one.
 */
public final class TakeBackup {
  /** Under which name it is recorded. */
  public static final EvidenceName<Taken> EVIDENCE = EvidenceName.of("backup", Taken.class);

  /** Where the backup is, and at which attempt it was taken; evidence. */
  public record Taken(String manifest, String location, String digest, long bytes, int attempts) {}

  private static final int ATTEMPTS = 3;

  private final ObjectStore store;
  private final RubiconConfig config;

  public TakeBackup(ObjectStore store, RubiconConfig config) {
    this.store = store;
    this.config = config;
  }

  public Facts.Backup run(PhaseContext context) {
    return switch (context.runbook().backup()) {
      case Backup.External(String reference) ->
          new Facts.Backup(
              "",
              reference,
              Digests.sha256(reference.getBytes(StandardCharsets.UTF_8)),
              0,
              Map.of());
      case Backup.PgDump _ -> dump(context);
    };
  }

  private Facts.Backup dump(PhaseContext context) {
    var keys = BackupKeys.of(context.input().target(), context.input().rollout());
    Optional<Facts.Backup> there = existing(keys).or(() -> ofEarlierLaunch(context));
    if (there.isPresent()) {
      return there.get();
    }
    for (int attempt = 1; ; attempt++) {
      try {
        Facts.Backup facts = new BackupAttempt(store, config, context, keys).run();
        context
            .evidence()
            .record(
                EVIDENCE,
                new Taken(facts.key(), facts.location(), facts.digest(), facts.bytes(), attempt));
        return facts;
      } catch (RubiconException e) {
        // Checked first: what a cancelled statement or child throws looks like a failure.
        context.progress().checkCancelled();
        if (e.code() != ErrorCode.CONNECTION_LOST) {
          throw e;
        }
        if (attempt == ATTEMPTS) {
          throw new RubiconException(
              ErrorCode.BACKUP_FAILED,
              "the backup lost its connection " + ATTEMPTS + " times: " + e.getMessage(),
              "it is retried; see the server's log",
              e);
        }
      }
    }
  }

  /** A backup that an earlier attempt of this rollout completed. */
  private Optional<Facts.Backup> existing(BackupKeys keys) {
    return store.exists(keys.manifest())
        ? Optional.of(facts(store, keys.manifest()))
        : Optional.empty();
  }

  /** What a manifest in the store says; refused when its dump is not as it says. */
  static Facts.Backup facts(ObjectStore store, String manifestKey) {
    byte[] json = store.read(manifestKey);
    Manifest manifest = Manifest.parse(manifestKey, json);
    long size = store.size(manifest.dump().key());
    if (size != manifest.dump().bytes()) {
      throw new RubiconException(
          ErrorCode.BACKUP_CORRUPT,
          manifest.dump().key()
              + (size < 0 ? " is missing" : " has " + size + " bytes")
              + ", its manifest says "
              + manifest.dump().bytes(),
          "restore the object from the bucket's versions, or launch again for another backup");
    }
    return new Facts.Backup(
        manifestKey,
        store.location(manifestKey),
        Digests.sha256(json),
        manifest.dump().bytes(),
        manifest.rowsOfRunbook());
  }

  /**
   * Once expand has begun, the backup to go back to is the one from before it: a relaunch of the
   * same bundle takes that one over.
   */
  private Optional<Facts.Backup> ofEarlierLaunch(PhaseContext context) {
    record Begun(String bundle, String rollout) {}
    Optional<Begun> begun;
    try (PgSession session = context.open(SessionLimits.SHORT);
        Progress.Handle _ = context.progress().cancelsWith(session)) {
      begun =
          session.value("SELECT to_regclass('rubicon.state') IS NOT NULL").equals("t")
              ? session.first(
                  "SELECT bundle, rollout FROM rubicon.state",
                  row -> new Begun(row.getString(1), row.getString(2)))
              : Optional.empty();
    }
    if (begun.isEmpty()) {
      return Optional.empty();
    }
    String rollout = begun.get().rollout();
    if (begun.get().bundle().equals(context.input().bundle())) {
      Optional<Facts.Backup> earlier = existing(BackupKeys.of(context.input().target(), rollout));
      if (earlier.isPresent()) {
        return earlier;
      }
    }
    throw new RubiconException(
        ErrorCode.BACKUP_INVALID,
        "rollout "
            + rollout
            + " has begun to expand the target, and its backup is not in the store",
        "take it back first: rubicon abort");
  }
}
