package dev.rubicon.restore;

import dev.rubicon.backup.Manifest;
import dev.rubicon.backup.TableFingerprints;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Restores a verified backup into a new database beside the target's, compares it with the
 * manifest, and says what swapping the two names would lose. It never touches the target itself.
 */
public final class Restore {
  private final ObjectStore store;
  private final RubiconConfig config;

  public Restore(ObjectStore store, RubiconConfig config) {
    this.store = store;
    this.config = config;
  }

  /**
   * What was restored.
   *
   * @param url of the new database
   * @param snapshotAt everything committed later is not in it
   * @param since per relation of either database: what a swap would lose
   * @param swap SQL that swaps the names, to be run by hand from another database
   */
  public record Restored(
      String database,
      String url,
      String snapshotAt,
      int relations,
      List<Since> since,
      List<String> swap,
      List<String> notes) {}

  /**
   * @param rowsNow -1: the target has no such relation now
   * @param changed whether the contents are other than in the backup
   */
  public record Since(String relation, long rowsInBackup, long rowsNow, boolean changed) {}

  /** Keys of the manifests of a target, sorted. */
  public List<String> manifests(String target) {
    return store.keys("backups/" + target + "/").stream()
        .filter(key -> key.endsWith("/manifest.json"))
        .toList();
  }

  /**
   * @param target whose server takes the new database, and whose present rows are compared
   */
  public Restored run(
      String manifestKey, Target target, String database, SessionTag tag, Progress progress) {
    return run(manifestKey, target.name(), target, database, tag, progress);
  }

  /**
   * @param of the target that the backup must be of
   * @param target whose server takes the new database, and whose present rows are compared
   * @throws RubiconException TARGET_NOT_THE_SAME
   */
  public Restored run(
      String manifestKey,
      String of,
      Target target,
      String database,
      SessionTag tag,
      Progress progress) {
    Manifest manifest = Manifest.parse(manifestKey, store.read(manifestKey));
    if (!manifest.target().equals(of)) {
      throw new RubiconException(
          ErrorCode.TARGET_NOT_THE_SAME,
          manifestKey + " is a backup of target '" + manifest.target() + "', not of '" + of + "'",
          "name another manifest; or, where that target's rows are meant to lie on this server:"
              + " rubicon restore --backup-of "
              + manifest.target());
    }
    List<String> notes;
    try (PgSession admin = PgSession.open(target, tag, SessionLimits.OWN_DATABASE);
        Progress.Handle _ = progress.cancelsWith(admin)) {
      boolean taken =
          admin
              .first("SELECT 1 FROM pg_database WHERE datname = ?", row -> 1, database)
              .isPresent();
      if (taken) {
        throw new RubiconException(
            ErrorCode.RESTORE_TARGET_EXISTS,
            "the database " + database + " exists already; a restore only makes new ones",
            "name another: rubicon restore --database NEW");
      }
      notes =
          new DumpRestore(store, config, tag, progress)
              .into(manifest, admin, target, database, false);
      compare(manifest, target.database(database), tag, progress);
    }
    return new Restored(
        database,
        target.database(database).url(),
        manifest.snapshotAt(),
        manifest.relations().size(),
        since(manifest, target, tag, progress),
        swap(target.database(), database),
        notes);
  }

  /** A database that differs is kept, so that the cause can be found. */
  private static void compare(
      Manifest manifest, Target restored, SessionTag tag, Progress progress) {
    try (PgSession session = PgSession.open(restored, tag, SessionLimits.OWN_DATABASE);
        Progress.Handle _ = progress.cancelsWith(session)) {
      List<String> differences = Comparison.differences(session, manifest, progress);
      if (!differences.isEmpty()) {
        throw new RubiconException(
            ErrorCode.RESTORE_FAILED,
            restored.database()
                + " is not what the manifest says: "
                + Comparison.brief(differences),
            "do not use it; drop it, and restore another backup");
      }
    }
  }

  private static List<Since> since(
      Manifest manifest, Target target, SessionTag tag, Progress progress) {
    try (PgSession session = PgSession.open(target, tag, SessionLimits.SCAN);
        Progress.Handle _ = progress.cancelsWith(session)) {
      TableFingerprints.pin(session);
      Set<RelationName> now = new HashSet<>(TableFingerprints.tables(session));
      var since = new ArrayList<Since>();
      for (Manifest.Relation was : manifest.relations()) {
        var name = new RelationName(was.schema(), was.name());
        if (now.remove(name)) {
          Manifest.Relation is = TableFingerprints.of(session, name);
          since.add(new Since(name.toString(), was.rows(), is.rows(), !was.holdsTheSameAs(is)));
        } else {
          since.add(new Since(name.toString(), was.rows(), -1, true));
        }
      }
      for (RelationName name : now.stream().sorted().toList()) {
        Manifest.Relation is = TableFingerprints.of(session, name);
        since.add(new Since(name.toString(), 0, is.rows(), true));
      }
      return since;
    }
  }

  private static List<String> swap(String current, String restored) {
    String before = current + "_before_restore";
    return List.of(
        "ALTER DATABASE " + Identifiers.quote(current) + " ALLOW_CONNECTIONS false",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
            + Identifiers.literal(current),
        "ALTER DATABASE " + Identifiers.quote(current) + " RENAME TO " + Identifiers.quote(before),
        "ALTER DATABASE "
            + Identifiers.quote(restored)
            + " RENAME TO "
            + Identifiers.quote(current));
  }
}
