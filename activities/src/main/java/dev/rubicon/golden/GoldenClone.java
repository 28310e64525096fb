package dev.rubicon.golden;

import dev.rubicon.backup.BackupKeys;
import dev.rubicon.backup.Manifest;
import dev.rubicon.catalog.CatalogReader;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.engine.PhaseContext;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.Digests;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.OwnDatabase;
import dev.rubicon.restore.Comparison;
import dev.rubicon.restore.DumpRestore;
import dev.rubicon.rollout.Facts;
import dev.rubicon.runbook.CloneSource;
import java.util.List;

/**
 * The clone phase: this rollout's backup, restored on staging and compared row for row with what
 * its manifest says. The golden database is then sealed (a template that takes no connections), and
 * rehearsals work on copies of it.
 */
public final class GoldenClone {
  public static final EvidenceName<Restored> RESTORED = EvidenceName.of("clone", Restored.class);

  public static final EvidenceName<Copied> COPIED = EvidenceName.of("template-copy", Copied.class);

  /** A golden database, restored and compared with its backup; evidence. */
  public record Restored(
      String golden,
      int relations,
      long rows,
      long restoreMilliseconds,
      long compareMilliseconds,
      boolean catalogEqual,
      List<String> placeholderRoles,
      List<String> notes) {}

  /** What the copy for a rehearsal cost; evidence. */
  public record Copied(String method, long milliseconds, long bytes) {}

  private final ObjectStore store;
  private final RubiconConfig config;

  public GoldenClone(ObjectStore store, RubiconConfig config) {
    this.store = store;
    this.config = config;
  }

  public Facts.Clone run(PhaseContext context, Facts.Backup backup) {
    return switch (context.runbook().cloneSource()) {
      case CloneSource.FromBackup() -> {
        try {
          yield fromBackup(context, backup);
        } catch (RubiconException e) {
          context.progress().checkCancelled();
          throw onStaging(e);
        }
      }
      case CloneSource.Staging(String name) -> existing(context, name);
      case CloneSource.None(String _) -> new Facts.Clone("", "none", 0);
    };
  }

  /**
   * Where a rehearsal works: a fresh copy of the golden database, or the staging target that the
   * runbook names.
   *
   * @param name of the copy, {@code rubicon_clone_…}
   */
  public Target rehearsalTarget(PhaseContext context, Facts.Clone clone, String name) {
    if (context.runbook().cloneSource() instanceof CloneSource.Staging(String target)) {
      return config.target(target);
    }
    var copy =
        new TemplateCopy(config.staging(), context.tag(), context.progress())
            .create(clone.golden(), name);
    context.evidence().record(COPIED, new Copied(copy.method(), copy.milliseconds(), copy.bytes()));
    return copy.target();
  }

  private Facts.Clone existing(PhaseContext context, String name) {
    Target target = config.target(name);
    try (PgSession session = PgSession.open(target, context.tag(), SessionLimits.SHORT)) {
      session.value("SELECT 1");
      return new Facts.Clone(target.database(), "staging", 0);
    } catch (RubiconException e) {
      throw onStaging(e);
    }
  }

  private Facts.Clone fromBackup(PhaseContext context, Facts.Backup backup) {
    if (backup.key().isEmpty()) {
      throw new RubiconException(
          ErrorCode.BACKUP_INVALID,
          "clone: backup needs a backup that this rollout made, and the runbook's is external",
          "set clone: {staging: TARGET} or clone: {none: REASON} in runbook.yaml");
    }
    byte[] json = store.read(backup.key());
    if (!Digests.sha256(json).equals(backup.digest())) {
      throw new RubiconException(
          ErrorCode.BACKUP_CORRUPT,
          backup.key() + " has SHA-256 " + Digests.sha256(json) + ", it was " + backup.digest(),
          "restore the object from the bucket's versions, or launch again for another backup");
    }
    Manifest manifest = Manifest.parse(backup.key(), json);
    String golden = name(backup.digest());
    String label = "Rubicon golden target=" + manifest.target() + " manifest=" + backup.digest();
    var facts = new Facts.Clone(golden, "backup", manifest.relations().size());
    try (PgSession admin =
            PgSession.open(config.staging(), context.tag(), SessionLimits.OWN_DATABASE);
        Progress.Handle _ = context.progress().cancelsWith(admin)) {
      if (!admin.value("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", golden).equals("t")) {
        throw new RubiconException(
            ErrorCode.TARGET_BUSY,
            "another attempt restores " + golden,
            "it is retried; an attempt that lost its worker ends by itself");
      }
      if (sealed(admin, golden, label)) {
        return facts;
      }
      OwnDatabase.drop(admin, golden);
      restore(context, manifest, admin, golden);
      admin.execute(
          "COMMENT ON DATABASE " + Identifiers.quote(golden) + " IS " + Identifiers.literal(label));
      admin.execute(
          "ALTER DATABASE "
              + Identifiers.quote(golden)
              + " WITH IS_TEMPLATE true ALLOW_CONNECTIONS false");
      dropOlder(admin, manifest.target(), golden);
      return facts;
    }
  }

  private void restore(PhaseContext context, Manifest manifest, PgSession admin, String golden) {
    long began = System.nanoTime();
    List<String> placeholders = StagingRoles.ensure(admin, manifest.roles());
    List<String> notes =
        new DumpRestore(store, config, context.tag(), context.progress())
            .into(manifest, admin, config.staging(), golden, true);
    long restored = System.nanoTime();
    String catalog;
    try (PgSession session =
            PgSession.open(
                config.staging().database(golden), context.tag(), SessionLimits.OWN_DATABASE);
        Progress.Handle _ = context.progress().cancelsWith(session)) {
      List<String> differences = Comparison.differences(session, manifest, context.progress());
      if (!differences.isEmpty()) {
        throw new RubiconException(
            ErrorCode.CLONE_DIFFERS,
            "the restored backup is not what its manifest says: " + Comparison.brief(differences),
            "do not trust this backup; launch again for another one");
      }
      catalog = CatalogReader.read(session, manifest.schemas()).fingerprint();
      // A rehearsal's timings would be those of a database without statistics.
      session.execute("ANALYZE");
    }
    context
        .evidence()
        .record(
            RESTORED,
            new Restored(
                golden,
                manifest.relations().size(),
                manifest.relations().stream().mapToLong(Manifest.Relation::rows).sum(),
                (restored - began) / 1_000_000,
                (System.nanoTime() - restored) / 1_000_000,
                catalog.equals(manifest.catalogFingerprint()),
                placeholders,
                notes));
  }

  /** Removes what {@link #run} made of a backup, finished or not. */
  public void drop(SessionTag tag, Facts.Backup backup) {
    drop(tag, name(backup.digest()));
  }

  /**
   * Removes what a rollout has left on staging, once its contract is through and nothing of it is
   * rehearsed again. A later rollout's stays: its name comes of another backup.
   */
  public void dropAfterContract(PhaseContext context) {
    String manifest = BackupKeys.of(context.input().target(), context.input().rollout()).manifest();
    if (!store.exists(manifest)) {
      return; // the backup is elsewhere, or an earlier launch's
    }
    try {
      drop(context.tag(), name(Digests.sha256(store.read(manifest))));
    } catch (RubiconException e) {
      // The contract stands; the target's next clone drops what is older than itself.
      context.progress().update("golden database", 0, 0, "left on staging: " + e.getMessage());
    }
  }

  private void drop(SessionTag tag, String golden) {
    try (PgSession admin = PgSession.open(config.staging(), tag, SessionLimits.OWN_DATABASE)) {
      if (admin
          .first("SELECT 1 FROM pg_database WHERE datname = ?", row -> 1, golden)
          .isPresent()) {
        unseal(admin, golden);
      }
    }
  }

  private static String name(String digest) {
    return "rubicon_golden_" + digest.substring(0, 16);
  }

  private static void unseal(PgSession admin, String golden) {
    admin.execute("ALTER DATABASE " + Identifiers.quote(golden) + " WITH IS_TEMPLATE false");
    OwnDatabase.drop(admin, golden);
  }

  private static boolean sealed(PgSession admin, String golden, String label) {
    return admin
        .first(
            """
            SELECT 1 FROM pg_database
            WHERE datname = ? AND datistemplate AND NOT datallowconn
              AND shobj_description(oid, 'pg_database') = ?
            """,
            row -> 1,
            golden,
            label)
        .isPresent();
  }

  /** One golden database per target: staging's disk is finite. */
  private static void dropOlder(PgSession admin, String target, String golden) {
    List<String> older =
        admin.query(
            """
            SELECT datname FROM pg_database
            WHERE datname LIKE 'rubicon\\_golden\\_%' AND datname <> ?
              AND starts_with(shobj_description(oid, 'pg_database'), ?)
            """,
            row -> row.getString(1), golden, "Rubicon golden target=" + target + " manifest=");
    for (String name : older) {
      unseal(admin, name);
    }
  }

  /** The same failure, said of staging. */
  static RubiconException onStaging(RubiconException e) {
    return switch (e.code()) {
      case TARGET_UNREACHABLE, CONNECTION_LOST ->
          new RubiconException(
              ErrorCode.STAGING_UNREACHABLE,
              "staging is gone: " + e.getMessage(),
              "check staging: in rubicon.yaml; it is retried",
              e);
      default -> e;
    };
  }
}
