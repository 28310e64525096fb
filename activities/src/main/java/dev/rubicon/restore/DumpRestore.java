package dev.rubicon.restore;

import dev.rubicon.backup.ChildTool;
import dev.rubicon.backup.Manifest;
import dev.rubicon.backup.PgTools;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.engine.Progress;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.ObjectStore;
import dev.rubicon.postgres.Identifiers;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.OwnDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A dump becomes a new database: downloaded, checked, restored. What fails leaves none behind. */
public final class DumpRestore {
  /**
   * A setting that pg_restore makes from 17 on, for older servers too; servers know it from 17 on.
   */
  private static final String NEWER = "transaction_timeout";

  private static final int KNOWS_NEWER = 17;
  private static final Pattern IGNORED =
      Pattern.compile("pg_restore: warning: errors ignored on restore: (\\d+)");

  /** What PostgreSQL says of a full disk; the last where a block has found room in part. */
  private static final List<String> FULL =
      List.of("No space left on device", "disk full", ": wrote only ");

  private final ObjectStore store;
  private final RubiconConfig config;
  private final SessionTag tag;
  private final Progress progress;

  public DumpRestore(ObjectStore store, RubiconConfig config, SessionTag tag, Progress progress) {
    this.store = store;
    this.config = config;
    this.tag = tag;
    this.progress = progress;
  }

  /**
   * @param admin session on another database of the server
   * @param server any database of the server
   * @param elsewhere whether it is another server than the dump's: tablespaces are not expected
   *     there
   * @return notes: what could not be made alike
   */
  public List<String> into(
      Manifest manifest, PgSession admin, Target server, String database, boolean elsewhere) {
    int major = Integer.parseInt(admin.value("SHOW server_version_num")) / 10_000;
    PgTools tools = PgTools.forServer(config.pgBin(), major);
    try (var file = DumpFile.download(store, manifest.dump(), progress)) {
      List<String> notes = create(admin, manifest.database(), database, major);
      boolean restored = false;
      try {
        own(admin, manifest.database().owner(), database, major);
        restore(tools, file, server.database(database), elsewhere, major);
        var all = new ArrayList<>(notes);
        // A clone's sessions are to be the target's; who may connect to it, and how many, is
        // Rubicon's.
        all.addAll(
            elsewhere
                ? OwnProperties.restoreSettings(admin, manifest.database().settings(), database)
                : OwnProperties.restore(admin, manifest.database(), database));
        restored = true;
        return all;
      } finally {
        if (!restored) {
          dropQuietly(admin, database);
        }
      }
    }
  }

  /** Alike in encoding and locale; where the server lacks the locale, with its default one. */
  private List<String> create(
      PgSession admin, Manifest.DatabaseProperties like, String database, int major) {
    String plain =
        "CREATE DATABASE "
            + Identifiers.quote(database)
            + " TEMPLATE template0 ENCODING "
            + Identifiers.literal(like.encoding());
    String locale =
        " LC_COLLATE "
            + Identifiers.literal(like.collate())
            + " LC_CTYPE "
            + Identifiers.literal(like.ctype())
            + switch (like.provider()) {
              case "i" -> " LOCALE_PROVIDER icu ICU_LOCALE " + Identifiers.literal(like.locale());
              case "b" ->
                  " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + Identifiers.literal(like.locale());
              default -> major >= 15 ? " LOCALE_PROVIDER libc" : "";
            };
    try {
      admin.execute(plain + locale);
      return List.of();
    } catch (RubiconException e) {
      if (e.code() != ErrorCode.SQL_REFUSED) {
        throw e;
      }
      admin.execute(plain);
      return List.of(
          "the server has no locale " + like.collate() + ": text sorts by its default locale");
    }
  }

  /**
   * The restored objects' owners must be able to create in schema {@code public}, which belongs to
   * the database's owner; where that role is not to be had, pg_restore says what is missing.
   */
  private static void own(PgSession admin, String owner, String database, int major) {
    String mayBecome =
        """
        SELECT count(*) FROM pg_roles r
        WHERE r.rolname = ? AND r.rolname <> current_user AND pg_has_role(r.oid, '%s')
        """
            .formatted(major >= 16 ? "SET" : "MEMBER");
    if (admin.value(mayBecome, owner).equals("1")) {
      admin.execute(
          "ALTER DATABASE "
              + Identifiers.quote(database)
              + " OWNER TO "
              + Identifiers.quote(owner));
    }
  }

  private void restore(
      PgTools tools, DumpFile file, Target database, boolean elsewhere, int major) {
    boolean setsWhatTheServerLacks = tools.major() >= KNOWS_NEWER && major < KNOWS_NEWER;
    var command = new ArrayList<String>();
    command.add(tools.pgRestore().toString());
    command.addAll(List.of("--no-password", "--jobs=2", "--no-subscriptions"));
    if (!setsWhatTheServerLacks) {
      command.add("--exit-on-error");
    }
    if (elsewhere) {
      command.add("--no-tablespaces");
    }
    command.add("--dbname=dbname=" + conninfo(database.database()));
    command.add(file.path().toString());
    progress.update("pg_restore", 0, 0, "");
    try (var child = ChildTool.start(command, database, tag);
        Progress.Handle _ = progress.cancelsWith(child::stop)) {
      child.output().transferTo(OutputStream.nullOutputStream());
      int code = child.join();
      progress.checkCancelled();
      if (code != 0 && !(setsWhatTheServerLacks && onlyThat(child))) {
        throw failed(code, child.complaint());
      }
    } catch (IOException e) {
      throw new RubiconException(
          ErrorCode.RESTORE_FAILED, "pg_restore could not be started", "rubicon doctor", e);
    }
  }

  /**
   * Whether it came to its end, and every error it names, which are all it counts, is that the
   * setting is unknown. Its workers name theirs when they start and do not count them.
   */
  private static boolean onlyThat(ChildTool child) {
    List<String> complaints = child.complaints();
    List<String> errors =
        complaints.stream().filter(c -> c.startsWith("pg_restore: error: ")).toList();
    return !child.forgot()
        && errors.stream().allMatch(error -> error.contains(NEWER))
        && complaints.stream()
            .map(IGNORED::matcher)
            .anyMatch(m -> m.matches() && Integer.parseInt(m.group(1)) <= errors.size());
  }

  /** A value in libpq's connection strings. */
  private static String conninfo(String value) {
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  static RubiconException failed(int code, String complaint) {
    if (FULL.stream().anyMatch(complaint::contains)) {
      return new RubiconException(
          ErrorCode.DISK_FULL,
          "the server has no room for the restored database: " + complaint,
          "free space on that server; it is retried");
    }
    boolean gone =
        complaint.contains("connection to server")
            || complaint.contains("server closed the connection")
            || complaint.contains("terminating connection")
            || complaint.contains("the database system is");
    return new RubiconException(
        gone ? ErrorCode.CONNECTION_LOST : ErrorCode.RESTORE_FAILED,
        "pg_restore ended with " + code + ": " + complaint,
        gone ? "it is retried" : "see the server's log; what a clone needs: rubicon doctor");
  }

  private static void dropQuietly(PgSession admin, String database) {
    try {
      OwnDatabase.drop(admin, database);
    } catch (RubiconException e) {
      // The failure that led here is the one to report; the next attempt drops it.
      org.slf4j.LoggerFactory.getLogger(DumpRestore.class)
          .warn("{} stays half restored: {}", database, e.getMessage());
    }
  }
}
