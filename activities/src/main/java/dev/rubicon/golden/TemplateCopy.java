package dev.rubicon.golden;

import dev.rubicon.backup.DatabaseReader;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.OwnDatabase;
import dev.rubicon.restore.OwnProperties;

/**
 * Copies of a golden database to rehearse on. Files are copied, not WAL-logged pages: about twice
 * as fast for anything that is not tiny, and on PostgreSQL 18 a reflink where the file system has
 * it.
 */
public final class TemplateCopy {
  private static final String PREFIX = "rubicon_clone_";

  private final Target staging;
  private final SessionTag tag;
  private final Progress progress;

  public TemplateCopy(Target staging, SessionTag tag, Progress progress) {
    this.staging = staging;
    this.tag = tag;
    this.progress = progress;
  }

  /**
   * A copy.
   *
   * @param method how PostgreSQL made it
   */
  public record Copy(Target target, String method, long milliseconds, long bytes) {}

  /** Makes the copy anew: what an earlier attempt left under that name is dropped. */
  public Copy create(String golden, String name) {
    requireOurs(name);
    try (PgSession admin = PgSession.open(staging, tag, SessionLimits.OWN_DATABASE);
        Progress.Handle _ = progress.cancelsWith(admin)) {
      OwnDatabase.drop(admin, name);
      String method = method(admin);
      String owner =
          admin.value("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = ?", golden);
      long began = System.nanoTime();
      admin.execute(
          "CREATE DATABASE "
              + Identifiers.quote(name)
              // The owner of a database may create in schema public: the copy must not differ
              // there.
              + " OWNER "
              + Identifiers.quote(owner)
              + " TEMPLATE "
              + Identifiers.quote(golden)
              + (method.equals("copy") ? "" : " STRATEGY FILE_COPY"));
      // A template's own settings are not copied with it; what cannot be set was noted at the
      // restore.
      OwnProperties.restoreSettings(admin, DatabaseReader.settings(admin, golden), name);
      long milliseconds = (System.nanoTime() - began) / 1_000_000;
      long bytes = Long.parseLong(admin.value("SELECT pg_database_size(?)", name));
      return new Copy(staging.database(name), method, milliseconds, bytes);
    } catch (RubiconException e) {
      // A cancelled statement looks like a failed one.
      progress.checkCancelled();
      throw GoldenClone.onStaging(e);
    }
  }

  /** What this server can do best. */
  private static String method(PgSession admin) {
    int version = Integer.parseInt(admin.value("SHOW server_version_num"));
    if (version >= 180_000) {
      try {
        admin.execute("SET file_copy_method = clone");
        return "file_copy, clone (reflink where the file system has it)";
      } catch (RubiconException e) {
        if (e.code() != ErrorCode.SQL_REFUSED) {
          throw e;
        }
        return "file_copy"; // built without it
      }
    }
    return version >= 150_000 ? "file_copy" : "copy";
  }

  public void drop(String name) {
    requireOurs(name);
    try (PgSession admin = PgSession.open(staging, tag, SessionLimits.OWN_DATABASE)) {
      OwnDatabase.drop(admin, name);
    } catch (RubiconException e) {
      throw GoldenClone.onStaging(e);
    }
  }

  private static void requireOurs(String name) {
    if (!name.startsWith(PREFIX)) {
      throw new IllegalArgumentException("clones are called " + PREFIX + "…, not " + name);
    }
  }
}
